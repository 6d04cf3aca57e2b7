"""Intervals for shares: how many of so many."""

from math import sqrt

from mesascope.core.interval import Interval

_Z95 = 1.959963984540054  # the 97.5 % point of the standard normal distribution


def share(successes: int | float, trials: int) -> Interval:
    """Return a share with its 95 % Wilson score interval (Wilson 1927); trials must be positive.

    Unlike the textbook interval it has width at 0 and 1, where detectors mostly are.
    """
    if trials <= 0:
        raise ValueError("a share needs at least one trial")
    p = successes / trials
    spread = 1.0 + _Z95**2 / trials
    middle = (p + _Z95**2 / (2 * trials)) / spread
    half = _Z95 * sqrt(p * (1.0 - p) / trials + _Z95**2 / (4 * trials**2)) / spread
    return Interval(
        estimate=p,
        low=min(p, max(0.0, middle - half)),
        high=max(p, min(1.0, middle + half)),
        samples=trials,
        confidence=0.95,
    )
