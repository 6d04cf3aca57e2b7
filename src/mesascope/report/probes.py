"""The page on designed levels: pictures, what a policy on them is believed to want, the cost."""

from pathlib import Path

from mesascope.records.figures import Curve
from mesascope.records.probes import ProbeRecord
from mesascope.report import plots
from mesascope.report.looks import looks_of, things_on
from mesascope.report.shell import asset, environment, policy
from mesascope.report.stills import stills
from mesascope.store import write_atomically


def render_probes(record: ProbeRecord) -> str:
    """Return the page as one HTML document, the same for the same record."""
    looks = looks_of(record.goals, things_on(record.designed))
    drawn = stills(record.designed, looks)
    return (
        environment()
        .get_template("probes.html.j2")
        .render(
            record=record,
            telling=[one for one in drawn if one.level.purpose == "information"],
            costly=[one for one in drawn if one.level.purpose == "regret"],
            steps=[record.before, *record.sequence],
            believed=plots.curve(believed(record), "b", looks) if record.sequence else None,
            policy=policy(),
            style=asset("style.css"),
            script=asset("play.js"),
        )
    )


def write_probes(path: Path, record: ProbeRecord) -> Path:
    """Write the page to `path`, wholly or not at all.

    Raises:
        BadRun: it cannot be written there.
    """
    write_atomically(Path(path), render_probes(record).encode("utf-8"))
    return Path(path)


def believed(record: ProbeRecord) -> Curve:
    """Return the probability of each goal, before any level and after each."""
    steps = [record.before, *record.sequence]
    return Curve(
        title="What it is believed to want, level by level",
        x_label="designed levels that it was played on",
        y_label="posterior probability",
        series={
            name: [(float(i), step[name]) for i, step in enumerate(steps)] for name in record.before
        },
    )
