"""The page on a comparison of rewards: heat maps, and every number in a table beneath."""

from pathlib import Path

from mesascope.records.comparison import ComparisonRecord
from mesascope.report.heatmap import heatmap
from mesascope.report.shell import asset, environment, policy
from mesascope.store import write_atomically


def render_comparison(record: ComparisonRecord) -> str:
    """Return the page as one HTML document, the same for the same record."""
    names = record.rewards
    parts = []
    for i, metric in enumerate(record.metrics):
        values = record.distances[metric.name]
        top = max((value for row in values.values() for value in row.values()), default=1.0)
        parts.append(
            {
                "metric": metric,
                "map": heatmap(names, values, top, f"m{i}"),
                "table": values,
                "inside": record.intervals.get(metric.name),
                "noise": record.noise_floor.get(metric.name),
                "bounds": record.bounds.get(metric.name),
                "predicted": record.calibration.get(metric.name),
            }
        )
    return (
        environment()
        .get_template("comparison.html.j2")
        .render(
            record=record,
            parts=parts,
            regret=heatmap(names, record.regret, 1.0, "r"),
            worst=record.worst_regret and heatmap(names, record.worst_regret, 1.0, "w"),
            policy=policy(),
            style=asset("style.css"),
            script=asset("play.js"),
        )
    )


def write_comparison(path: Path, record: ComparisonRecord) -> Path:
    """Write the page to `path`, wholly or not at all.

    Raises:
        BadRun: it cannot be written there.
    """
    write_atomically(Path(path), render_comparison(record).encode("utf-8"))
    return Path(path)
