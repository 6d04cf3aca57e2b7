"""The state of an environment: compared, and apart from counting steps and drawing."""

import hashlib
from typing import Any

from mesascope.tasks.gymnasium_envs.frozen import whole
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


def shared_by(env: Any) -> list[Any]:
    """Return what copies have in common: what no step changes, MiniGrid's walls too."""
    things = getattr(getattr(bare(env), "grid", None), "grid", None) or []
    walls = [thing for thing in things if getattr(thing, "type", None) == "wall"]
    held = [v for layer in layers(env) for k, v in held_by(layer).items() if k in _SHARED]
    return walls + held


def counters_of(env: Any) -> list[dict[str, Any]]:
    """Return the step counters of each layer."""
    return [{k: v for k, v in held_by(layer).items() if k in COUNTERS} for layer in layers(env)]


def wind_back(env: Any, counters: list[dict[str, Any]]) -> None:
    """Set the step counters as they were: in a graph there is no time."""
    for layer, values in zip(layers(env), counters, strict=True):
        put_back(layer, values)


def key_of(env: Any) -> bytes:
    """Return a digest of everything that a transition may depend on, step counters apart.

    Raises:
        NotComparable: something in there keeps a state that cannot be seen.
    """
    parts: list[Any] = []
    *around, last = layers(env)
    for layer in (*around, last):
        if type(layer).__name__ not in _PLAIN:
            inner = {"env"} if layer is not last else set()  # it is a layer of its own
            parts.append(whole(layer, _ASIDE, (id(layer),), inner))
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).digest()
