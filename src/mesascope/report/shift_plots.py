"""Plots of the bridge: regret on each distribution, and the search for the worst shift."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import TypeAlias

from matplotlib.axes import Axes

from mesascope.records.audit import ComparisonRecord, LiftRecord, WorstShiftRecord
from mesascope.records.figures import Figure
from mesascope.report.format import short, shortened
from mesascope.report.plots import HALF, NARROW, WIDE, Plot, both, legend, quiet
from mesascope.report.svg import COLOURS

# Which regret: its name, where it stands in the record, its marker and its colour.
Kind: TypeAlias = tuple[str, Callable[[ComparisonRecord], Figure | None], str, str]
KINDS: list[Kind] = [
    ("behaviour", attrgetter("behaviour_regret"), "D", "soft"),
    ("decision", attrgetter("decision_regret"), "o", "mesa"),
    ("menu", attrgetter("menu_regret"), "s", "base"),
]


def regrets(comparisons: list[ComparisonRecord], epsilon: float, prefix: str) -> Plot | None:
    """Each regret on every distribution, with intervals, and the line at ε."""
    if not comparisons:
        return None
    kinds = [kind for kind in KINDS if any(kind[1](item) is not None for item in comparisons)]
    names = " and ".join(kind[0] for kind in kinds)
    label = (
        f"{names.capitalize()} regret with intervals on each distribution, beside "
        f"ε = {short(epsilon)}. The table below holds the same figures."
    )
    rows = len(comparisons)
    return both(
        partial(_regrets, comparisons, kinds, epsilon), prefix, label,
        (WIDE, 92 + (16 + 12 * len(kinds)) * rows), (NARROW, 120 + (30 + 12 * len(kinds)) * rows),
    )  # fmt: skip


def _regrets(
    comparisons: list[ComparisonRecord],
    kinds: list[Kind],
    epsilon: float,
    axes: Axes,
    narrow: bool,
) -> None:
    quiet(axes)
    axes.grid(visible=False)
    axes.grid(axis="x", color=COLOURS["rule"], linewidth=0.7)
    axes.spines["left"].set_visible(False)
    axes.axvline(
        epsilon, color=COLOURS["ink"], linewidth=1, linestyle=(0, (4, 3)),
        label=f"ε = {short(epsilon)}",
    )  # fmt: skip
    names = [shortened(item.distribution, 40 if narrow else 30) for item in comparisons]
    for place, (name, get, shape, colour) in enumerate(kinds):
        found = [
            (row + (place - (len(kinds) - 1) / 2) * 0.24, figure)
            for row, figure in enumerate(map(get, comparisons))
            if figure is not None
        ]
        for y, figure in found:
            axes.plot(
                [figure.low, figure.high], [y, y], color=COLOURS[colour], linewidth=2,
                solid_capstyle="butt",
            )  # fmt: skip
        axes.plot(
            [figure.estimate for _, figure in found], [y for y, _ in found], marker=shape,
            markersize=6.5, linestyle="none", markeredgewidth=1.5, label=f"{name} regret",
            markeredgecolor=COLOURS[colour],
            markerfacecolor=COLOURS["paper" if shape == "s" else colour],
        )  # fmt: skip
    if narrow:
        for row, name in enumerate(names):
            axes.annotate(
                name, (0, row - 0.36), (2, 0), xycoords=axes.get_yaxis_transform(),
                textcoords="offset points", fontsize=10.5, va="bottom",
                bbox={"facecolor": COLOURS["paper"], "edgecolor": "none", "pad": 1},
            )  # fmt: skip
    axes.set_ylim(len(comparisons) - 0.4, -0.8 if narrow else -0.6)
    axes.set_yticks(range(len(comparisons)), [""] * len(names) if narrow else names)
    axes.tick_params(axis="y", length=0, labelcolor=COLOURS["ink"])
    axes.margins(x=0.04)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xlabel("normalised regret")
    legend(axes, 2 if narrow else 4)


def worst_shift(record: WorstShiftRecord, epsilon: float, prefix: str) -> Plot | None:
    """What the search for the worst shift had found after how many tries."""
    if not record.history:
        return None
    label = "The worst shift's regret over the search's budget, and its fresh estimate."
    return both(partial(_worst_shift, record, epsilon), prefix, label, (HALF, 270), (NARROW, 260))


def _worst_shift(record: WorstShiftRecord, epsilon: float, axes: Axes, narrow: bool) -> None:
    quiet(axes, whole=True)
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
    axes.axhline(
        epsilon, color=COLOURS["ink"], linewidth=1, linestyle=(0, (4, 3)),
        label=f"ε = {short(epsilon)}",
    )  # fmt: skip
    axes.margins(x=0.04, y=0.12)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_xlabel("shifts tried")
    axes.set_ylabel("normalised regret")
    legend(axes, 2 if narrow else 3)


def lift(record: LiftRecord, audited: str, prefix: str) -> Plot | None:
    """Base objective and lifted mesa-objective of every system of the population."""
    if not any(lifted is not None for _, _, lifted in record.points):
        return None
    label = "Each system's base objective beside its lifted mesa-objective."
    return both(partial(_lift, record, audited), prefix, label, (HALF, 280), (NARROW, 260))


def _lift(record: LiftRecord, audited: str, axes: Axes, narrow: bool) -> None:
    quiet(axes)
    for name, shape, colour, chosen in (
        ("other systems", "s", "soft", False),
        ("the audited one", "o", "mesa", True),
    ):
        points = [
            (base, lifted)
            for system, base, lifted in record.points
            if lifted is not None and (system == audited) == chosen
        ]
        if points:
            axes.plot(
                [x for x, _ in points], [y for _, y in points], marker=shape, linestyle="none",
                markersize=7 if chosen else 4.5, label=name, markeredgecolor=COLOURS[colour],
                markerfacecolor=COLOURS[colour if chosen else "paper"],
            )  # fmt: skip
    axes.margins(x=0.06, y=0.1)
    axes.set_xlabel("base objective")
    axes.set_ylabel("lifted mesa-objective")
    legend(axes, 2)
