"""The state of an environment: copied, compared, and apart from counting steps and drawing."""

import copy
import hashlib
from collections import deque
from collections.abc import Set
from enum import Enum
from typing import Any

import numpy as np

from mesascope.tasks.gymnasium_envs.layers import bare, held_by, layers, put_back

COUNTERS = frozenset(
    {
        *("step_count", "_step_count", "steps_count", "_elapsed_steps", "elapsed_steps"),
        *("num_steps", "current_step"),
    }
)
# Described once and never changed by a step: shared by copies.
_SHARED = frozenset(
    {
        *("spec", "_cached_spec", "_saved_kwargs", "metadata", "_metadata", "mission_space"),
        *("observation_space", "action_space", "_observation_space", "_action_space"),
        *("P", "initial_state_distrib"),
    }
)
# What no transition depends on: time, descriptions, how it is drawn, and chance.
_ASIDE = (
    COUNTERS
    | _SHARED
    | {
        *("_np_random", "_np_random_seed", "np_random", "lastaction"),
        *("render_mode", "render_size", "window", "window_surface", "clock", "screen"),
        *("screen_size",),
    }
)
# Wrappers that no transition depends on; Monitor is Stable-Baselines3's.
_PLAIN = {"OrderEnforcing", "PassiveEnvChecker", "TimeLimit", "RecordEpisodeStatistics", "Monitor"}


class NotComparable(Exception):
    """An environment holds something whose equality cannot be seen."""


def copied(env: Any) -> Any:
    """Return a copy that goes its own way; what no step changes is shared, MiniGrid's walls too."""
    walls = getattr(getattr(bare(env), "grid", None), "grid", None) or []
    memo = {id(wall): wall for wall in walls if getattr(wall, "type", None) == "wall"}
    for layer in layers(env):
        for name, value in held_by(layer).items():
            if name in _SHARED:
                memo[id(value)] = value
    return copy.deepcopy(env, memo)


def counters_of(env: Any) -> list[dict[str, Any]]:
    """Return the step counters of each layer."""
    return [{k: v for k, v in held_by(layer).items() if k in COUNTERS} for layer in layers(env)]


def wind_back(env: Any, counters: list[dict[str, Any]]) -> None:
    """Set the step counters as they were: in a graph there is no time."""
    for layer, values in zip(layers(env), counters, strict=True):
        put_back(layer, values)


def chance_of(env: Any) -> Any:
    """Return the state of the environment's generator, to see whether a step drew from it."""
    generator = getattr(bare(env), "_np_random", None)
    return None if generator is None else repr(generator.bit_generator.state)


def reseed(env: Any, *seed: int) -> None:
    """Let the environment's own generator begin elsewhere."""
    if getattr(bare(env), "_np_random", None) is not None:
        bare(env).np_random = np.random.default_rng(seed)


def key_of(env: Any) -> bytes:
    """Return a digest of everything that a transition may depend on, step counters apart.

    Raises:
        NotComparable: something in there is neither plain data nor an object of plain data.
    """
    parts: list[Any] = []
    *around, last = layers(env)
    for layer in (*around, last):
        if type(layer).__name__ not in _PLAIN:
            inner = {"env"} if layer is not last else set()  # it is a layer of its own
            parts.append(_attributes(layer, (id(layer),), inner))
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()


def _frozen(value: Any, above: tuple[int, ...]) -> Any:
    """Return plain data that is equal where two values are; `above` are the ids on the way here."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        small = value.size <= 16
        return value.tolist() if small else (value.shape, value.dtype.str, value.tobytes())
    if isinstance(value, type | Enum) or callable(value):
        return getattr(value, "__qualname__", None) or str(value)
    if id(value) in above:
        return ("above", len(above) - above.index(id(value)))
    above = (*above, id(value))
    if isinstance(value, list | tuple | deque):
        return [_frozen(one, above) for one in value]
    if isinstance(value, dict):
        return [(repr(k), _frozen(v, above)) for k, v in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(repr(one) for one in value)
    if hasattr(value, "__dict__") or held_by(value):
        return [type(value).__qualname__, *_attributes(value, above)]
    raise NotComparable(f"a {type(value).__qualname__}")


def _attributes(owner: Any, above: tuple[int, ...], inner: Set[str] = frozenset()) -> list[Any]:
    return [
        (k, _frozen(v, above))
        for k, v in held_by(owner).items()
        if k not in _ASIDE and k not in inner
    ]
