"""A figure with its uncertainty."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """An estimate and its confidence interval; `samples` is 0 where the figure is exact.

    Attributes:
        estimate: the point estimate.
        low, high: the ends of the interval.
        samples: independent units that it rests on (episodes, say).
        confidence: the level; 1 where exact.
    """

    estimate: float
    low: float
    high: float
    samples: int = 0
    confidence: float = 1.0

    @classmethod
    def exact(cls, value: float) -> "Interval":
        """Return a figure without uncertainty."""
        return cls(value, value, value)

    def side_of(self, threshold: float) -> int:
        """Return -1 if all of the interval is at or below, +1 if above, 0 if it straddles."""
        if self.high <= threshold:
            return -1
        return 1 if self.low > threshold else 0

    def samples_to_settle(self, threshold: float) -> int | None:
        """Return how many more samples would settle the side, were the estimate to stay.

        The width of an interval falls with the root of the samples; None where no number helps
        because the estimate sits on the threshold or rests on no samples.
        """
        if self.side_of(threshold):
            return 0
        gap = abs(self.estimate - threshold)
        below = self.estimate <= threshold
        reach = self.high - self.estimate if below else self.estimate - self.low
        if gap == 0.0 or self.samples == 0:
            return None
        return max(1, math.ceil(self.samples * ((reach / gap) ** 2 - 1.0)))
