"""A shift: the environment that a policy is seen in besides the one it was trained in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.tasks.gymnasium_envs.make import make_environment


@dataclass(frozen=True)
class Shift:
    """Another environment, or the same one with other levels.

    Attributes:
        name, description: of the shift.
        make_env: makes an environment; of one that was named, with arguments if wanted.
        seeds: of its levels; None for as many as in training.
    """

    name: str
    description: str
    make_env: Callable[..., Any]
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
    if not what.strip():
        raise BadRequest(
            f"the shift {text!r} names no environment; write NAME=ENV_ID, such as "
            "'larger=MiniGrid-Empty-8x8-v0'"
        )
    env = make_environment(what, **options)  # so that one that cannot be made is told at once
    if hasattr(env, "close"):
        env.close()
    return Shift(name.strip(), what.strip(), partial(make_environment, what, **options))
