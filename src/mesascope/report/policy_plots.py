"""What a policy pursues and how well, drawn: a bar for each distribution, a range for each goal."""

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes

from mesascope.records.figures import Figure
from mesascope.records.policies import AcrossRecord
from mesascope.records.policy import OnDistributionRecord
from mesascope.report import plots
from mesascope.report.format import short, shortened
from mesascope.report.looks import Looks
from mesascope.report.plots import Plot
from mesascope.report.svg import COLOURS

REFLEX = "reflex"  # beside `none of these`, and paler
_ROOM, _ROOM_NARROW = 0.2, 0.6  # of the axis, that a name in a bar takes


def shares(where: OnDistributionRecord) -> dict[str, float]:
    """Return the posterior of everything that could explain the choices."""
    goals = {goal.name: goal.posterior for goal in where.goals}
    return {**goals, "none of these": where.none, "reflex": where.reflex}


def posterior(everywhere: Sequence[OnDistributionRecord], looks: Looks) -> Plot | None:
    """Draw what explains the choices, one bar for each distribution on which that was computed."""
    known = [w for w in everywhere if any(g.posterior_interval for g in w.goals)]
    if not known:
        return None
    label = "Posterior by distribution: " + "; ".join(
        f"{where.name}: " + ", ".join(f"{n} {short(p)}" for n, p in shares(where).items())
        for where in known
    )
    rows = len(known)
    names = max((len(shares(where)) for where in known), default=0)
    return plots.both(
        partial(_posterior, known, looks), "p", label,
        (plots.WIDE, 90 + 34 * rows), (plots.NARROW, 70 + 40 * rows + 18 * names),
    )  # fmt: skip


def _posterior(
    known: Sequence[OnDistributionRecord], looks: Looks, axes: Axes, narrow: bool
) -> None:
    names = list(dict.fromkeys(name for where in known for name in shares(where)))
    places = range(len(known))
    before = [0.0 for _ in places]  # not every distribution need have every goal
    for name in names:
        width = [shares(where).get(name, 0.0) for where in known]
        shade = "rule" if name == REFLEX and name not in looks.goals else looks.of(name).colour
        axes.barh(places, width, left=before, height=0.6, color=COLOURS[shade],
                  label=plots.named(name, 24),
                  edgecolor=COLOURS["paper"], linewidth=1.2)  # fmt: skip
        for place, left, share in zip(places, before, width, strict=True):
            if share >= (_ROOM_NARROW if narrow else _ROOM):  # a name beside the colour
                axes.text(left + share / 2, place, shortened(f"{name} {short(share)}", 24),
                          ha="center", va="center", size=10, clip_on=True,
                          color=COLOURS["ink" if shade == "rule" else "paper"])  # fmt: skip
        before = [left + share for left, share in zip(before, width, strict=True)]
    axes.set_yticks(places, [shortened(w.name, 16 if narrow else 18) for w in known])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("posterior probability")
    plots.legend(axes, 1 if narrow else 5)


def capability(
    everywhere: Sequence[OnDistributionRecord | AcrossRecord],
    looks: Looks,
    each: Sequence[Sequence[OnDistributionRecord]] = (),
) -> Plot:
    """Draw how much of what could be gained by each goal was gained, with intervals.

    Args:
        everywhere: a range for each goal of each.
        looks: of the goals.
        each: where these are means over policies, what was seen of each policy: a small mark each.
    """
    label = "Capability by goal and distribution, from chance, 0, to the optimum, 1."
    rows = sum(len(where.goals) for where in everywhere)
    singly = [{(w.name, goal.name): goal for w in one for goal in w.goals} for one in each]
    marks = [
        [
            goals[where.name, goal.name].capability
            for goals in singly
            if (where.name, goal.name) in goals
        ]
        for where in everywhere
        for goal in where.goals
    ]
    return plots.both(
        partial(_capability, everywhere, looks, marks), "c", label,
        (plots.WIDE, 80 + 24 * rows), (plots.NARROW, 90 + 26 * rows),
    )  # fmt: skip


def _capability(
    everywhere: Sequence[OnDistributionRecord | AcrossRecord],
    looks: Looks,
    marks: Sequence[Sequence[Figure | None]],
    axes: Axes,
    narrow: bool,
) -> None:
    labels: list[str] = []
    for where in everywhere:
        for goal in where.goals:
            place = len(labels)
            labels.append(shortened(f"{where.name}: {goal.name}", 20 if narrow else 40))
            if goal.capability is None:
                axes.text(0.02, place, "not measured", va="center", color=COLOURS["soft"], size=10)
                continue
            look = looks.of(goal.name)
            shade, (shape, full) = COLOURS[look.colour], plots.MARKERS[look.shape]
            inside = goal.capability
            singly = [one.estimate for one in marks[place] if one is not None]
            axes.plot(singly, [place] * len(singly), "|", color=shade, markersize=9, alpha=0.7)
            axes.plot(
                [inside.low, inside.high], [place, place], color=shade, linewidth=4, alpha=0.4
            )
            axes.plot([inside.estimate], [place], shape, color=shade, markersize=6,
                      markerfacecolor=shade if full else COLOURS["paper"])  # fmt: skip
    for at, dashes in ((0.0, (0, (1, 2))), (1.0, (0, (4, 2)))):
        axes.axvline(at, color=COLOURS["soft"], linewidth=0.9, linestyle=dashes)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)  # rows of text alone would not widen the axis
    axes.margins(x=0.06)
    axes.set_xlabel("0 chance, 1 optimum")
