"""What a distance means on the user's own process: the regret that goes with it there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from mesascope.core.interval import Interval
from mesascope.core.randomness import stream
from mesascope.objectives.correlation import pearson
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import Metric
from mesascope.objectives.rewards.segment import measure_segments
from mesascope.processes import Process

STEPS = 8
BANDS = 5


@dataclass(frozen=True)
class Band:
    """The regret of pairs whose distance lies in a band.

    Attributes:
        upto: the largest distance in the band.
        median, high: the median and the 95th percentile of their regret.
        pairs: how many.
    """

    upto: float
    median: float
    high: float
    pairs: int


@dataclass(frozen=True)
class Prediction:
    """How well a metric predicts regret on a process.

    Attributes:
        correlation: Pearson's, of distance and regret over pairs, with an interval over
            independent pairs of rewards; None where either is constant.
        bands: fifths of the pairs, by distance.
    """

    correlation: Interval | None
    bands: tuple[Band, ...]


def calibrate(
    coverage: Coverage, metrics: Sequence[Metric], *, segments: int = 64, seed: int = 0
) -> dict[str, Prediction]:
    """Return how well each metric predicts regret on a process.

    Pairs of random rewards are drawn on the process, and regret and distances are measured at
    eight steps on the way from one to the other, as in the study of Skalse et al., *STARC*, ICLR
    2024, but on the process that the caller has. The rewards are standard normal on every
    transition, of a next state alone for a third of them, and shaped by a normal potential for
    half: what a metric is told that way is said in its prediction and holds for such rewards.

    Args:
        coverage: the process, and under what to compare.
        metrics: which.
        segments: independent pairs of rewards.
        seed: of the rewards and of the intervals.

    Raises:
        BadRequest: a metric does not exist under this coverage.
    """
    process = coverage.process
    rng = stream(seed, "calibration")
    size = max(1, int(4e6 // (process.transition.size * 2)))
    parts = []
    for start in range(0, segments, size):
        n = min(size, segments - start)
        firsts, seconds = random_rewards(process, n, rng), random_rewards(process, n, rng)
        parts.append(measure_segments(coverage, firsts, seconds, STEPS, metrics))
    regret = np.concatenate([part.regret for part in parts]).ravel()
    groups = np.repeat(np.arange(segments), STEPS)
    found = {}
    for metric in metrics:
        distance = np.concatenate([part.distances[metric.name] for part in parts]).ravel()
        found[metric.name] = Prediction(
            pearson(distance, regret, seed=seed, groups=groups), bands(distance, regret)
        )
    return found


def random_rewards(
    process: Process, count: int, rng: np.random.Generator
) -> Float[np.ndarray, "n s a s"]:
    """Draw rewards as `calibrate` says."""
    shape = process.transition.shape
    rewards = rng.standard_normal((count, *shape))
    for reward in rewards:
        if rng.random() < 1 / 3:
            reward[:] = rng.standard_normal(shape[2])
        if rng.random() < 1 / 2:
            phi = rng.standard_normal(shape[0]) * rng.uniform(0.0, 10.0) * ~process.terminal
            reward += process.discount * phi[None, None, :] - phi[:, None, None]
    return rewards


def bands(distance: Float[np.ndarray, " n"], regret: Float[np.ndarray, " n"]) -> tuple[Band, ...]:
    """Return the regret in each fifth of the pairs, by distance; equal distances stay together."""
    edges = np.unique(np.quantile(distance, np.linspace(0.0, 1.0, BANDS + 1)[1:]))
    place = np.searchsorted(edges, distance)
    found = []
    for i, edge in enumerate(edges):
        inside = regret[place == i]
        if inside.size:
            median, high = (float(q) for q in np.quantile(inside, (0.5, 0.95)))
            found.append(Band(float(edge), median, high, inside.size))
    return tuple(found)
