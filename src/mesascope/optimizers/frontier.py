"""The frontier of a search: what else would have won, had length or run time cost more or less."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from mesascope.optimizers.objective import Assessment
from mesascope.systems.programs.program import Program

Amount = Literal["size", "evaluations"]
_SAME = 1e-12  # results closer than this differ by rounding alone


@dataclass(frozen=True)
class Entry:
    """A program that no other beats in behaviour, size and evaluations at once."""

    source: str
    behaviour: float
    size: int
    evaluations: float


@dataclass(frozen=True)
class Reign:
    """The charges, from `low` to `high`, at which one program wins."""

    low: float
    high: float
    winner: Entry


@dataclass
class Frontier:
    """The programs that no other beats in behaviour, size and evaluations at once."""

    entries: list[Entry] = field(default_factory=list)

    def offer(self, tokens: np.ndarray, assessed: Assessment) -> None:
        """Let in what is not dominated; of equals the first stays."""
        offered = np.stack([assessed.behaviour, -assessed.sizes, -assessed.evaluations], axis=1)
        alive = np.flatnonzero(~self._dominated(offered))
        # The best first: it shuts most others out.
        for i in alive[np.argsort(-offered[alive, 0], kind="stable")]:
            if self._dominated(offered[i : i + 1])[0]:
                continue
            size = int(assessed.sizes[i])
            source = str(Program(tokens[i, :size].tobytes()))
            entry = Entry(
                source, float(assessed.behaviour[i]), size, float(assessed.evaluations[i])
            )
            self.entries = [e for e in self.entries if not _beats(entry, e)] + [entry]

    def _dominated(self, offered: np.ndarray) -> np.ndarray:
        beaten = np.zeros(len(offered), dtype=bool)
        for e in self.entries:
            beaten |= (
                (offered[:, 0] <= e.behaviour + _SAME)
                & (offered[:, 1] <= -e.size)
                & (offered[:, 2] <= -e.evaluations)
            )
        return beaten

    def to_json(self) -> list[dict[str, Any]]:
        """Return plain data."""
        return [asdict(entry) for entry in self.entries]

    @classmethod
    def from_json(cls, data: Iterable[dict[str, Any]]) -> "Frontier":
        """Read what `to_json` returned."""
        return cls([Entry(**entry) for entry in data])


def _beats(a: Entry, b: Entry) -> bool:
    return (
        a.behaviour >= b.behaviour - _SAME and a.size <= b.size and a.evaluations <= b.evaluations
    )


def winner_by_charge(
    entries: Iterable[Entry],
    amount: Amount = "evaluations",
    *,
    size_charge: float = 0.0,
    evaluation_charge: float = 0.0,
) -> list[Reign]:
    """Return who wins at every charge from 0 to infinity: an upper envelope of lines.

    A program's line is behaviour − other charge − charge·amount. The breakpoints are exact up to
    the rounding of one division each.

    Args:
        entries: the programs.
        amount: what is charged for along the curve.
        size_charge, evaluation_charge: the fixed charge of the other amount.
    """
    lines = []
    for e in entries:
        if amount == "size":
            lines.append((float(e.size), e.behaviour - evaluation_charge * e.evaluations, e))
        else:
            lines.append((e.evaluations, e.behaviour - size_charge * e.size, e))
    if not lines:
        return []
    reigns: list[Reign] = []
    charge = 0.0
    # At no charge the highest line wins, of equals the flattest.
    slope, height, holder = max(lines, key=lambda line: (line[1], -line[0]))
    while True:
        rivals = [((height - h) / (slope - s), s, h, e) for s, h, e in lines if s < slope]
        if not rivals:
            return [*reigns, Reign(charge, float("inf"), holder)]
        crossing, next_slope, next_height, heir = min(rivals, key=lambda r: (r[0], r[1]))
        if crossing > charge:
            reigns.append(Reign(charge, crossing, holder))
        charge = max(charge, crossing)
        slope, height, holder = next_slope, next_height, heir
