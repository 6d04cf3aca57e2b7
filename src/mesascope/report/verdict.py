"""The verdicts of several audits as one table: a row a question, a column an audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mesascope.records.audit import AssumptionRecord, AuditRecord, LineRecord
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord
from mesascope.report.axis import Range, ends, place

Judged: TypeAlias = AuditRecord | PolicyAuditRecord
Ledgered: TypeAlias = Judged | PoliciesRecord
Scale: TypeAlias = tuple[str, float | None]
ANSWERS = {
    "yes": "yes",
    "no": "no",
    "undetermined": "undetermined",
    "not applicable": "not-applicable",
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Cell:
    """One audit's answer to one question; `line` is None where it was not asked."""

    line: LineRecord | None
    range: Range | None


@dataclass(frozen=True)
class Row:
    """One question, with the answers of all audits; `differs` where they are not the same."""

    key: str
    question: str
    cells: list[Cell]
    differs: bool


def letter(index: int) -> str:
    """Return the name of an audit among several: A, B and so on, then A2, B2."""
    turn, place_ = divmod(index, len(LETTERS))
    return LETTERS[place_] + (str(turn + 1) if turn else "")


def rows(audits: Sequence[Judged]) -> list[Row]:
    """Return one row for every line that any audit has, in the order in which they come."""
    keys = list(dict.fromkeys(line.key for audit in audits for line in audit.lines))
    axes = _axes([line for audit in audits for line in audit.lines])
    table = []
    for key in keys:
        found = [next((line for line in audit.lines if line.key == key), None) for audit in audits]
        asked = [line for line in found if line is not None]
        cells = [
            Cell(line, place(line.score, line.threshold, axes[_scale(line)]))
            if line and line.score
            else Cell(line, None)
            for line in found
        ]
        answers = {line.answer if line else None for line in found}
        table.append(Row(key, asked[0].question, cells, len(answers) > 1))
    return table


def _scale(line: LineRecord) -> Scale:
    """Return what lines must share to be drawn on one axis, so that they can be compared."""
    return line.unit, line.threshold


def _axes(lines: list[LineRecord]) -> dict[Scale, tuple[float, float]]:
    values: dict[Scale, list[float]] = {}
    for line in lines:
        values.setdefault(_scale(line), []).extend(_values(line))
    return {scale: ends(found) for scale, found in values.items()}


def _values(line: LineRecord) -> list[float]:
    values = [] if line.score is None else [line.score.low, line.score.high, line.score.estimate]
    return values if line.threshold is None else [*values, line.threshold]


def confidences(audits: Sequence[Judged]) -> list[float]:
    """Return the confidences of the intervals in the verdicts."""
    scores = (line.score for audit in audits for line in audit.lines)
    return sorted({score.confidence for score in scores if score is not None and score.samples})


def open_assumptions(audit: Ledgered) -> list[AssumptionRecord]:
    """Return what a careful reader must see first: failed assumptions, then unchecked ones."""
    return [
        line for status in ("failed", "unchecked") for line in audit.ledger if line.status == status
    ]


def shared(audits: list[AuditRecord]) -> list[AssumptionRecord]:
    """Return the open assumptions that several audits all rest on."""
    if len(audits) < 2:
        return []
    others = [{(a.status, a.statement) for a in open_assumptions(audit)} for audit in audits[1:]]
    return [
        line
        for line in open_assumptions(audits[0])
        if all((line.status, line.statement) in known for known in others)
    ]


def settled(audit: Ledgered) -> dict[str, int]:
    """Return how many assumptions stand how."""
    statuses = [line.status for line in audit.ledger]
    return {
        status: statuses.count(status) for status in ("failed", "unchecked", "declared", "checked")
    }
