"""What a policy is given to see of an environment: arrays, of the shape that it expects."""

from typing import Any, Literal, get_args

import numpy as np

from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up
from mesascope.tasks.gymnasium_envs.extras import need
from mesascope.tasks.gymnasium_envs.layers import bare

Observation = Literal["auto", "as is", "image", "full", "flat"]


def observe_as(env: Any, observation: Observation, shape: tuple[int, ...] | None = None) -> Any:
    """Return an environment whose observations are arrays.

    Args:
        env: any environment.
        observation: `as is`; or for MiniGrid, whose observations are dictionaries, `image` for
            what the agent sees, `full` for the whole grid, `flat` for image and mission in a row.
            `auto` is `as is` for arrays and numbers, and for MiniGrid whichever has the shape that
            is expected, `image` where none is known.
        shape: that is expected, if that is known.

    Raises:
        UnknownName: no such way of observing.
        BadRequest: the observations are no arrays, or of another shape.
    """
    if observation not in get_args(Observation):
        look_up("way of observing", observation, dict.fromkeys(get_args(Observation), 0))
    chosen = observation
    if observation == "auto":
        chosen = _fitting(env, shape) if _is_minigrid(env) else "as is"
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
    if shape is not None and tuple(found) != tuple(shape):
        raise BadRequest(
            f"the policy expects observations of shape {tuple(shape)}, and {env} gives "
            f"{tuple(found)}.{_offers(env)} Wrap the environment as it was in training"
        )
    return seen


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


def _fitting(env: Any, shape: tuple[int, ...] | None) -> Observation:
    if shape is None:
        return "image"
    fits = [name for name, found in _shapes(env).items() if found == tuple(shape)]
    return fits[0] if fits else "image"


def _offers(env: Any) -> str:
    if not _is_minigrid(env):
        return ""
    shapes = ", ".join(f"{name!r} {shape}" for name, shape in _shapes(env).items())
    return f" It can give {shapes}."
