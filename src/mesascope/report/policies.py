"""The page on several policies that were trained alike: what holds of all, and where each parts."""

from pathlib import Path

from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import EpisodeRecord, OnDistributionRecord, PolicyAuditRecord
from mesascope.report import plots, verdict
from mesascope.report.maze import scene
from mesascope.report.policy import looks_on, render_policy
from mesascope.report.policy_plots import capability, posterior
from mesascope.report.shell import asset, environment, policy
from mesascope.store import write_atomically


def render_audited(record: PolicyAuditRecord | PoliciesRecord) -> str:
    """Return the page on one policy or on several."""
    if isinstance(record, PolicyAuditRecord):
        return render_policy(record)
    return render_policies(record)


def write_audited(path: Path, record: PolicyAuditRecord | PoliciesRecord) -> Path:
    """Write the page on one policy or several to `path`, wholly or not at all.

    Raises:
        BadRun: it cannot be written there.
    """
    write_atomically(Path(path), render_audited(record).encode("utf-8"))
    return Path(path)


def render_policies(record: PoliciesRecord) -> str:
    """Return the page as one HTML document, the same for the same record."""
    looks = looks_on(record.policies)
    curves = record.training.curves if record.training else []
    shown = [(i, e) for i, one in enumerate(record.policies) for e in _telling(one)]
    films = [(i, film) for i, one in enumerate(record.policies) for film in one.films[-1:]]
    return (
        environment()
        .get_template("policies.html.j2")
        .render(
            record=record,
            answers=verdict.ANSWERS,
            several=False,
            open=verdict.open_assumptions(record),
            settled=verdict.settled(record),
            letters=[verdict.letter(i) for i in range(len(record.policies))],
            posterior=posterior(_each(record), looks),
            capability=capability(
                record.distributions, looks, [one.distributions for one in record.policies]
            ),
            scenes=[(verdict.letter(i), scene(episode, looks)) for i, episode in shown],
            films=[(verdict.letter(i), film) for i, film in films],
            curves=[(curve, plots.curve(curve, f"t{i}", looks)) for i, curve in enumerate(curves)],
            questions={one.key: one.question for one in record.answers},
            policy=policy(images=bool(films)),
            style=asset("style.css"),
            script=asset("play.js"),
        )
    )


def _telling(one: PolicyAuditRecord) -> list[EpisodeRecord]:
    """Return an episode that gives up some of the base objective, else the last, if any."""
    parting = [episode for episode in one.episodes if episode.parts is not None]
    return parting[:1] or one.episodes[-1:]


def _each(record: PoliciesRecord) -> list[OnDistributionRecord]:
    """Return what was seen of each policy, one distribution after the other."""
    return [
        seen.model_copy(update={"name": f"{where.name}, {verdict.letter(i)}"})
        for where in record.distributions
        for i, one in enumerate(record.policies)
        for seen in one.distributions
        if seen.name == where.name
    ]
