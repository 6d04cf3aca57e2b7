"""The certificate for sequential tasks: the performance-difference identity.

Take R_x = Q*(x, ·), the optimal value of what can be done on instance x, and let μ be the visits
of s itself. Then O(s) = V* - E[Σ over an episode's visits of (max R_x - R_x(s(x)))] (Kakade and
Langford, *Approximately optimal approximate reinforcement learning*, ICML 2002, lemma 6.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mesascope.core.choice import Number
from mesascope.core.interval import Interval
from mesascope.objectives.bootstrap import interval
from mesascope.objectives.errors import BadPair
from mesascope.objectives.statistic import Ratio

_ROUNDING = 1e-9
_SURE = 0.999  # an identity that holds should not fail in one audit out of twenty


@dataclass(frozen=True)
class PerformanceDifference:
    """Both sides of the identity.

    Attributes:
        value: O(s), measured by its results.
        predicted: V* less the mean regret of an episode, with its bootstrap interval.
        gap: value - predicted.
        holds: whether the two intervals meet.
    """

    value: Interval
    predicted: Interval
    gap: float
    holds: bool

    def __str__(self) -> str:
        verdict = "agree" if self.holds else "disagree"
        return (
            f"value {self.value.estimate:.4g}, optimum less regret {self.predicted.estimate:.4g}: "
            f"they {verdict} to {abs(self.gap):.2g}, over {self.predicted.samples} episodes"
        )


def performance_difference_gap(
    optimum: Number,
    value: Number | Interval,
    regrets_per_episode: Sequence[Number] | np.ndarray,
    *,
    seed: int = 0,
    confidence: float = 0.99,
    exact: bool = False,
) -> PerformanceDifference:
    """Check that regrets, summed along a system's own episodes, account for what it falls short.

    Args:
        optimum: V*, the value of optimal play from the start.
        value: O(s), exact or sampled apart from the regrets.
        regrets_per_episode: Σ (max R_x - R_x(s(x))) of each episode, at least 0.
        seed: of the bootstrap.
        confidence: of the interval around the regrets; high, for a check that should seldom
            fail where the identity holds.
        exact: the episodes are all there are, equally likely; no interval is put around them.

    Raises:
        BadPair: there are no episodes, or a regret is negative.
    """
    regrets = np.array([float(regret) for regret in regrets_per_episode])
    if len(regrets) == 0 or regrets.min() < -_ROUNDING:
        raise BadPair(
            "the identity needs the summed regrets of one episode or more, each at least 0; "
            f"{'none were given' if len(regrets) == 0 else f'the least is {regrets.min()!r}'}. "
            "Take them against the optimal value of each instance"
        )
    regrets = np.maximum(regrets, 0.0)
    ones = np.ones(len(regrets))
    largest = np.full(len(regrets), regrets.max())
    summed = Ratio(regrets, ones, np.arange(len(regrets)), largest)
    lost = interval(summed, seed=seed, confidence=confidence)
    assert lost is not None
    if exact:
        lost = Interval.exact(lost.estimate)
    best = float(optimum)
    predicted = Interval(
        best - lost.estimate, best - lost.high, best - lost.low, len(regrets), lost.confidence
    )
    measured = value if isinstance(value, Interval) else Interval.exact(float(value))
    room = _ROUNDING * max(1.0, abs(best))
    return PerformanceDifference(
        value=measured,
        predicted=predicted,
        gap=measured.estimate - predicted.estimate,
        holds=measured.low <= predicted.high + room and predicted.low <= measured.high + room,
    )
