"""The report: one HTML file that needs nothing but itself."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mesascope.records.audit import AssumptionRecord, AuditRecord
from mesascope.records.run import RunRecord
from mesascope.report import format as form
from mesascope.report import plots, replay, shift_plots, verdict
from mesascope.store import write_atomically

ANSWERS = {
    "yes": "yes",
    "no": "no",
    "undetermined": "undetermined",
    "not applicable": "not-applicable",
}


def _clean(value: Any) -> Any:
    """Spell out what cannot be printed, in every text that enters the page."""
    return form.printable(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("mesascope.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": form.number,
        "short": form.short,
        "count": form.count,
        "seconds": form.seconds,
        "interval": form.interval,
        "basis": form.basis,
        "sample": form.sample,
        "in_words": form.in_words,
        "prose": form.prose,
        "items": form.items,
    }
    return environment


@cache
def _asset(name: str) -> Markup:
    """Return a file of our own, which goes into the page as it is."""
    return Markup(files("mesascope.report").joinpath(name).read_text(encoding="utf-8"))


def _digest(text: str) -> str:
    """Return what a content policy calls an inline block that it allows."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _policy() -> str:
    """Return the page's content policy: our own style and script, and nothing else at all."""
    return (
        "default-src 'none'; "
        f"style-src 'sha256-{_digest(_asset('style.css'))}'; "
        f"script-src 'sha256-{_digest(_asset('replay.js'))}'; "
        "base-uri 'none'; form-action 'none'"
    )


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
        _environment()
        .get_template("page.html.j2")
        .render(
            run=record,
            audits=audits,
            shared=shared,
            confidences=verdict.confidences(record.audits),
            rows=verdict.rows(record.audits),
            answers=ANSWERS,
            policy=_policy(),
            style=_asset("style.css"),
            script=_asset("replay.js"),
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
