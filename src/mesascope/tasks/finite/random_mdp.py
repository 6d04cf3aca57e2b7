"""Random processes and rewards, for studies of which distance predicts regret."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from mesascope.processes import Process


@dataclass(frozen=True)
class RandomMdp:
    """How processes and rewards are drawn.

    The defaults follow the experiment in the paper on STARC (Skalse et al., *STARC: a general
    framework for quantifying differences between reward functions*, ICLR 2024, appendix E): next
    states are the softmax of those of S standard normal draws that exceed a threshold, which
    leaves about 16 % of them at threshold 1; rewards are standard normal on every transition,
    sometimes sparse, scaled, shifted and shaped.

    Attributes:
        states, actions, discount: S, A and γ.
        threshold: normal draws below it are next states that cannot follow.
        reach: how far along a ring of states one step can lead; any state can follow any unless
            given.
        end: the probability of each transition to end the episode; 0 for processes that go on.
        sparse, scaled, moved, reshaped: the probability that a reward keeps only its values above
            3, is scaled by up to 10, is shifted by up to 10, and is shaped by a normal potential
            of scale up to 10.
        kind: `transition` for R[s, a, s'], `state` for rewards of the next state.
    """

    states: int = 32
    actions: int = 4
    discount: float = 0.95
    threshold: float = 1.0
    reach: int | None = None
    end: float = 0.0
    sparse: float = 0.2
    scaled: float = 0.7
    moved: float = 0.3
    reshaped: float = 0.5
    kind: str = "transition"

    def process(self, rng: np.random.Generator) -> Process:
        """Draw a process; with `end` > 0 its last state is terminal."""
        s, a = self.states, self.actions
        draws = rng.standard_normal((s, a, s))
        if self.reach is not None:
            apart = np.abs(np.arange(s)[:, None] - np.arange(s)[None, :])
            draws = np.where(np.minimum(apart, s - apart)[:, None] <= self.reach, draws, -np.inf)
        # The largest draw is always kept, so that a row is never empty.
        kept = (draws > self.threshold) | (draws == draws.max(axis=2, keepdims=True))
        weights = np.where(kept, np.exp(draws), 0.0)
        transition = weights / weights.sum(axis=2, keepdims=True)
        if self.end == 0.0:
            return Process.of(transition, self.discount)
        transition *= 1.0 - self.end
        transition[:, :, -1] += self.end
        return Process.of(transition, self.discount, terminal=np.arange(s) == s - 1)

    def reward(self, rng: np.random.Generator) -> Float[np.ndarray, "s a s"]:
        """Draw a reward."""
        s, a = self.states, self.actions
        if self.kind == "state":
            reward = np.broadcast_to(rng.standard_normal(s), (s, a, s)).copy()
        else:
            reward = rng.standard_normal((s, a, s))
        if rng.random() < self.sparse:
            floor = min(3.0 if self.kind == "transition" else 1.0, reward.max())
            reward = np.where(reward >= floor, reward, 0.0)
        if rng.random() < self.scaled:
            reward = reward * rng.uniform(0.0, 10.0)
        if rng.random() < self.moved:
            reward = reward + rng.uniform(0.0, 10.0)
        if rng.random() < self.reshaped:
            potential = rng.standard_normal(s) * rng.uniform(0.0, 10.0) + rng.random()
            if self.end > 0.0:
                potential[-1] = 0.0  # or returns would change by more than a constant
            reward = reward + self.discount * potential[None, None, :] - potential[:, None, None]
        return reward
