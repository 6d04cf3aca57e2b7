"""A shift: the environment that a policy is seen in besides the one it was trained in."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.tasks.gymnasium_envs.make import called, is_environment, make_environment
from mesascope.tasks.gymnasium_envs.vectors import is_vector
from mesascope.tasks.gymnasium_envs.written import written

_EXPECTED = (
    "expected NAME=ENV, a function that makes an environment, an environment, a list of these, or "
    "a mapping from names to environments, such as {'larger': 'MiniGrid-Empty-8x8-v0'}"
)


@dataclass(frozen=True)
class Shift:
    """Another environment, or the same one with other levels.

    Attributes:
        name, description: of the shift.
        make_env: makes an environment, of one that was named, with arguments if wanted; or it is
            the environment, or a vector of them.
        seeds: of its levels; None for as many as in training.
    """

    name: str
    description: str
    make_env: Any
    seeds: Sequence[int] | None = None


def shift_named(text: str, **options: Any) -> Shift:
    """Return the shift that `NAME=ENV_ID` or `NAME=ENV_ID?key=value&key=value` names.

    Args:
        text: as on the command line. Without a name the environment's text is the name.
        **options: for `make_environment`.

    Raises:
        BadRequest: no environment is named.
        UnknownName: no such environment; it is made once to find out.
    """
    name, equals, what = text.strip().partition("=")
    if not equals or "?" in name or not name.strip():
        name, what = text.strip(), text.strip()
    return _made(name, what, **options)


def shifts_of(things: Any) -> tuple[Shift, ...]:
    """Return the shifts that somebody gives, in order. What names or makes one is tried once.

    Args:
        things: none, one or several: `NAME=ENV`, a function that makes an environment, an
            environment, a vector of them, or a `Shift`; or a mapping from names to these, in
            which a text is the environment alone.

    Raises:
        BadRequest: it is something else, or names no environment.
        UnknownName: no such environment.
        EnvironmentFailed: a function raised, or made no environment.
    """
    if things is None:
        return ()
    if isinstance(things, Mapping):
        return tuple(_shift(one, str(name)) for name, one in things.items())
    if _is_one(things):
        return (_shift(things),)
    if not isinstance(things, Iterable) or isinstance(things, bytes | Set):
        raise BadRequest(f"a {type(things).__name__} was given as shifts; {_EXPECTED}")
    return tuple(_shift(one) for one in things)


def _is_one(thing: Any) -> bool:
    one = isinstance(thing, str | Shift) or callable(thing)
    return one or is_environment(thing) or is_vector(thing)


def _shift(one: Any, name: str | None = None) -> Shift:
    if not _is_one(one):
        raise BadRequest(f"a {type(one).__name__} was given as a shift; {_EXPECTED}")
    if isinstance(one, Shift):
        return one if name is None else replace(one, name=name)
    if isinstance(one, str):
        return shift_named(one) if name is None else _made(name, one)
    make_environment(one)  # so that one that cannot be made or played in is told at once
    return Shift(name or called(one), written(one), one)


def _made(name: str, what: str, **options: Any) -> Shift:
    """Return the shift to an environment that a text names, after making it once."""
    name, what = name.strip(), what.strip()
    if not what:
        raise BadRequest(
            f"the shift {name!r} names no environment; write NAME=ENV_ID, such as "
            "'larger=MiniGrid-Empty-8x8-v0'"
        )
    env = make_environment(what, **options)
    if hasattr(env, "close"):
        env.close()
    return Shift(name or what, what, partial(make_environment, what, **options))
