"""The report's plots. Each is drawn twice, for a wide and for a narrow window."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import log10
from typing import Any

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from mesascope.records.figures import Curve
from mesascope.records.run import DiscoveryRecord, SearchRecord
from mesascope.report.format import short, shortened
from mesascope.report.looks import Looks
from mesascope.report.svg import COLOURS, drawing, new_drawing, to_markup

WIDE, HALF, NARROW = 1084, 500, 340
LINES = [
    ("base", "-", "o"), ("mesa", (0, (5, 2)), "s"), ("third", (0, (1.5, 1.5)), "^"),
    ("fourth", (0, (6, 2, 1.5, 2)), "D"), ("soft", "-", "v"), ("ink", (0, (3, 1)), "P"),
]  # fmt: skip
# Of `looks.SHAPES`, in their order; whether each is filled.
MARKERS = [
    ("^", True), ("s", True), ("D", True), ("o", False), ("s", False), ("x", True), ("^", False),
    ("D", False),
]  # fmt: skip
STEPS = [1, 2, 2.5, 5, 10]
KINDS = {"reflex": ("s", "soft"), "look": ("^", "third"), "search": ("o", "base")}


@dataclass(frozen=True)
class Plot:
    """A plot for both widths, and what it shows in words."""

    wide: Markup
    narrow: Markup
    label: str


def both(
    draw: Callable[[Axes, bool], None],
    prefix: str,
    label: str,
    wide: tuple[float, float],
    narrow: tuple[float, float],
) -> Plot:
    """Draw a plot for both widths, each given with its height in CSS pixels."""
    made = []
    with drawing():
        for name, (width, height) in (("w", wide), ("n", narrow)):
            figure = new_drawing(width, height)
            draw(figure.add_subplot(), name == "n")
            made.append(to_markup(figure, f"{prefix}{name}"))
    return Plot(made[0], made[1], label)


def quiet(axes: Axes, *, log: bool = False, whole: bool = False) -> None:
    """Few ticks, numbers as in the text, and a hairline for each."""
    axes.tick_params(length=3, width=0.8, pad=4)
    axes.grid(axis="y", color=COLOURS["rule"], linewidth=0.7)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=STEPS))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    if log:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(10, numticks=7))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=STEPS, integer=whole))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))


def legend(axes: Axes, columns: int) -> None:
    """Put the names of the series above the plot."""
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.3,
        handlelength=2.2, columnspacing=1.6, handletextpad=0.6, labelcolor=COLOURS["ink"],
    )  # fmt: skip


def named(text: str, length: int) -> str:
    """Return a name for a legend, which leaves out what is empty or begins with an underscore."""
    line = shortened(text, length)
    return f" {line}" if line.startswith("_") or not line else line


def marker_of(kind: str) -> tuple[str, str]:
    """Return the marker and colour for a kind of program."""
    return next((look for part, look in KINDS.items() if part in kind.lower()), ("D", "mesa"))


def timeline(search: SearchRecord) -> Plot | None:
    """Best value over evaluations, each discovery marked by its kind and numbered."""
    found = search.discoveries
    if not found:
        return None
    draw = partial(_timeline, found, max(search.evaluations, found[-1].evaluations))
    label = f"Best value over evaluations: {len(found)} discoveries."
    return both(draw, "timeline", label, (WIDE, 300), (NARROW, 280))


def _leave_out_the_depths(axes: Axes, values: list[float], behaviour: list[float]) -> None:
    """Cut the axis off below what results can be: a charge can push a value far beneath them."""
    low, high = min(behaviour), max(*values, *behaviour)
    floor = low - 0.5 * max(high - low, 0.1)
    if min(values) < floor:
        axes.set_ylim(bottom=floor)


def _timeline(found: list[DiscoveryRecord], last: int, axes: Axes, narrow: bool) -> None:
    quiet(axes, log=True)
    xs = [max(1, item.evaluations) for item in found]
    end = [*xs, max(last, xs[-1])]
    values = [item.value for item in found]
    behaviour = [item.behaviour for item in found]
    axes.plot(
        end, [*values, values[-1]], drawstyle="steps-post", label="value",
        color=COLOURS["ink"], linewidth=1.2,
    )  # fmt: skip
    if behaviour != values:
        axes.plot(
            end, [*behaviour, behaviour[-1]], drawstyle="steps-post",
            label="behaviour, before charges", color=COLOURS["soft"], linewidth=0.9,
            linestyle=(0, (2, 2)),
        )  # fmt: skip
    for kind in dict.fromkeys(item.kind for item in found):
        shape, colour = marker_of(kind)
        hollow = colour == "soft"
        axes.plot(
            [x for x, item in zip(xs, found, strict=True) if item.kind == kind],
            [item.value for item in found if item.kind == kind],
            linestyle="none", marker=shape, markersize=7, markeredgewidth=1.4,
            markeredgecolor=COLOURS[colour], label=named(kind, 24),
            markerfacecolor=COLOURS["paper"] if hollow else COLOURS[colour],
        )  # fmt: skip
    axes.margins(x=0.03, y=0.16)
    _leave_out_the_depths(axes, values, behaviour)
    # Number the marks from left to right, leaving out numbers that would stand on one another.
    left, right = (log10(x) for x in axes.get_xlim())
    room = left
    for index, (x, item) in enumerate(zip(xs, found, strict=True), 1):
        if log10(x) >= room and item.value >= axes.get_ylim()[0]:
            axes.annotate(
                str(index), (x, item.value), (0, 8), textcoords="offset points", ha="center",
                fontsize=10, color=COLOURS["soft"],
            )  # fmt: skip
            room = log10(x) + (right - left) * 15 / ((NARROW if narrow else WIDE) - 70)
    axes.set_xlabel("programs scored")
    axes.set_ylabel("best value so far")
    legend(axes, 2 if narrow else 6)


def curve(record: Curve, prefix: str, looks: Looks | None = None) -> Plot:
    """One or more series over a shared axis.

    With the looks of goals, a series that is named for a goal has its colour and its shape, and
    the dash tells on which distribution; where there is one alone, the dash is the goal's too.
    """
    label = f"{record.title}: {record.y_label} over {record.x_label}."
    rows = len(record.series)
    return both(
        partial(_curve, record, _drawn(record, looks)),
        prefix,
        label,
        (HALF, 270 + 9 * rows),
        (NARROW, 250 + 18 * rows),
    )


def _drawn(record: Curve, looks: Looks | None) -> list[tuple[str, Any, str, bool, float]]:
    """Return each series' colour, dash, marker, whether that is filled, and width.

    The first goal's lines are wider and beneath, so that one that coincides leaves an edge.
    """
    if looks is None:
        return [(*LINES[i % len(LINES)], True, 1.6) for i in range(len(record.series))]
    named_for = [looks.within(name) for name in record.series]
    places = list(dict.fromkeys(place for _, place in named_for))
    drawn = []
    for goal, place in named_for:
        look = looks.of(goal)
        dash = places.index(place) if len(places) > 1 else look.dashes
        wide = 3.2 if goal == next(iter(looks.goals), None) else 1.4
        drawn.append((look.colour, LINES[dash % 4][1], *MARKERS[look.shape], wide))
    return drawn


def _curve(
    record: Curve, drawn: list[tuple[str, Any, str, bool, float]], axes: Axes, narrow: bool
) -> None:
    points = [point for series in record.series.values() for point in series]
    quiet(
        axes,
        log=record.x_log and all(x > 0 for x, _ in points) and bool(points),
        whole=all(x == int(x) for x, _ in points),
    )
    looks = zip(record.series.items(), drawn, strict=True)
    for (name, series), (colour, dashes, shape, full, wide) in looks:
        axes.plot(
            [x for x, _ in series], [y for _, y in series],
            color=COLOURS[colour], linestyle=dashes, label=named(name, 34 if narrow else 44),
            marker=shape if len(series) <= 25 else None, markersize=3.2 + wide,
            linewidth=wide,
            markerfacecolor=COLOURS[colour if full else "paper"],
        )  # fmt: skip
    for index, (name, x) in enumerate(record.marks.items()):
        axes.axvline(x, color=COLOURS["soft"], linewidth=0.9, linestyle=(0, (1, 2)))
        axes.annotate(
            shortened(name, 26), (x, 1 - 0.09 * (index % 3)), (4, -2), fontsize=10, va="top",
            xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            color=COLOURS["soft"],
        )  # fmt: skip
    axes.margins(x=0.04, y=0.12)
    axes.set_xlabel(shortened(record.x_label, 44 if narrow else 64))
    axes.set_ylabel(shortened(record.y_label, 32))
    # A row of a legend that is wider than the plot would push the axes aside.
    names = [shortened(name, 44) for name in record.series]
    if names:
        legend(axes, 2 if len(names) > 1 and max(map(len, names)) < (18 if narrow else 26) else 1)
