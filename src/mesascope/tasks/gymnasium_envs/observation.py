"""What a policy is given to see of an environment: arrays, of the shape that it expects."""

from math import prod
from typing import Any, Literal, get_args

import numpy as np

from mesascope.core.errors import BadRequest
from mesascope.core.interface import Interface, Shape, shapes_told
from mesascope.core.names import look_up
from mesascope.tasks.gymnasium_envs.extras import need
from mesascope.tasks.gymnasium_envs.layers import bare

Observation = Literal["auto", "as is", "image", "full", "flat"]


def observe_as(env: Any, observation: Observation, shapes: tuple[Shape, ...] = ()) -> Any:
    """Return an environment whose observations are arrays.

    Args:
        env: any environment.
        observation: `as is`; or for MiniGrid, whose observations are dictionaries, `image` for
            what the agent sees, `full` for the whole grid, `flat` for image and mission in a row.
            `auto` is `as is` for arrays and numbers, and for MiniGrid the first of the three that
            has a shape that is expected, `image` where none is known.
        shapes: that are expected, any of them; empty where that is not known.

    Raises:
        UnknownName: no such way of observing.
        BadRequest: the observations are no arrays, or of another shape.
    """
    if observation not in get_args(Observation):
        look_up("way of observing", observation, dict.fromkeys(get_args(Observation), 0))
    chosen = observation
    if observation == "auto":
        chosen = _fitting(env, shapes) if _is_minigrid(env) else "as is"
    if chosen != "as is" and not _is_minigrid(env):
        raise BadRequest(
            f"{env} has no {chosen!r} observation, which is MiniGrid's; leave it at 'as is'"
        )
    seen = _wrapped(env, chosen)
    found = getattr(seen.observation_space, "shape", None)
    if found is None:
        raise BadRequest(
            f"the observations of {seen} are {type(seen.observation_space).__name__}; a policy is "
            "given arrays. Wrap the environment, as gymnasium.wrappers.FlattenObservation does"
        )
    check_shape(env, tuple(found), shapes)
    return seen


def check_shape(env: Any, found: tuple[int, ...], shapes: tuple[Shape, ...]) -> None:
    """Refuse observations of a shape that is not expected, and say what would help.

    Args:
        env: as it was before `observe_as`.
        found: the shape of its observations.
        shapes: that are expected, any of them; empty where that is not known.

    Raises:
        BadRequest: it is none of them.
    """
    if Interface(shapes).takes(found):
        return
    remedy = "Wrap the environment as it was in training, in a function: module:factory"
    offers = ""
    if _is_minigrid(env):
        there = _shapes(env)
        offers = f" It can give {', '.join(f'{n!r} {shape}' for n, shape in there.items())}."
        fitting = [name for name, one in there.items() if Interface(shapes).takes(one)]
        if fitting:
            remedy = f"Write ?observation={fitting[0]} behind its id"
    elif shapes == ((prod(found),),):
        remedy = "Wrap the environment in gymnasium.wrappers.FlattenObservation"
    raise BadRequest(
        f"the policy expects observations of shape {shapes_told(shapes)}, and {env} gives "
        f"{found}.{offers} {remedy}"
    )


def wrapped_in(wrapper: Any, env: Any, *arguments: Any) -> Any:
    """Return an environment in a wrapper of Gymnasium's kind.

    Raises:
        BadRequest: it cannot be, as it only does as a gymnasium.Env would.
    """
    if not isinstance(env, need("gymnasium").Env):
        raise BadRequest(
            f"a {type(env).__name__} is no gymnasium.Env, and {wrapper.__name__} goes around one "
            "only; derive it from gymnasium.Env or gymnasium.Wrapper, or wrap what is inside it"
        )
    return wrapper(env, *arguments)


def as_array(observation: Any) -> np.ndarray:
    """Return one observation as an array, with an axis of one before it for the batch."""
    return np.asarray(observation)[None]


def _is_minigrid(env: Any) -> bool:
    spaces = getattr(env.observation_space, "spaces", None)
    return isinstance(spaces, dict) and "image" in spaces and hasattr(bare(env), "grid")


def _wrapped(env: Any, observation: Observation) -> Any:
    if observation == "as is":
        return env
    wrappers = need("minigrid.wrappers")
    if observation == "image":
        return wrapped_in(wrappers.ImgObsWrapper, env)
    if observation == "full":
        return wrappers.ImgObsWrapper(wrapped_in(wrappers.FullyObsWrapper, env))
    return wrapped_in(wrappers.FlatObsWrapper, env)


def _shapes(env: Any) -> dict[Observation, tuple[int, ...]]:
    names: tuple[Observation, ...] = ("image", "full", "flat")
    return {name: tuple(_wrapped(env, name).observation_space.shape) for name in names}


def _fitting(env: Any, shapes: tuple[Shape, ...]) -> Observation:
    if not shapes:
        return "image"
    expected = Interface(shapes)
    return next((name for name, one in _shapes(env).items() if expected.takes(one)), "image")
