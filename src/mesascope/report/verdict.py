"""The verdicts of several audits as one table: a row a question, a column an audit."""

from dataclasses import dataclass

from mesascope.records.audit import AssumptionRecord, AuditRecord, LineRecord
from mesascope.report.axis import Range, ends, place

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
    """Return the name of an audit among several: A, B, …, Z, A2, …"""
    turn, place_ = divmod(index, len(LETTERS))
    return LETTERS[place_] + (str(turn + 1) if turn else "")


def rows(audits: list[AuditRecord]) -> list[Row]:
    """Return one row for every line that any audit has, in the order in which they come."""
    keys = list(dict.fromkeys(line.key for audit in audits for line in audit.lines))
    table = []
    for key in keys:
        found = [
            next((line for line in audit.lines if line.key == key), None) for audit in audits
        ]
        asked = [line for line in found if line is not None]
        on_axis = [v for line in asked for v in _values(line)]
        axis = ends(on_axis)
        cells = [
            Cell(line, place(line.score, line.threshold, axis) if line and line.score else None)
            for line in found
        ]
        answers = {line.answer if line else None for line in found}
        table.append(Row(key, asked[0].question, cells, len(answers) > 1))
    return table


def _values(line: LineRecord) -> list[float]:
    values = [] if line.score is None else [line.score.low, line.score.high, line.score.estimate]
    return values if line.threshold is None else [*values, line.threshold]


def open_assumptions(audit: AuditRecord) -> list[AssumptionRecord]:
    """Return what a careful reader must see first: failed assumptions, then unchecked ones."""
    return [
        line
        for status in ("failed", "unchecked")
        for line in audit.ledger
        if line.status == status
    ]


def settled(audit: AuditRecord) -> dict[str, int]:
    """Return how many assumptions stand how."""
    statuses = [line.status for line in audit.ledger]
    return {
        status: statuses.count(status)
        for status in ("failed", "unchecked", "declared", "checked")
    }
