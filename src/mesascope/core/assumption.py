"""The ledger: every assumption that a verdict rests on, and how it stands."""

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["declared", "checked", "failed", "unchecked"]


@dataclass(frozen=True)
class Assumption:
    """One line of the ledger.

    Attributes:
        key: a short name that figures refer to.
        statement: what is assumed, as a sentence.
        status: `declared` by somebody, `checked` with a figure, `failed`, or `unchecked`.
        figure: what the check measured, or why there is none.
        supports: the verdict lines that rest on it.
    """

    key: str
    statement: str
    status: Status
    figure: str
    supports: tuple[str, ...]


@dataclass
class Ledger:
    """The assumptions behind one verdict, in the order in which they were made."""

    lines: list[Assumption] = field(default_factory=list)

    def add(
        self, key: str, statement: str, status: Status, figure: str, *supports: str
    ) -> Assumption:
        """Enter an assumption and return it."""
        line = Assumption(key, statement, status, figure, supports)
        self.lines.append(line)
        return line

    def open_lines(self) -> list[Assumption]:
        """Return the lines that a careful reader must see first: failed, then unchecked."""
        order = {"failed": 0, "unchecked": 1}
        return sorted(
            (line for line in self.lines if line.status in order), key=lambda a: order[a.status]
        )
