"""Plots of the bridge: regret on each distribution, and the search for the worst shift."""

from functools import partial

from matplotlib.axes import Axes

from mesascope.records.audit import ComparisonRecord, WorstShiftRecord
from mesascope.report.format import short, shortened
from mesascope.report.plots import HALF, NARROW, WIDE, Plot, both, legend, quiet
from mesascope.report.svg import COLOURS


def regrets(comparisons: list[ComparisonRecord], epsilon: float, prefix: str) -> Plot | None:
    """Decision and menu regret on every distribution, with intervals, and the line at ε."""
    if not comparisons:
        return None
    label = (
        "Decision regret and menu regret with intervals on each distribution, beside ε = "
        f"{short(epsilon)}. The table below holds the same figures."
    )
    rows = len(comparisons)
    return both(
        partial(_regrets, comparisons, epsilon), prefix, label,
        (WIDE, 96 + 40 * rows), (NARROW, 110 + 56 * rows),
    )  # fmt: skip


def _regrets(
    comparisons: list[ComparisonRecord], epsilon: float, axes: Axes, narrow: bool
) -> None:
    quiet(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color=COLOURS["rule"], linewidth=0.7)
    axes.spines["left"].set_visible(False)
    axes.axvline(epsilon, color=COLOURS["ink"], linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        f"ε = {short(epsilon)}", (epsilon, 1), (4, 2), fontsize=10, va="bottom",
        xycoords=axes.get_xaxis_transform(), textcoords="offset points",
    )  # fmt: skip
    names = []
    for row, item in enumerate(comparisons):
        for figure, shape, colour, shift, name in (
            (item.decision_regret, "o", "mesa", -0.13, "decision regret"),
            (item.menu_regret, "s", "base", 0.13, "menu regret"),
        ):
            axes.plot(
                [figure.low, figure.high], [row + shift] * 2, color=COLOURS[colour], linewidth=2,
                solid_capstyle="butt",
            )  # fmt: skip
            axes.plot(
                [figure.estimate], [row + shift], marker=shape, markersize=7, linestyle="none",
                markeredgewidth=1.5, markeredgecolor=COLOURS[colour],
                markerfacecolor=COLOURS[colour if shape == "o" else "paper"],
                label=name if row == 0 else None,
            )  # fmt: skip
        names.append(shortened(item.distribution, 40 if narrow else 30))
        if narrow:
            axes.annotate(
                names[-1], (0, row - 0.3), xycoords=axes.get_yaxis_transform(), fontsize=10.5,
                va="bottom",
            )  # fmt: skip
    axes.set_ylim(len(comparisons) - 0.4, -0.75 if narrow else -0.6)
    axes.set_yticks(range(len(comparisons)), [""] * len(names) if narrow else names)
    axes.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    axes.margins(x=0.04)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xlabel("normalised regret")
    axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.2, handletextpad=0.2,
        columnspacing=1.2,
    )  # fmt: skip


def worst_shift(record: WorstShiftRecord, epsilon: float, prefix: str) -> Plot | None:
    """What the search for the worst shift had found after how many tries."""
    if not record.history:
        return None
    label = "The worst shift's regret over the search's budget, and its fresh estimate."
    return both(
        partial(_worst_shift, record, epsilon), prefix, label, (HALF, 270), (NARROW, 260)
    )


def _worst_shift(record: WorstShiftRecord, epsilon: float, axes: Axes, narrow: bool) -> None:
    quiet(axes)
    last = max(record.budget, record.history[-1][0])
    axes.plot(
        [x for x, _ in record.history] + [last],
        [y for _, y in record.history] + [record.history[-1][1]],
        drawstyle="steps-post", color=COLOURS["soft"], label="the search's own estimate",
    )  # fmt: skip
    axes.plot([last, last], [record.fresh.low, record.fresh.high], color=COLOURS["mesa"])
    axes.plot(
        [last], [record.fresh.estimate], marker="o", linestyle="none", markersize=7,
        color=COLOURS["mesa"], label="on fresh samples",
    )  # fmt: skip
    axes.axhline(epsilon, color=COLOURS["ink"], linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        f"ε = {short(epsilon)}", (0, epsilon), (3, 3), fontsize=10,
        xycoords=axes.get_yaxis_transform(), textcoords="offset points",
    )  # fmt: skip
    axes.margins(x=0.04, y=0.12)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_xlabel("shifts tried")
    axes.set_ylabel("normalised regret")
    legend(axes, 1 if narrow else 2)
