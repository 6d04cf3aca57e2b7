"""The report: one HTML file that needs nothing but itself."""

from pathlib import Path
from typing import Any

from mesascope.records.audit import AssumptionRecord, AuditRecord
from mesascope.records.run import RunRecord
from mesascope.report import plots, replay, shift_plots, verdict
from mesascope.report.shell import asset, environment, policy
from mesascope.store import write_atomically


def _audit(audit: AuditRecord, index: int, shared: list[AssumptionRecord]) -> dict[str, Any]:
    """Return what the templates need of one audit beside its record."""
    known = {(line.status, line.statement) for line in shared}
    name = f"a{index}"
    offered = set(audit.system.handles)
    needed = dict.fromkeys(handle for item in audit.evidence for handle in item.card.needs)
    return {
        "name": name,
        "letter": verdict.letter(index),
        "record": audit,
        "open": [
            line
            for line in verdict.open_assumptions(audit)
            if (line.status, line.statement) not in known
        ],
        "settled": verdict.settled(audit),
        "missing": [handle for handle in needed if handle not in offered],
        "evidence": [
            {
                "record": item,
                "plots": [
                    (curve, plots.curve(curve, f"{name}e{i}c{j}"))
                    for j, curve in enumerate(item.curves)
                ],
            }
            for i, item in enumerate(audit.evidence)
        ],
        "curves": [
            (curve, plots.curve(curve, f"{name}c{i}")) for i, curve in enumerate(audit.curves)
        ],
        "regrets": shift_plots.regrets(audit.comparisons, audit.epsilon, f"{name}r"),
        "worst": audit.worst_shift
        and shift_plots.worst_shift(audit.worst_shift, audit.epsilon, f"{name}w"),
        "lift": audit.lift and shift_plots.lift(audit.lift, audit.system.text, f"{name}l"),
        "games": [replay.game(item) for item in audit.replays],
        "questions": {line.key: line.question for line in audit.lines},
    }


def render(record: RunRecord) -> str:
    """Return the report on a run as one HTML document, the same for the same record."""
    search = record.search
    shared = verdict.shared(record.audits)
    audits = [_audit(audit, index, shared) for index, audit in enumerate(record.audits)]
    return (
        environment()
        .get_template("page.html.j2")
        .render(
            run=record,
            audits=audits,
            shared=shared,
            confidences=verdict.confidences(record.audits),
            rows=verdict.rows(record.audits),
            answers=verdict.ANSWERS,
            policy=policy(),
            style=asset("style.css"),
            script=asset("play.js"),
            timeline=search and plots.timeline(search),
            search_curves=[
                (curve, plots.curve(curve, f"s{i}"))
                for i, curve in enumerate(search.curves if search else [])
            ],
        )
    )


def write(record: RunRecord, path: Path) -> Path:
    """Write the report on a run to `path`, wholly or not at all.

    Raises:
        BadRun: it cannot be written there.
    """
    write_atomically(Path(path), render(record).encode("utf-8"))
    return Path(path)
