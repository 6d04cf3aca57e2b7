"""The page on a policy: what it pursues on each distribution, how well, and how that looked."""

from functools import partial
from pathlib import Path

from matplotlib.axes import Axes

from mesascope.records.policy import OnDistributionRecord, PolicyAuditRecord
from mesascope.report import plots, verdict
from mesascope.report.format import short, shortened
from mesascope.report.looks import Looks, looks_of, names_in, things_on
from mesascope.report.maze import agent_of, scene
from mesascope.report.plots import Plot
from mesascope.report.shell import asset, environment, policy
from mesascope.report.stills import stills
from mesascope.report.svg import COLOURS
from mesascope.store import write_atomically

REFLEX = "reflex"  # beside `none of these`, and paler
_ROOM, _ROOM_NARROW = 0.2, 0.6  # of the axis, that a name in a bar takes


def render_policy(record: PolicyAuditRecord) -> str:
    """Return the page as one HTML document, the same for the same record."""
    parted = verdict.rows([record])
    looks = looks_on(record)
    curves = record.training.curves if record.training else []
    return (
        environment()
        .get_template("policy.html.j2")
        .render(
            record=record,
            rows=parted,
            answers=verdict.ANSWERS,
            several=False,
            confidences=verdict.confidences([record]),
            open=verdict.open_assumptions(record),
            settled=verdict.settled(record),
            posterior=posterior(record, looks),
            capability=capability(record, looks),
            scenes=[scene(episode, looks) for episode in record.episodes],
            designed=stills(record.designed, looks),
            curves=[(curve, plots.curve(curve, f"t{i}", looks)) for i, curve in enumerate(curves)],
            questions={line.key: line.question for line in record.lines},
            policy=policy(images=bool(record.films)),
            style=asset("style.css"),
            script=asset("play.js"),
        )
    )


def write_policy(path: Path, record: PolicyAuditRecord) -> Path:
    """Write the page to `path`, wholly or not at all.

    Raises:
        BadRun: it cannot be written there.
    """
    write_atomically(Path(path), render_policy(record).encode("utf-8"))
    return Path(path)


def looks_on(record: PolicyAuditRecord) -> Looks:
    """Return how every goal looks on the page, and what stands in its levels."""
    measured = [goal.name for where in record.distributions for goal in where.goals]
    things = [name for e in record.episodes for name in names_in(e.frames, agent_of(e))]
    return looks_of([*record.goals, *measured], [*things, *things_on(record.designed)])


def shares(where: OnDistributionRecord) -> dict[str, float]:
    """Return the posterior of everything that could explain the choices."""
    goals = {goal.name: goal.posterior for goal in where.goals}
    return {**goals, "none of these": where.none, "reflex": where.reflex}


def posterior(record: PolicyAuditRecord, looks: Looks) -> Plot | None:
    """Draw what explains the choices, one bar for each distribution on which that was computed."""
    known = [w for w in record.distributions if any(g.posterior_interval for g in w.goals)]
    if not known:
        return None
    record = record.model_copy(update={"distributions": known})
    label = "Posterior by distribution: " + "; ".join(
        f"{where.name}: " + ", ".join(f"{n} {short(p)}" for n, p in shares(where).items())
        for where in record.distributions
    )
    rows = len(record.distributions)
    names = max((len(shares(where)) for where in record.distributions), default=0)
    return plots.both(
        partial(_posterior, record, looks), "p", label,
        (plots.WIDE, 90 + 34 * rows), (plots.NARROW, 70 + 40 * rows + 18 * names),
    )  # fmt: skip


def _posterior(record: PolicyAuditRecord, looks: Looks, axes: Axes, narrow: bool) -> None:
    names = list(dict.fromkeys(name for where in record.distributions for name in shares(where)))
    places = range(len(record.distributions))
    before = [0.0 for _ in places]  # not every distribution need have every goal
    for name in names:
        width = [shares(where).get(name, 0.0) for where in record.distributions]
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
    axes.set_yticks(places, [shortened(w.name, 16 if narrow else 18) for w in record.distributions])
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("posterior probability")
    plots.legend(axes, 1 if narrow else 5)


def capability(record: PolicyAuditRecord, looks: Looks) -> Plot:
    """Draw how much of what could be gained by each goal was gained, with intervals."""
    label = "Capability by goal and distribution, from chance, 0, to the optimum, 1."
    rows = sum(len(where.goals) for where in record.distributions)
    return plots.both(
        partial(_capability, record, looks), "c", label,
        (plots.WIDE, 80 + 24 * rows), (plots.NARROW, 90 + 26 * rows),
    )  # fmt: skip


def _capability(record: PolicyAuditRecord, looks: Looks, axes: Axes, narrow: bool) -> None:
    labels: list[str] = []
    for where in record.distributions:
        for goal in where.goals:
            place = len(labels)
            labels.append(shortened(f"{where.name}: {goal.name}", 20 if narrow else 40))
            if goal.capability is None:
                axes.text(0.02, place, "not measured", va="center", color=COLOURS["soft"], size=10)
                continue
            look = looks.of(goal.name)
            shade, (shape, full) = COLOURS[look.colour], plots.MARKERS[look.shape]
            inside = goal.capability
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
