"""Sampling on a process whose tables are known: what `--samples` does, and a test of sampling."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.sampled import Draws, RewardFunction


def table_reward(table: Float[np.ndarray, "s a s"]) -> RewardFunction:
    """Return a reward that looks itself up."""
    return lambda s, a, t: table[s, a, t]


def draws_from(coverage: Coverage, count: int) -> Callable[[np.random.Generator], Draws]:
    """Return a function that draws `count` transitions, and as many pairs for canonical forms."""
    process = coverage.process
    shape = process.transition.shape
    weight = np.broadcast_to(coverage.transitions, shape).ravel()
    actions = coverage.policy[~process.terminal].mean(axis=0)

    def draw(rng: np.random.Generator) -> Draws:
        flat = rng.choice(weight.size, size=count, p=weight / weight.sum())
        before, action, after = np.unravel_index(flat, shape)
        return Draws(
            transitions=(before, action, after),
            states=rng.choice(shape[0], size=count, p=coverage.states),
            actions=rng.choice(shape[1], size=count, p=actions),
            seed=int(rng.integers(2**63)),
        )

    return draw


@dataclass(frozen=True, eq=False)
class TabularSimulator:
    """A process whose tables are known, stepped by drawing from them; see `Simulator`."""

    coverage: Coverage

    @cached_property
    def _ahead(self) -> Float[np.ndarray, "s a s"]:
        process = self.coverage.process
        ends = np.eye(process.states)[:, None, :] * process.terminal[:, None, None]
        return (process.transition + ends).cumsum(axis=2)

    @cached_property
    def _acting(self) -> Float[np.ndarray, "s a"]:
        return self.coverage.policy.cumsum(axis=1)

    def step(self, states: Any, actions: Any, rng: np.random.Generator) -> Any:
        """Return a next state for each state and action; terminal states are absorbing."""
        return _drawn(self._ahead[states, actions], rng)

    def act(self, states: Any, rng: np.random.Generator) -> Any:
        """Return an action of the coverage's policy for each state."""
        return _drawn(self._acting[states], rng)

    def ended(self, states: Any) -> Bool[np.ndarray, " n"]:
        """Return which states are terminal."""
        return self.coverage.process.terminal[states]


def _drawn(ahead: Float[np.ndarray, "n k"], rng: np.random.Generator) -> Int[np.ndarray, " n"]:
    """Draw a column from each row of cumulative probabilities."""
    return (ahead <= (rng.random(len(ahead)) * ahead[:, -1])[:, None]).sum(axis=1)
