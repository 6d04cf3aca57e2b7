"""A level of MiniGrid, or of Gymnasium's grids of toy text, to look at: rows of short texts."""

from typing import Any

from mesascope.tasks.gymnasium_envs.layers import bare

_DIRECTIONS = 4  # of MiniGrid's agent: right, down, left, up
_LETTERS = {"F": "", "S": "start", "H": "hole", "G": "goal"}  # of the frozen lake


def picture(env: Any, *, agent: bool = True) -> list[list[str]] | None:
    """Return what stands in each cell: `#` for wall, `red ball` and the like, "" for free ground.

    What shares a cell is joined by `+`; what the agent carries is where it is.

    Args:
        env: wrapped or not.
        agent: show where the agent is, and what it carries.

    Returns:
        Rows of cells; None where an environment is no grid.
    """
    env = bare(env)
    if _is_minigrid(env):
        rows = [[_text(env.grid.get(x, y)) for x in range(env.width)] for y in range(env.height)]
        here = ["agent", _text(getattr(env, "carrying", None))]
    elif _is_toy(env):
        rows, here = _ground(env), ["agent"]
    else:
        return None
    if agent:
        row, column = divmod(place_of(env), len(rows[0]))
        rows[row][column] = "+".join(filter(None, [rows[row][column], *here]))
    return rows


def place_of(env: Any) -> int:
    """Return the number of the agent's cell, row by row; -1 where an environment is no grid."""
    env = bare(env)
    if _is_minigrid(env):
        return int(env.agent_pos[1]) * int(env.width) + int(env.agent_pos[0])
    return int(env.s) if _is_toy(env) else -1


def turned(env: Any) -> int | None:
    """Return by how many degrees the agent is turned clockwise from facing right, if it faces."""
    env = bare(env)
    direction = getattr(env, "agent_dir", None) if _is_minigrid(env) else None
    return None if direction is None else int(direction) % _DIRECTIONS * 360 // _DIRECTIONS


def _is_minigrid(env: Any) -> bool:
    """Return whether an environment is a grid of MiniGrid's kind, after a reset."""
    return (
        callable(getattr(getattr(env, "grid", None), "get", None))
        and getattr(env, "agent_pos", None) is not None
        and hasattr(env, "width")
        and hasattr(env, "height")
    )


def _text(thing: Any) -> str:
    if thing is None:
        return ""
    if thing.type in ("wall", "lava"):  # lava has one colour
        return "#" if thing.type == "wall" else "lava"
    state = "locked " if getattr(thing, "is_locked", False) else ""
    state = "open " if getattr(thing, "is_open", False) else state
    return f"{state}{thing.color} {thing.type}"


def _is_toy(env: Any) -> bool:
    """Return whether the states of an environment are the cells of a map that it has."""
    states = getattr(getattr(env, "observation_space", None), "n", None)
    if states is None or not hasattr(getattr(env, "s", None), "__index__"):
        return False
    cells = getattr(getattr(env, "desc", getattr(env, "_cliff", None)), "size", None)
    return bool(cells == states and 0 <= env.s < states)


def _ground(env: Any) -> list[list[str]]:
    if hasattr(env, "desc"):
        letters = [[str(one, "utf-8") for one in row] for row in env.desc.tolist()]
        return [[_LETTERS.get(letter, letter) for letter in row] for row in letters]
    rows = [["cliff" if steep else "" for steep in row] for row in env._cliff.tolist()]
    rows[-1][-1] = "goal"
    return rows
