"""Canonical forms that need to know what follows: DARD and VAL, estimated with a simulator.

All rewards see the same draws, so that what shaping adds along a rollout cancels draw by draw,
and equal rewards come out equal but for the noise that is reported.
"""

from math import ceil, log
from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Bool, Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.rewards.sampled import CanonicalForm, Draws, RewardFunction, values

_TAIL = 1e-3  # of a return: what a rollout may leave out
_LONGEST = 2000  # steps of a rollout
_CELLS = 2_000_000  # rollouts are repeated as far as this many states fit


@runtime_checkable
class Simulator(Protocol):
    """A process that can be stepped, for many states at once; leading axes are matched."""

    def step(self, states: Any, actions: Any, rng: np.random.Generator) -> Any:
        """Return a next state for each state and action."""
        ...

    def act(self, states: Any, rng: np.random.Generator) -> Any:
        """Return an action of the policy of the canonical form for each state."""
        ...

    def ended(self, states: Any) -> Bool[np.ndarray, " n"]:
        """Return which states are terminal."""
        ...


def dard_form(simulator: Simulator) -> CanonicalForm:
    """Return DARD's canonical form with next states drawn from a process.

    R + mean_j [γ R(s', A_j, S''_j) - R(s, A_j, S'_j) - γ R(S'_j, A_j, S''_j)], S'_j ~ T(s, A_j)
    and S''_j ~ T(s', A_j) (Wulfe et al., ICLR 2022, definition 4).
    """

    def form(reward: RewardFunction, draws: Draws, discount: float) -> Float[np.ndarray, " n"]:
        s, a, t = draws.transitions
        rng = np.random.default_rng(draws.seed)
        m = min(len(draws.actions), max(1, _CELLS // len(s)))
        act = np.concatenate([draws.actions[:m]] * len(s))
        here, there = np.repeat(s, m, axis=0), np.repeat(t, m, axis=0)
        after_here = simulator.step(here, act, rng)
        after_there = simulator.step(there, act, rng)
        inner = (
            discount * values(reward, there, act, after_there)
            - values(reward, here, act, after_here)
            - discount * values(reward, after_here, act, after_there)
        )
        return values(reward, s, a, t) + inner.reshape(len(s), m).mean(axis=1)

    return form


def val_form(simulator: Simulator, *, rollouts: int = 64) -> CanonicalForm:
    """Return STARC's VAL with values estimated by rollouts: Q^π(s, a) - V^π(s).

    Each is the mean of the discounted sums of rewards over `rollouts` rollouts, cut when γ^t falls
    below .001 or after 2,000 steps. (Skalse et al., *STARC*, ICLR 2024, definition 5.)

    Raises:
        BadRequest: fewer than one rollout.
    """
    if rollouts < 1:
        raise BadRequest(f"rollouts is {rollouts}; at least 1 is expected")

    def form(reward: RewardFunction, draws: Draws, discount: float) -> Float[np.ndarray, " n"]:
        s, a, _ = draws.transitions
        rng = np.random.default_rng(draws.seed)
        here, first = np.repeat(s, rollouts, axis=0), np.repeat(a, rollouts, axis=0)
        value = _returns(simulator, reward, here, simulator.act(here, rng), discount, rng)
        gain = _returns(simulator, reward, here, first, discount, rng) - value
        return gain.reshape(len(s), rollouts).mean(axis=1)

    return form


def _returns(
    simulator: Simulator,
    reward: RewardFunction,
    states: Any,
    actions: Any,
    discount: float,
    rng: np.random.Generator,
) -> Float[np.ndarray, " n"]:
    """Return the discounted return of one rollout from each state and action."""
    total, weight = np.zeros(len(states)), 1.0
    going = ~simulator.ended(states)
    steps = _LONGEST if discount == 1.0 else min(_LONGEST, _steps(discount))
    for _ in range(steps):
        if not going.any():
            break
        following = simulator.step(states, actions, rng)
        total += weight * np.where(going, values(reward, states, actions, following), 0.0)
        going &= ~simulator.ended(following)
        states, weight = following, weight * discount
        actions = simulator.act(states, rng)
    return total


def _steps(discount: float) -> int:
    return 1 if discount == 0.0 else ceil(log(_TAIL) / log(discount))
