"""Goals named in a text, as on the command line: `reach:green goal`, `place:1,1`, `my:goal`."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.core.loading import load_attribute
from mesascope.tasks.gymnasium_envs.goals import (
    Goal,
    as_goal,
    collect_kind,
    follow_agent,
    from_info,
    from_reward,
    reach_object,
    reach_place,
)

WRITTEN = (
    "reward, reach:[COLOUR ]KIND, collect:[COLOUR ]KIND, follow:[COLOUR ]KIND, place:ROW,COLUMN, "
    "place:top-left, info:KEY, or module:function"
)


_EXPECTED = (
    "expected a goal's name, a function goal(env) or goal(env, info), a Goal, a list of these, or "
    "a mapping from names to them"
)
TAKEN = ("none of these", "reflex", "lost", "no goal")  # what an audit may answer beside goals


def goal_named(text: str) -> Goal:
    """Return the goal that a text names; `NAME=…` in front gives it another name.

    `module:function` executes that module's code.

    Raises:
        BadRequest: the text cannot be read.
        UnknownName: no such kind, colour or corner; says what was meant, perhaps.
        CannotLoad: no such module or function.
    """
    name, equals, rest = text.strip().partition("=")
    goal = _read((rest if equals else name).strip())
    return as_goal(goal, name.strip()) if equals else goal


def goals_of(things: Any) -> tuple[Goal, ...]:
    """Return goals from texts and functions, the base objective first.

    Args:
        things: a goal, a function, or a text of names joined by semicolons; several goals,
            functions and names; or a mapping from names to these.

    Raises:
        BadRequest: there is none, two share a name, or something else was given.
    """
    goals = tuple(_each(things))
    names = [goal.name for goal in goals]
    for name in names:
        if not name.strip() or name.strip().lower() in TAKEN:
            raise BadRequest(
                f"a goal cannot be called {name!r}: an audit has its own candidates of the names "
                f"{', '.join(TAKEN)}. Give it another name, as in NAME=reward, or in Python "
                "{'name': goal}"
            )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadRequest(
            f"two goals are called {twice[0]!r}; give each a name of its own, as in NAME=place:1,1 "
            "or, in Python, {'near': goal, 'far': goal}"
        )
    if not goals:
        raise BadRequest(f"there is no goal; name at least one: {WRITTEN}")
    return goals


def candidates_of(base: Any, goals: Any) -> tuple[Goal, ...]:
    """Return the base objective, one goal, and the other candidates: each as `goals_of` takes it.

    Raises:
        BadRequest: two share a name, or there is not one base objective.
    """
    first = _each(base)
    if len(first) != 1:
        raise BadRequest(
            f"{len(first)} goals were given as the base objective, which is one; give the others "
            "as goals"
        )
    return goals_of([*first, *([] if goals is None else _each(goals))])


def check_within(goals: Sequence[Goal], envs: Sequence[Any]) -> None:
    """Refuse a goal that lies outside every environment it is to be audited in.

    One of them is enough: what a larger room has under shift, a smaller one lacks in training.

    Raises:
        BadRequest: naming the goal, and how large each environment is.
    """
    for goal in goals:
        if goal.outside is not None:
            why = [goal.outside(env) for env in envs]
            sizes = [size for size in why if size is not None]
            if len(sizes) == len(why):
                raise BadRequest(
                    f"the goal {goal.name!r} lies outside {', and '.join(dict.fromkeys(sizes))}; "
                    "give a row and a column within it"
                )


def _each(things: Any) -> list[Goal]:
    """Return the goals in whatever holds them."""
    if isinstance(things, str):
        return [goal_named(part) for part in things.split(";") if part.strip()]
    if isinstance(things, Mapping):
        return [as_goal(_one(thing), str(name)) for name, thing in things.items()]
    if isinstance(things, Goal) or callable(things):
        return [as_goal(things)]
    if isinstance(things, Iterable) and not isinstance(things, bytes | Set):
        return [_one(thing) for thing in things]
    raise BadRequest(f"a {type(things).__name__} was given as goals; {_EXPECTED}")


def _one(thing: Any) -> Goal:
    if isinstance(thing, str):
        return goal_named(thing)
    if isinstance(thing, Goal) or callable(thing):
        return as_goal(thing)
    raise BadRequest(f"a {type(thing).__name__} was given as a goal; {_EXPECTED}")


def _read(text: str) -> Goal:
    if text == "reward":
        return from_reward()
    prefix, colon, rest = text.partition(":")
    if not colon or not rest:
        raise BadRequest(f"cannot read the goal {text!r}; a goal is {WRITTEN}")
    if prefix == "info":
        return from_info(rest)
    if prefix == "place":
        return _place(rest)
    of_object = {"reach": reach_object, "collect": collect_kind, "follow": follow_agent}
    if prefix in of_object:
        *colour, kind = rest.split()
        return of_object[prefix](kind, " ".join(colour) or None)
    return as_goal(load_attribute(f"{prefix}:{rest}"), rest)


def _place(text: str) -> Goal:
    parts = text.split(",")
    if len(parts) == 2 and all(part.strip().isdecimal() for part in parts):
        return reach_place(int(parts[0]), int(parts[1]))
    if len(parts) == 1 and not text.strip().isdecimal():
        return reach_place(text.strip())
    raise BadRequest(f"cannot read the place {text!r}; write a row and a column, such as 1,1")
