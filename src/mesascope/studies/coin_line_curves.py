"""The whole table of the coin line in one figure: goal over ε, a panel for each L and scale."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mesascope.core.interval import Interval
from mesascope.studies.coin_line_figure import save, styled
from mesascope.studies.coin_line_table import Row


def draw_curves(rows: Sequence[Row], path: Path) -> None:
    """Draw P(right at the probe | learned) over ε for every length, scale and width.

    Args:
        rows: of the study; a band is the 95 % Wilson interval, and where no run learned the task
            there is no point.
        path: of an SVG or PNG file.
    """
    lengths, scales, widths, epsilons = (
        sorted({getattr(row, axis) for row in rows})
        for axis in ("length", "scale", "width", "epsilon")
    )
    with styled():
        figure = Figure(figsize=(10.4, 2.0 * len(lengths) + 0.6), layout="constrained")
        panels = figure.subplots(len(lengths), len(scales), sharex=True, sharey=True, squeeze=False)
        for panel_row, length in zip(panels, lengths, strict=True):
            panel_row[0].set_ylabel(f"L = {length}")
            for axes, scale in zip(panel_row, scales, strict=True):
                kept = [row for row in rows if (row.length, row.scale) == (length, scale)]
                _panel(axes, kept, widths, epsilons)
        for axes, scale in zip(panels[0], scales, strict=True):
            axes.set_title(f"initial scale σ = {scale:g}", size=8)
        for axes in panels[-1]:
            axes.set_xticks(range(len(epsilons)), [f"{x:g}" for x in epsilons])
        figure.supxlabel("ε in training", size=9)
        figure.supylabel("P(right at the probe | return ≥ .95)", size=9)
        lines, labels = panels[0][0].get_legend_handles_labels()
        figure.legend(lines, labels, loc="outside upper center", ncols=len(widths), frameon=False)
        save(figure, path)


def _panel(
    axes: Axes, rows: Sequence[Row], widths: Sequence[int], epsilons: Sequence[float]
) -> None:
    colours = mpl.colormaps["viridis_r"]
    for number, width in enumerate(widths):
        colour = colours(0.15 + 0.85 * number / max(1, len(widths) - 1))
        goals = {row.epsilon: row.goal for row in rows if row.width == width}
        low, middle, high = zip(*(_ends(goals.get(epsilon)) for epsilon in epsilons), strict=True)
        at = range(len(epsilons))
        axes.fill_between(at, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(at, middle, ".-", color=colour, lw=1.2, ms=3, label=f"width {width}")
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([0.0, 0.5, 1.0], ["0", ".5", "1"])
    axes.grid(visible=True, color="0.92", linewidth=0.6)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _ends(goal: Interval | None) -> tuple[float, float, float]:
    """Return an interval's low end, estimate and high end; nothing is drawn at what is missing."""
    missing = float("nan")
    return (missing,) * 3 if goal is None else (goal.low, goal.estimate, goal.high)
