"""Correlations over a population: Pearson's r and Kendall's τ_b, with intervals."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from mesascope.core.interval import Interval
from mesascope.objectives.bootstrap import RESAMPLES, accelerated, draws, interval

_CONSTANT = 1e-12  # of the variance over the population


@dataclass(frozen=True, eq=False)
class Pearson:
    """Pearson's r as a figure made of sums over units.

    Attributes:
        x, y: one value of each for every unit.
        groups: which units depend on one another, numbered from 0; each is its own unless given.
    """

    x: Float[np.ndarray, " n"]
    y: Float[np.ndarray, " n"]
    groups: Int[np.ndarray, " n"] | None = None

    floor = -1.0
    ceiling = 1.0

    @property
    def episodes(self) -> Int[np.ndarray, " n"]:
        """The groups: they are resampled whole."""
        return np.arange(len(self.x)) if self.groups is None else self.groups

    @property
    def terms(self) -> Float[np.ndarray, "n 6"]:
        """Powers and products of the standardised values."""
        x, y = _standard(self.x), _standard(self.y)
        return np.stack([np.ones(len(x)), x, y, x * x, y * y, x * y], axis=1)

    def combine(self, sums: Float[np.ndarray, "b 6"]) -> Float[np.ndarray, " b"]:
        """Return r of each row of sums; nan where either is constant."""
        n, x, y, xx, yy, xy = sums.T
        n = np.maximum(n, 1e-300)
        spread = np.maximum(xx / n - (x / n) ** 2, 0.0), np.maximum(yy / n - (y / n) ** 2, 0.0)
        defined = np.minimum(*spread) > _CONSTANT
        scale = np.sqrt(spread[0] * spread[1])
        shared = xy / n - (x / n) * (y / n)
        found = np.divide(shared, scale, out=np.full(len(sums), np.nan), where=defined)
        return np.clip(found, -1.0, 1.0)

    def extremes(self, sums: Float[np.ndarray, "e 6"]) -> Float[np.ndarray, "2 6"]:
        """Return a unit at opposite and one at equal ends of both."""
        x, y = np.abs(sums[:, 1]).max(), np.abs(sums[:, 2]).max()
        return np.array([[1.0, x, -y, x * x, y * y, -x * y], [1.0, x, y, x * x, y * y, x * y]])


def _standard(values: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    if np.ptp(values) == 0.0:
        return np.zeros(len(values))
    centred = values - values.mean()
    return centred / np.abs(centred).max()


def pearson(
    x: Float[np.ndarray, " n"],
    y: Float[np.ndarray, " n"],
    *,
    seed: int,
    groups: Int[np.ndarray, " n"] | None = None,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return Pearson's r with a bootstrap interval over units; None where either is constant.

    Units of one group are drawn together.
    """
    figure = Pearson(x, y, groups)
    return interval(figure, seed=seed, confidence=confidence, resamples=resamples)


def kendall(
    x: Float[np.ndarray, " n"],
    y: Float[np.ndarray, " n"],
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Interval | None:
    """Return Kendall's τ_b with a bootstrap interval over units; None where either is constant.

    τ_b = Σ sign(x_i - x_j) sign(y_i - y_j) / sqrt(pairs untied in x · pairs untied in y) (Kendall,
    *The treatment of ties in ranking problems*, Biometrika 33, 1945). A unit drawn twice is tied
    with itself. Work and memory grow with the square of the units. As the interval of an order
    without exceptions would have no width, it always allows for unseen units of probability
    p = 1 - (1 - confidence)^(1/n) that are out of order with all others.
    """
    first = np.sign(x[:, None] - x[None, :])
    second = np.sign(y[:, None] - y[None, :])
    agreement, untied = first * second, (np.abs(first), np.abs(second))

    def tau(times: Float[np.ndarray, "b n"]) -> Float[np.ndarray, " b"]:
        def total(matrix: Float[np.ndarray, "n n"]) -> Float[np.ndarray, " b"]:
            return ((times @ matrix) * times).sum(axis=1)

        scale = np.sqrt(total(untied[0]) * total(untied[1]))
        nothing = np.full(len(times), np.nan)
        return np.divide(total(agreement), scale, out=nothing, where=scale > 0.0)

    n = len(x)
    estimate = float(tau(np.ones((1, n)))[0])
    if np.isnan(estimate):
        return None
    drawn = np.concatenate([tau(times) for times in draws(n, seed, resamples)])
    without = tau(np.ones((n, n)) - np.eye(n))
    low, high = accelerated(estimate, drawn, without, confidence, -1.0, 1.0)
    unseen = 1.0 - (1.0 - (1.0 - (1.0 - confidence) ** (1.0 / n))) ** 2
    low = min(low, estimate - unseen * (1.0 + estimate))
    high = max(high, estimate + unseen * (1.0 - estimate)) if estimate == -1.0 else high
    return Interval(estimate, low, max(high, estimate), n, confidence)
