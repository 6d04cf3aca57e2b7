"""Intervals: episodes are resampled whole, because the instances of one depend on one another."""

from collections.abc import Iterator, Mapping
from statistics import NormalDist

import numpy as np
from jaxtyping import Float

from mesascope.core.interval import Interval
from mesascope.core.randomness import stream
from mesascope.objectives.statistic import Statistic

RESAMPLES = 1000
_FEW = 5  # episodes that depart from the rest
_CELLS = 4_000_000  # resampled counts held in memory at once
_NORMAL = NormalDist()


def interval(
    statistic: Statistic, *, seed: int, confidence: float = 0.95, resamples: int = RESAMPLES
) -> Interval | None:
    """Return a figure with its interval; see `intervals`."""
    named = {"figure": statistic}
    return intervals(named, seed=seed, confidence=confidence, resamples=resamples)["figure"]


def intervals(
    statistics: Mapping[str, Statistic],
    *,
    seed: int,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> dict[str, Interval | None]:
    """Return figures over the same instances with their intervals, from the same resamples.

    The interval is the bias-corrected and accelerated bootstrap over episodes (Efron, *Better
    bootstrap confidence intervals*, JASA 82, 1987): regrets are mostly 0 with a long right tail,
    and plain percentiles reach too low for such. A resample in which the figure is undefined
    counts at both ends.

    What no episode showed, no resample shows: a system that was perfect in all of E episodes
    would get the interval [0, 0]. Yet what happened in none of E independent episodes may, at
    this confidence, have a probability of up to p = 1 - (1 - confidence)^(1/E), near 3/E at 95 %
    (the rule of three). So where fewer than five episodes depart from the rest, the interval
    reaches at least as far as the figure would move if a share p of the episodes were as large as
    the largest seen, and as good or as bad as an episode can be. With episodes of one size and
    no regret at all that is [0, p].

    Args:
        statistics: figures by name, all with the same `episodes`.
        seed: the same seed gives the same intervals.
        confidence: the level, between 0 and 1.
        resamples: how many times the episodes are drawn.

    Returns:
        An interval for each name, `samples` being the number of episodes; None where the figure
        is undefined.
    """
    if not statistics:
        return {}
    episodes = next(iter(statistics.values())).episodes
    units = int(episodes.max()) + 1
    sums = {name: _per_episode(s, units) for name, s in statistics.items()}
    drawn: dict[str, list[np.ndarray]] = {name: [] for name in statistics}
    for times in draws(units, seed, resamples):
        for name, statistic in statistics.items():
            drawn[name].append(statistic.combine(times @ sums[name]))
    return {
        name: _interval(statistic, sums[name], np.concatenate(drawn[name]), confidence)
        for name, statistic in statistics.items()
    }


def _interval(
    statistic: Statistic,
    sums: Float[np.ndarray, "e m"],
    drawn: Float[np.ndarray, " b"],
    confidence: float,
) -> Interval | None:
    total = sums.sum(axis=0, keepdims=True)
    estimate = float(statistic.combine(total)[0])
    if np.isnan(estimate):
        return None
    without = statistic.combine(total - sums)
    low, high = accelerated(
        estimate, drawn, without, confidence, statistic.floor, statistic.ceiling
    )
    if _departing(statistic.combine(sums)) < _FEW:
        share = 1.0 - (1.0 - confidence) ** (1.0 / len(sums))
        seen = (1.0 - share) * total / len(sums)
        worse = statistic.combine(seen + share * statistic.extremes(sums))
        low, high = min(low, float(worse[0])), max(high, float(worse[1]))
    return Interval(estimate, min(low, estimate), max(high, estimate), len(sums), confidence)


def accelerated(
    estimate: float,
    drawn: Float[np.ndarray, " b"],
    without: Float[np.ndarray, " e"],
    confidence: float,
    floor: float,
    ceiling: float,
) -> tuple[float, float]:
    """Return the ends of the BCa interval.

    Args:
        estimate: the figure over all units.
        drawn: the figure over each resample; nan where undefined.
        without: the figure without each unit in turn (the jackknife); nan where undefined.
        confidence: the level.
        floor: what an undefined resample counts as at the lower end.
        ceiling: what it counts as at the upper end.
    """
    defined = drawn[~np.isnan(drawn)]
    if len(defined) == 0:
        return floor, ceiling
    below = float((defined < estimate).mean() + 0.5 * (defined == estimate).mean())
    edge = 0.5 / len(defined)
    bias = _NORMAL.inv_cdf(min(max(below, edge), 1.0 - edge))
    pull = np.nanmean(without) - without if not np.isnan(without).all() else np.zeros(1)
    pull = pull[~np.isnan(pull)]
    square = float((pull**2).sum())
    acceleration = float((pull**3).sum()) / (6.0 * square**1.5) if square > 1e-300 else 0.0

    def level(tail: float) -> float:
        z = bias + _NORMAL.inv_cdf(tail)
        return _NORMAL.cdf(bias + z / max(1.0 - acceleration * z, 1e-3))

    tail = (1.0 - confidence) / 2.0
    low = np.quantile(np.where(np.isnan(drawn), floor, drawn), level(tail))
    high = np.quantile(np.where(np.isnan(drawn), ceiling, drawn), level(1.0 - tail))
    return float(low), float(high)


def draws(units: int, seed: int, resamples: int) -> Iterator[Float[np.ndarray, "b e"]]:
    """Yield how often each unit is drawn in each resample, a few resamples at a time."""
    rng = stream(seed, "objectives", "bootstrap", units)
    rows = max(1, _CELLS // units)
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        picks = rng.integers(0, units, size=(count, units))
        picks += units * np.arange(count)[:, None]
        times = np.bincount(picks.ravel(), minlength=count * units)
        yield times.reshape(count, units).astype(float)


def _per_episode(statistic: Statistic, units: int) -> Float[np.ndarray, "e m"]:
    terms = statistic.terms
    return np.stack(
        [np.bincount(statistic.episodes, column, minlength=units) for column in terms.T], axis=1
    )


def _departing(each: Float[np.ndarray, " e"]) -> int:
    """Return how many episodes have another figure of their own than most; nan says nothing."""
    _, counts = np.unique(np.round(each[~np.isnan(each)], 12), return_counts=True)
    return int(counts.sum() - counts.max(initial=0))
