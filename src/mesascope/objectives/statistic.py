"""Figures made of sums over instances: what is aggregated, and how far one figure can go.

Keeping the summands of each instance apart from the way they are combined lets one resampling of
episodes serve every figure, and lets a figure say what an episode nobody saw could do to it.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Int

_EXACTLY_ONE = 1e-13  # a correlation this close to ±1 differs from it by rounding alone


@runtime_checkable
class Statistic(Protocol):
    """A figure that depends on the instances through sums of their terms."""

    @property
    def episodes(self) -> Int[np.ndarray, " n"]:
        """The episode of each instance, numbered from 0."""
        ...

    @property
    def floor(self) -> float:
        """The least that the figure can be."""
        ...

    @property
    def ceiling(self) -> float:
        """The most that the figure can be."""
        ...

    @property
    def terms(self) -> Float[np.ndarray, "n m"]:
        """The summands of each instance."""
        ...

    def combine(self, sums: Float[np.ndarray, "b m"]) -> Float[np.ndarray, " b"]:
        """Return the figure of each row of sums; nan where it is undefined."""
        ...

    def extremes(self, sums: Float[np.ndarray, "e m"]) -> Float[np.ndarray, "2 m"]:
        """Return the episodes that would most lower and most raise the figure.

        They are taken to be as large as the largest episode seen; `sums` is per episode.
        """
        ...


@dataclass(frozen=True, eq=False)
class Ratio:
    """Σ above / Σ below: one shared scale, so that instances weigh by what is at stake.

    An instance with nothing at stake adds 0 to both sums. It changes nothing and is counted.

    Attributes:
        above: the numerators, at least 0.
        below: the denominators, at least 0.
        episodes: the episode of each instance, numbered from 0.
        most: what each numerator could have been at most; the denominators unless given.
    """

    above: Float[np.ndarray, " n"]
    below: Float[np.ndarray, " n"]
    episodes: Int[np.ndarray, " n"]
    most: Float[np.ndarray, " n"] | None = None

    floor = 0.0

    @property
    def ceiling(self) -> float:
        """1 where the denominators bound the numerators, else what the largest would give."""
        if self.most is None:
            return 1.0
        return float(self.most.max(initial=0.0) / max(self.below.max(initial=0.0), 1e-300))

    @property
    def undefined(self) -> int:
        """How many instances have a denominator of 0."""
        return int((self.below == 0.0).sum())

    @property
    def terms(self) -> Float[np.ndarray, "n 3"]:
        """Numerators, denominators and greatest possible numerators."""
        most = self.below if self.most is None else self.most
        return np.stack([self.above, self.below, most], axis=1)

    def combine(self, sums: Float[np.ndarray, "b 3"]) -> Float[np.ndarray, " b"]:
        """Return the ratios; nan for 0/0."""
        above, below = sums[:, 0], sums[:, 1]
        return np.divide(above, below, out=np.full(len(sums), np.nan), where=below > 0.0)

    def extremes(self, sums: Float[np.ndarray, "e 3"]) -> Float[np.ndarray, "2 3"]:
        """Return an episode with the least and one with the greatest possible numerator."""
        _, below, most = sums.max(axis=0)
        return np.array([[0.0, below, most], [most, below, most]])


@dataclass(frozen=True, eq=False)
class Misfit:
    """sqrt((1 - ρ) / 2), ρ the correlation of two quantities centred within each instance.

    Attributes:
        xy, xx, yy: products of the centred quantities, averaged over an instance's outputs.
        episodes: the episode of each instance, numbered from 0.
    """

    xy: Float[np.ndarray, " n"]
    xx: Float[np.ndarray, " n"]
    yy: Float[np.ndarray, " n"]
    episodes: Int[np.ndarray, " n"]

    floor = 0.0
    ceiling = 1.0

    @property
    def undefined(self) -> int:
        """How many instances leave one of the two constant, and so add nothing to ρ."""
        return int(((self.xx == 0.0) | (self.yy == 0.0)).sum())

    @property
    def terms(self) -> Float[np.ndarray, "n 3"]:
        """The three products."""
        return np.stack([self.xy, self.xx, self.yy], axis=1)

    def combine(self, sums: Float[np.ndarray, "b 3"]) -> Float[np.ndarray, " b"]:
        """Return the distances; nan where one of the quantities is constant throughout."""
        # The roots are taken apart, so that tiny or huge scales neither vanish nor overflow.
        scale = np.sqrt(sums[:, 1]) * np.sqrt(sums[:, 2])
        rho = np.divide(sums[:, 0], scale, out=np.full(len(sums), np.nan), where=scale > 0.0)
        rho = np.where(1.0 - np.abs(rho) <= _EXACTLY_ONE, np.sign(rho), rho)
        return np.sqrt((1.0 - rho) / 2.0)

    def extremes(self, sums: Float[np.ndarray, "e 3"]) -> Float[np.ndarray, "2 3"]:
        """Return an episode of perfect and one of reversed correlation."""
        xx, yy = sums[:, 1].max(), sums[:, 2].max()
        together = np.sqrt(xx) * np.sqrt(yy)
        return np.array([[together, xx, yy], [-together, xx, yy]])


def value_of(statistic: Statistic) -> float | None:
    """Return the figure over all instances; None where it is undefined."""
    value = float(statistic.combine(statistic.terms.sum(axis=0, keepdims=True))[0])
    return None if np.isnan(value) else value
