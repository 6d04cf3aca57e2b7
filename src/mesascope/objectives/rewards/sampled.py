"""EPIC, DARD and VAL from samples, for rewards that are functions and spaces that are large.

Canonical forms are estimated too, so noise in them makes equal rewards differ. How much is
measured: each reward is canonicalised twice, with independent draws, and held against itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from mesascope.core.errors import BadRequest
from mesascope.core.interval import Interval
from mesascope.core.randomness import stream
from mesascope.objectives.bootstrap import intervals
from mesascope.objectives.correlation import Pearson
from mesascope.objectives.statistic import value_of
from mesascope.processes import check

RewardFunction = Callable[[Any, Any, Any], Float[np.ndarray, " n"]]
CanonicalForm = Callable[[RewardFunction, "Draws", float], Float[np.ndarray, " n"]]


@dataclass(frozen=True, eq=False)
class PearsonDistance(Pearson):
    """sqrt((1 - ρ) / 2) as a figure made of sums over sampled transitions."""

    floor = 0.0
    ceiling = 1.0

    def combine(self, sums: Float[np.ndarray, "b 6"]) -> Float[np.ndarray, " b"]:
        """Return the distance of each row of sums; nan where either is constant."""
        return np.sqrt((1.0 - super().combine(sums)) / 2.0)


@dataclass(frozen=True, eq=False)
class UnitDistance:
    """The L2 distance of two sets of values, each divided by its L2 norm: sqrt(2 - 2 cos)."""

    x: Float[np.ndarray, " n"]
    y: Float[np.ndarray, " n"]

    floor = 0.0
    ceiling = 2.0

    @property
    def episodes(self) -> Int[np.ndarray, " n"]:
        """Each transition is its own."""
        return np.arange(len(self.x))

    @property
    def terms(self) -> Float[np.ndarray, "n 3"]:
        """The three products."""
        return np.stack([self.x * self.y, self.x * self.x, self.y * self.y], axis=1)

    def combine(self, sums: Float[np.ndarray, "b 3"]) -> Float[np.ndarray, " b"]:
        """Return the distance of each row of sums; nan where either is 0 throughout."""
        scale = np.sqrt(sums[:, 1] * sums[:, 2])
        cosine = np.divide(sums[:, 0], scale, out=np.full(len(sums), np.nan), where=scale > 0.0)
        return np.sqrt(2.0 - 2.0 * np.clip(cosine, -1.0, 1.0))

    def extremes(self, sums: Float[np.ndarray, "e 3"]) -> Float[np.ndarray, "2 3"]:
        """Return a transition on which the two agree and one on which they are opposed."""
        xx, yy = sums[:, 1].max(), sums[:, 2].max()
        together = np.sqrt(xx * yy)
        return np.array([[together, xx, yy], [-together, xx, yy]])


@dataclass(frozen=True, eq=False)
class Draws:
    """What a canonical form is estimated from. Leading axes are matched to what is asked.

    Attributes:
        transitions: (s, a, s'), each with n entries: the coverage.
        states: m next states S' ~ D_S.
        actions: m actions A ~ D_A.
        seed: of what a canonical form draws further, the same for every reward.
    """

    transitions: tuple[Any, Any, Any]
    states: Any
    actions: Any
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Sampled:
    """Sampled distances.

    Attributes:
        names: of the rewards.
        distances: by pair of names, with an interval over transitions; None where a canonical
            reward is constant on all of them.
        noise_floor: by pair, the larger distance of the two rewards from themselves under
            independent draws: a distance at or below it may as well be 0.
        samples: n and m.
    """

    names: tuple[str, ...]
    distances: Mapping[tuple[str, str], Interval | None]
    noise_floor: Mapping[tuple[str, str], float]
    samples: tuple[int, int]


def epic_form(reward: RewardFunction, draws: Draws, discount: float) -> Float[np.ndarray, " n"]:
    """Return EPIC's canonical reward of each sampled transition, up to a constant.

    R + γ mean_j R(s', A_j, S_j) - mean_j R(s, A_j, S_j): the double mean of the definition is the
    same for all transitions, and a correlation does not see it. (Gleave et al., ICLR 2021,
    section 4.3.)
    """
    s, a, t = draws.transitions
    return values(reward, s, a, t) + (
        discount * _mean_over(reward, t, draws) - _mean_over(reward, s, draws)
    )


def sampled_distance(
    rewards: Mapping[str, RewardFunction],
    draw: Callable[[np.random.Generator], Draws],
    discount: float,
    *,
    way: tuple[CanonicalForm, type[PearsonDistance | UnitDistance]] = (epic_form, PearsonDistance),
    seed: int = 0,
) -> Sampled:
    """Return distances between canonical rewards, with intervals and a noise floor.

    Args:
        rewards: by name; each takes arrays of states, actions and next states with one leading
            axis, and returns a number for each.
        draw: returns fresh draws. It is called three times: for what is reported, and twice for
            the noise floor, of which only the draws of the canonical form are used.
        discount: γ.
        way: the canonical form and the distance; those of EPIC unless given.
        seed: of the draws and of the intervals.

    Raises:
        BadArray: a reward returns something else than a finite number for each transition.
        BadRequest: fewer than two transitions were drawn.
    """
    form, distance = way
    rng = stream(seed, "sampled distances")
    main, *others = draw(rng), draw(rng), draw(rng)
    n, m = len(main.transitions[0]), len(main.states)
    if n < 2:
        raise BadRequest(f"{n} transitions were drawn; at least 2 are needed for a correlation")
    forms = {name: form(reward, main, discount) for name, reward in rewards.items()}
    again = [replace(other, transitions=main.transitions) for other in others]
    noise = {
        name: _value(distance(*(form(reward, one, discount) for one in again)))
        for name, reward in rewards.items()
    }
    pairs = [(a, b) for a in rewards for b in rewards]
    found = intervals(
        {f"{i}": distance(forms[a], forms[b]) for i, (a, b) in enumerate(pairs)}, seed=seed
    )
    return Sampled(
        names=tuple(rewards),
        distances={pair: found[f"{i}"] for i, pair in enumerate(pairs)},
        noise_floor={(a, b): max(noise[a], noise[b]) for a, b in pairs},
        samples=(n, m),
    )


def _value(statistic: PearsonDistance | UnitDistance) -> float:
    """Return a distance; 0 where a reward is constant, as it is at no distance from itself."""
    return value_of(statistic) or 0.0


def _mean_over(reward: RewardFunction, of: Any, draws: Draws) -> Float[np.ndarray, " n"]:
    """Return mean_j R(x, A_j, S_j) for each x."""
    n, m = len(of), len(draws.states)
    mean = np.empty(n)
    size = max(1, 1_000_000 // m)
    for i in range(0, n, size):  # the table of all pairs may not fit
        part = np.repeat(of[i : i + size], m, axis=0)
        k = len(of[i : i + size])
        actions = np.concatenate([draws.actions] * k)
        states = np.concatenate([draws.states] * k)
        mean[i : i + size] = values(reward, part, actions, states).reshape(k, m).mean(axis=1)
    return mean


def values(reward: RewardFunction, s: Any, a: Any, t: Any) -> Float[np.ndarray, " n"]:
    """Return the reward of each transition, checked.

    Raises:
        BadArray: it is not a finite number for each.
    """
    found = check.real("what a reward returned", reward(s, a, t))
    check.shape("what a reward returned", found, (len(s),), f"({len(s)},), one per transition,")
    return found
