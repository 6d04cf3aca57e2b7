"""Which distance predicts regret? Random processes, random rewards, every metric."""

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
from mesascope.tasks.finite.random_mdp import RandomMdp


@dataclass(frozen=True)
class Score:
    """How well a metric predicts regret over random pairs of rewards.

    Attributes:
        correlation: Pearson's, of distance and regret, with an interval over processes; None
            where either is constant.
        distance: of every pair.
    """

    correlation: Interval | None
    distance: Float[np.ndarray, " n"]


@dataclass(frozen=True)
class Study:
    """What was found: a score for each metric, and the regret of every pair."""

    scores: dict[str, Score]
    regret: Float[np.ndarray, " n"]


def study_metrics(
    mdp: RandomMdp,
    metrics: Sequence[Metric],
    *,
    processes: int = 64,
    segments: int = 8,
    steps: int = 16,
    seed: int = 0,
) -> Study:
    """Return the correlation of each metric with regret.

    On each process `segments` pairs of rewards are drawn, and regret and distance are taken between
    the first of a pair and `steps` points on the way to the second, the last included: in all
    processes × segments × steps pairs. Regret is the mean of both directions, exact (see
    `measure_segments`).

    Args:
        mdp: how processes and rewards are drawn.
        metrics: which.
        processes, segments, steps: how many.
        seed: of all that is drawn.

    Raises:
        BadRequest: a metric does not exist on such processes.
    """
    rng = stream(seed, "metrics")
    parts = []
    for _ in range(processes):
        process = mdp.process(rng)
        first, second = (np.stack([mdp.reward(rng) for _ in range(segments)]) for _ in range(2))
        parts.append(measure_segments(Coverage.of(process), first, second, steps, metrics))
    regret = np.concatenate([part.regret.ravel() for part in parts])
    owner = np.repeat(np.arange(processes), segments * steps)
    scores = {}
    for metric in metrics:
        distance = np.concatenate([part.distances[metric.name].ravel() for part in parts])
        correlation = pearson(distance, regret, seed=seed, groups=owner)
        scores[metric.name] = Score(correlation, distance)
    return Study(scores, regret)
