"""Vectors of environments, as Gymnasium and Stable-Baselines3 make them: the single ones in them.

A goal looks into one environment, and a level is the seed that one environment is reset with. So
the single environments are played, and what was wrapped around all of them is left behind.
"""

from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.tasks.gymnasium_envs.layers import held_by, layers

# Wrappers of vectors that change neither what is seen nor what is paid. Policies of
# Stable-Baselines3 turn images by themselves, as VecTransposeImage does.
_IDLE = {
    *("VecMonitor", "VecCheckNan", "VecVideoRecorder", "VecTransposeImage"),
    *("RecordEpisodeStatistics", "RecordVideo", "HumanRendering", "DictInfoToList"),
}


def is_vector(thing: Any) -> bool:
    """Return whether something is several environments in one, of either library."""
    return (
        not isinstance(thing, type)
        and hasattr(thing, "num_envs")
        and (hasattr(thing, "single_action_space") or hasattr(thing, "env_method"))
    )


def singles_of(vector: Any) -> list[Any]:
    """Return the single environments of a vector that are at hand, one at least.

    Args:
        vector: such as SyncVectorEnv, DummyVecEnv, or what `gymnasium.make_vec` made.

    Raises:
        BadRequest: they cannot be reached, are of different kinds, or are wrapped in something
            that changes what is seen or paid.
    """
    inner = vector
    while (below := held_by(inner).get("venv", held_by(inner).get("env"))) is not None:
        if type(inner).__name__ not in _IDLE:
            raise BadRequest(
                f"{type(inner).__name__} is wrapped around a vector of environments and may change "
                "what is seen or paid; a policy is played in single environments, where it would "
                "be missing. Give a function that makes one environment, wrapped to the same "
                "effect; the statistics of VecNormalize go with the policy, as normalise="
            )
        inner = below
    return _alike(_reached(inner), inner)


def _reached(inner: Any) -> list[Any]:
    """Return the environments themselves, or the first of those that can be made."""
    there = held_by(inner).get("envs")
    if there:
        return list(there)
    makers = held_by(inner).get("env_fns")
    if makers:
        return [makers[0]()]
    spec = getattr(inner, "spec", None)
    name = repr(spec.id) if spec is not None else "..."
    raise BadRequest(
        f"the single environments of a {type(inner).__name__} cannot be reached: they are in other "
        "processes, or there are none. Give a function that makes one environment, such as "
        f"lambda: gymnasium.make({name})"
    )


def _alike(envs: list[Any], vector: Any) -> list[Any]:
    kinds = {_kind(env): None for env in envs}
    if len(kinds) > 1:
        told = " and ".join(list(kinds)[:2])
        raise BadRequest(
            f"a {type(vector).__name__} holds environments of {len(kinds)} kinds ({told}); give "
            "one of them, and the others as shifts"
        )
    return envs


def _kind(env: Any) -> str:
    """Return what an environment is made of, as far as it says."""
    spec = getattr(env, "spec", None)
    told = "" if spec is None else f" {spec.id} {spec.kwargs}"
    return "<".join(type(layer).__name__ for layer in layers(env)) + told
