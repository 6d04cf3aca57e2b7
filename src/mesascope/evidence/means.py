"""Intervals for means of a few independent values, such as one of each trained policy."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from mesascope.core.interval import Interval

_CONFIDENCE = 0.95


def mean(
    values: Sequence[float], *, floor: float | None = None, ceiling: float | None = None
) -> Interval:
    """Return a mean with Student's 95 % interval (Student 1908).

    Args:
        values: (K,), independent, K at least 2.
        floor, ceiling: the least and the most that a value can be, where that is known. The
            interval keeps within them. It reaches at least as far as the mean would move were a
            share 1 - .05^(1/K) of all values there, which K values may miss (the rule of three):
            values that are all alike tell nothing of how others may differ.

    Raises:
        ValueError: there are not two values.
    """
    if len(values) < 2:
        raise ValueError("one value does not tell how others may differ")
    known = np.asarray(values, float)
    count, estimate = len(known), float(known.mean())
    missed = (1.0 - _CONFIDENCE) ** (1.0 / count)  # the share that is not at an end
    reach = float(stdtrit(count - 1, (1.0 + _CONFIDENCE) / 2.0))
    half = reach * float(known.std(ddof=1)) / count**0.5
    low, high = estimate - half, estimate + half
    if floor is not None:
        low = max(floor, min(low, estimate * missed + floor * (1.0 - missed)))
    if ceiling is not None:
        high = min(ceiling, max(high, estimate * missed + ceiling * (1.0 - missed)))
    return Interval(estimate, min(low, estimate), max(high, estimate), count, _CONFIDENCE)
