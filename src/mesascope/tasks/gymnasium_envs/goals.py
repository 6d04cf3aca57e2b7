"""Candidate goals in anybody's environment: a library of them, and functions of the user's own."""

import inspect
import reprlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.core.names import look_up
from mesascope.tasks.gymnasium_envs.errors import GoalFailed
from mesascope.tasks.gymnasium_envs.layers import bare

KINDS = ("ball", "box", "door", "floor", "goal", "key", "lava")
COLOURS = ("blue", "green", "grey", "purple", "red", "yellow")
_MOST = 1e15  # of what a goal may pay at a step, so that no sum over an episode overflows
CORNERS = ("top-left", "top-right", "bottom-left", "bottom-right")


@dataclass(frozen=True)
class Moment:
    """What a goal may look at: how things stand after a step, or at the start.

    Attributes:
        env: the environment, wrappers and all.
        observation: what the agent sees.
        reward: that the environment gave, 0 at the start.
        info: that came with it.
    """

    env: Any
    observation: Any
    reward: float
    info: dict[str, Any]


@dataclass(frozen=True)
class Goal:
    """A candidate objective.

    Attributes:
        name: of the goal.
        function: says what a moment is worth. True pays 1 the first time in an episode, unless it
            is so from the start; a number pays that much, at every step. It must depend on
            nothing but the moment, as levels are enumerated with it.
        outside: says of an environment why the goal can never be reached there, or None if it may
            be; None itself where nobody can know before play.
    """

    name: str
    function: Callable[[Moment], bool | float]
    outside: Callable[[Any], str | None] | None = None

    def worth(self, moment: Moment) -> tuple[float, bool]:
        """Return what a moment is worth, and whether it pays only once.

        Raises:
            GoalFailed: the function raised, or answered with no number, or with one that sums
                over an episode could not hold.
        """
        try:
            answer = self.function(moment)
        except (Exception, SystemExit) as error:
            raise GoalFailed(
                f"the goal {self.name!r} raised {type(error).__name__}: {error}"
            ) from error
        if isinstance(answer, bool | np.bool_):
            return float(answer), True
        try:
            number = float(answer)
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        if not abs(number) <= _MOST:
            raise GoalFailed(
                f"the goal {self.name!r} answered with {_short(answer)}; expected True, False or a "
                f"finite number of size {_MOST:g} at most"
            )
        return number, False


def _short(answer: Any) -> str:
    try:
        return reprlib.repr(answer)
    except ValueError:  # a whole number of too many digits
        return f"a huge {type(answer).__name__}"


def from_reward() -> Goal:
    """Return the environment's own reward."""
    return Goal("reward", lambda moment: float(moment.reward))


def from_info(key: str) -> Goal:
    """Return what the environment's info holds under a key; 0 where a step has no such key."""
    return Goal(f"info:{key}", lambda moment: moment.info.get(key, 0.0))


def reach_object(kind: str, colour: str | None = None) -> Goal:
    """Return the goal of being at an object of MiniGrid: on it, or before it if it is in the way.

    Raises:
        UnknownName: there is no such kind or colour.
    """
    wanted = _object(kind, colour)

    def there(moment: Moment) -> bool:
        env = _grid_of(moment)
        here = env.grid.get(*env.agent_pos)
        ahead = env.grid.get(*env.front_pos)
        return wanted(here) or (wanted(ahead) and not ahead.can_overlap())

    return Goal(f"reach:{_said(kind, colour)}", there)


def collect_kind(kind: str, colour: str | None = None) -> Goal:
    """Return the goal of carrying an object of MiniGrid.

    Raises:
        UnknownName: there is no such kind or colour.
    """
    wanted = _object(kind, colour)
    return Goal(f"collect:{_said(kind, colour)}", lambda moment: wanted(_grid_of(moment).carrying))


def follow_agent(kind: str = "ball", colour: str | None = None) -> Goal:
    """Return the goal of being next to something that moves: 1 for each step beside it."""
    wanted = _object(kind, colour)

    def beside(moment: Moment) -> float:
        env = _grid_of(moment)
        x, y = (int(part) for part in env.agent_pos)
        around = ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1))
        return float(
            any(
                wanted(env.grid.get(i, j))
                for i, j in around
                if 0 <= i < env.width and 0 <= j < env.height
            )
        )

    return Goal(f"follow:{_said(kind, colour)}", beside)


def reach_place(row: int | str, column: int | None = None) -> Goal:
    """Return the goal of standing in a cell of MiniGrid, its border counted; or in a named corner.

    Raises:
        UnknownName: no such corner.
        BadRequest: a row without a column.
    """
    if isinstance(row, str):
        look_up("corner", row, dict.fromkeys(CORNERS))
        return Goal(f"place:{row}", lambda moment: _cell(moment) == _corner(moment, row))
    if column is None:
        raise BadRequest(f"a place is a row and a column, and the row {row} has none; give both")
    cell = (row, column)

    def outside(env: Any) -> str | None:
        rows, columns = (getattr(bare(env), name, None) for name in ("height", "width"))
        if rows is None or columns is None or (row < rows and column < columns):
            return None
        return f"a grid of {rows} rows and {columns} columns, counted from 0"

    return Goal(f"place:{row},{column}", lambda moment: _cell(moment) == cell, outside)


def as_goal(thing: Any, name: str | None = None) -> Goal:
    """Return a user's function as a goal: `goal(env)` or `goal(env, info)`.

    Raises:
        CannotLoad: it is no function of one or two arguments.
    """
    if isinstance(thing, Goal):
        return thing if name is None else replace(thing, name=name)
    if not callable(thing):
        raise CannotLoad(f"a {type(thing).__name__} is no goal; expected goal(env, info) -> number")
    shown = name or str(getattr(thing, "__name__", type(thing).__name__))
    try:
        inspect.signature(thing).bind(None, None)
        return Goal(shown, lambda moment: thing(moment.env, moment.info))
    except ValueError:
        raise CannotLoad(
            f"the goal {shown!r} does not tell which arguments it takes; wrap it in a function of "
            "(env) or (env, info)"
        ) from None
    except TypeError:
        pass
    try:
        inspect.signature(thing).bind(None)
    except TypeError:
        raise CannotLoad(
            f"the goal {shown!r} takes {inspect.signature(thing)}; expected (env) or (env, info)"
        ) from None
    return Goal(shown, lambda moment: thing(moment.env))


def _object(kind: str, colour: str | None) -> Callable[[Any], bool]:
    look_up("kind of object", kind, dict.fromkeys(KINDS))
    if colour is not None:
        look_up("colour", colour, dict.fromkeys(COLOURS))
    return lambda thing: thing is not None and thing.type == kind and colour in (None, thing.color)


def _said(kind: str, colour: str | None) -> str:
    return kind if colour is None else f"{colour} {kind}"


def _grid_of(moment: Moment) -> Any:
    env = bare(moment.env)
    if not hasattr(env, "grid") or not hasattr(env, "agent_pos"):
        raise BadRequest(
            f"{type(env).__name__} has no grid of objects, which MiniGrid's environments have; "
            "write the goal as a function of env and info"
        )
    return env


def _cell(moment: Moment) -> tuple[int, int]:
    env = _grid_of(moment)
    return int(env.agent_pos[1]), int(env.agent_pos[0])


def _corner(moment: Moment, name: str) -> tuple[int, int]:
    env = _grid_of(moment)
    vertical, _, horizontal = name.partition("-")
    row = 1 if vertical == "top" else env.height - 2
    return row, 1 if horizontal == "left" else env.width - 2
