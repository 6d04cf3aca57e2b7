"""Several environments that are the same, to play side by side: made, or copied, and tried."""

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mesascope.systems.playing.episodes import reset_to
from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.chance import chance_outside
from mesascope.tasks.gymnasium_envs.frozen import NotComparable
from mesascope.tasks.gymnasium_envs.layers import bare
from mesascope.tasks.gymnasium_envs.make import actions_of

_STEPS = 8  # that two environments are tried for, at random: in turn they might lead back
_PATIENCE = 5.0  # seconds, after which no more are made; how many there are changes no result


def copies_of(
    first: Any, make: Callable[[], Any] | None, count: int, seeds: list[int]
) -> list[Any]:
    """Return an environment with others that do as it does, as many as can be had.

    Others are made, or else copied, for some seconds at most. One is kept if it does for a few
    steps what the first one does from the same seed, while that one waits on another level and then
    goes on undisturbed. So an environment that shares what changes, random numbers too, or whose
    reset leaves something as it was, comes back alone.

    Args:
        first: it is reset.
        make: makes another one, or raises where there is none.
        count: how many are wanted, the first one included.
        seeds: of levels to try.
    """
    found = [first]
    if count == 1:
        return found
    began = time.monotonic()
    told = [list(_trial(first, seed)) for seed in (seeds[0], seeds[-1])]
    for source in (make, lambda: copy.deepcopy(first)):
        while source is not None and len(found) < count and _patient(began):
            other = _other(source, found)
            if other is None:
                break
            waits = _trial(first, seeds[0])
            start = next(waits)
            if list(_trial(other, seeds[-1])) != told[1] or [start, *waits] != told[0]:
                break
            found.append(other)
    return found


def _patient(began: float) -> bool:
    return time.monotonic() - began < _PATIENCE


def _other(source: Callable[[], Any], found: list[Any]) -> Any | None:
    """Return another environment, if there is one that is not among those found."""
    try:
        other = source()
    except (Exception, SystemExit):  # whatever somebody's constructor or copying raises
        return None
    return None if any(bare(other) is bare(one) for one in found) else other


def _trial(env: Any, seed: int) -> Iterator[Any]:
    """Reset an environment and take a few steps; give what it shows and pays, as it comes."""
    start = int(getattr(env.action_space, "start", 0))
    chosen = np.random.default_rng(0).integers(len(actions_of(env)), size=_STEPS).tolist()
    try:
        observation, _ = reset_to(env, seed)
        yield _key(env), np.asarray(observation).tobytes()
        for action in chosen:
            before = chance_outside(env)
            observation, reward, terminated, truncated, _ = env.step(start + action)
            over = bool(terminated or truncated)
            drawn = (after := chance_outside(env)) != before and after
            yield _key(env), np.asarray(observation).tobytes(), float(reward), over, drawn
            if over:
                break
    except (Exception, SystemExit) as error:  # it will raise in play, where it is reported
        yield type(error).__name__


def _key(env: Any) -> bytes | None:
    try:
        return state.key_of(env)
    except NotComparable:
        return None
