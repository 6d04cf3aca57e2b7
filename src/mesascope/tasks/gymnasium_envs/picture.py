"""A level of MiniGrid to look at: rows of short texts."""

from typing import Any


def picture(env: Any, *, agent: bool = True) -> list[list[str]] | None:
    """Return what stands in each cell: `#` for wall, `red ball` and the like, "" for free ground.

    Args:
        env: wrapped or not.
        agent: show where the agent is.

    Returns:
        Rows of cells; None where an environment is no grid.
    """
    env = env.unwrapped
    if not hasattr(env, "grid") or not hasattr(env, "agent_pos"):
        return None
    rows = [[_text(env.grid.get(x, y)) for x in range(env.width)] for y in range(env.height)]
    if agent:
        rows[int(env.agent_pos[1])][int(env.agent_pos[0])] = "agent"
    return rows


def place_of(env: Any) -> int:
    """Return the number of the agent's cell, row by row; -1 where an environment is no grid."""
    env = env.unwrapped
    if not hasattr(env, "grid") or not hasattr(env, "agent_pos"):
        return -1
    return int(env.agent_pos[1]) * int(env.width) + int(env.agent_pos[0])


def _text(thing: Any) -> str:
    if thing is None:
        return ""
    return "#" if thing.type == "wall" else f"{thing.color} {thing.type}"
