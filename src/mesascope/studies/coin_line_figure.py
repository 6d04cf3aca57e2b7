"""The figure of the coin line: goal above, capability below, one panel for each axis."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mesascope.core.interval import Interval
from mesascope.studies.coin_line_table import Row

_BASE = {"length": 4, "width": 32, "scale": 0.5}
_TITLES = {"length": "length L", "width": "hidden width", "scale": "initial scale σ"}


def draw_table(rows: Sequence[Row], path: Path) -> None:
    """Draw P(right at the probe | learned) and the share that learned, over every axis.

    Args:
        rows: of the study; along each axis those count that have the other axes at their base.
        path: of an SVG or PNG file.
    """
    with styled():
        figure = Figure(figsize=(10.4, 6.6), layout="constrained")
        panels = figure.subplots(2, 3, gridspec_kw={"width_ratios": [4, 5, 5]})
        for column, axis in enumerate(_BASE):
            _panel(panels[0][column], rows, axis, lambda row: row.goal, "Oranges")
            _panel(panels[1][column], rows, axis, lambda row: row.capability, "Greens")
            panels[0][column].set_title(_TITLES[axis], pad=6)
        panels[0][0].set_ylabel("P(right at the probe | return ≥ .95)\n\nε in training", size=9)
        panels[1][0].set_ylabel("share of runs with return ≥ .95\n\nε in training", size=9)
        save(figure, path)


def styled() -> AbstractContextManager[None]:
    """Return what small figures with much text in them are drawn in."""
    return mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "mesascope", "font.size": 8})


def save(figure: Figure, path: Path) -> None:
    """Write a figure, the same bytes for the same figure."""
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)


def _panel(
    axes: Axes,
    rows: Iterable[Row],
    axis: str,
    figure_of: Callable[[Row], Interval | None],
    colours: str,
) -> None:
    others = {name: value for name, value in _BASE.items() if name != axis}
    kept = [row for row in rows if all(getattr(row, n) == v for n, v in others.items())]
    along = sorted({getattr(row, axis) for row in kept})
    down = sorted({row.epsilon for row in kept})
    table = np.full((len(down), len(along)), np.nan)
    for row in kept:
        i, j = down.index(row.epsilon), along.index(getattr(row, axis))
        found = figure_of(row)
        if found is None:
            axes.text(j, i, "none", ha="center", va="center", color="grey")
            continue
        table[i, j] = found.estimate
        ink = "white" if found.estimate > 0.6 else "black"
        axes.text(j, i - 0.14, _figure(found.estimate), ha="center", va="center", color=ink)
        span = f"{_figure(found.low)}–{_figure(found.high)}"
        axes.text(j, i + 0.26, span, ha="center", va="center", color=ink, size=5.5)
    axes.imshow(table, cmap=colours, vmin=0.0, vmax=1.0, aspect="auto")
    axes.set_xticks(range(len(along)), [f"{x:g}" for x in along])
    axes.set_yticks(range(len(down)), [f"{x:g}" for x in down])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _figure(share: float) -> str:
    """Return a share with two decimals and no leading zero, as in .35."""
    return f"{share:.2f}".removeprefix("0") if share < 0.995 else "1"
