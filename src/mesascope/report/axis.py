"""Where a figure stands on a small axis: positions, and nothing that is not in the record."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mesascope.records.figures import Figure
from mesascope.report.format import short

WIDTH, LEFT, RIGHT = 172, 6, 166
ROOM = 26


def _round_up(value: float) -> float:
    """Return a round number that is at least `value` > 0, and not much more."""
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if step * power >= value * (1 - 1e-12):
            return float(f"{step * power:.2g}")
    return 10 * power


def ends(values: Iterable[float]) -> tuple[float, float]:
    """Return round ends of an axis that holds 0 and all `values`."""
    values = list(values)
    high = max([0.0, *values])
    low = min([0.0, *values])
    if high == low == 0:
        return 0.0, 1.0
    return (-_round_up(-low) if low < 0 else 0.0), (_round_up(high) if high > 0 else 0.0)


@dataclass(frozen=True)
class Range:
    """A figure on its axis, in the units of a small drawing.

    Attributes:
        low, high, estimate: where the interval begins and ends, and the point.
        threshold: where the answer flips, or None.
        labels: texts below the axis, with where each stands and its anchor.
    """

    low: float
    high: float
    estimate: float
    threshold: float | None
    zero: float
    labels: list[tuple[float, str, str]]


def place(figure: Figure, threshold: float | None, axis: tuple[float, float]) -> Range:
    """Put a figure and its threshold on an axis with the given ends."""
    low, high = axis

    def at(value: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * (value - low) / (high - low), 2)

    labels: list[tuple[float, str, str]] = []
    flip = None if threshold is None else at(threshold)
    if flip is None or flip - LEFT > ROOM:
        labels.append((LEFT, short(low), "start"))
    if flip is None or RIGHT - flip > ROOM:
        labels.append((RIGHT, short(high), "end"))
    if flip is not None and threshold is not None:
        anchor = "middle"
        if flip - LEFT < ROOM / 2:
            anchor = "start"
        elif RIGHT - flip < ROOM / 2:
            anchor = "end"
        labels.append((flip, f"{short(threshold)}", anchor))
    return Range(
        at(figure.low),
        at(figure.high),
        at(figure.estimate),
        flip,
        at(min(max(0.0, low), high)),
        labels,
    )
