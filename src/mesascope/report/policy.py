"""The page on a policy: what it pursues on each distribution, how well, and how that looked."""

from collections.abc import Sequence

from mesascope.records.policy import PolicyAuditRecord
from mesascope.report import plots, verdict
from mesascope.report.looks import Looks, looks_of, names_in, things_on
from mesascope.report.maze import agent_of, scene
from mesascope.report.policy_plots import capability, posterior
from mesascope.report.shell import asset, environment, policy
from mesascope.report.stills import stills


def render_policy(record: PolicyAuditRecord) -> str:
    """Return the page as one HTML document, the same for the same record."""
    parted = verdict.rows([record])
    looks = looks_on([record])
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
            posterior=posterior(record.distributions, looks),
            capability=capability(record.distributions, looks),
            scenes=[scene(episode, looks) for episode in record.episodes],
            designed=stills(record.designed, looks),
            curves=[(curve, plots.curve(curve, f"t{i}", looks)) for i, curve in enumerate(curves)],
            questions={line.key: line.question for line in record.lines},
            policy=policy(images=bool(record.films)),
            style=asset("style.css"),
            script=asset("play.js"),
        )
    )


def looks_on(records: Sequence[PolicyAuditRecord]) -> Looks:
    """Return how every goal looks on a page, and what stands in its levels."""
    goals = [goal for record in records for goal in record.goals]
    measured = [g.name for record in records for where in record.distributions for g in where.goals]
    episodes = [episode for record in records for episode in record.episodes]
    things = [name for e in episodes for name in names_in(e.frames, agent_of(e))]
    designed = [name for record in records for name in things_on(record.designed)]
    return looks_of([*goals, *measured], [*things, *designed])
