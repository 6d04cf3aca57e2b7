"""The winner as a function of a charge, from all that a search has found."""

from collections.abc import Sequence

import numpy as np

from mesascope.optimizers.frontier import Amount, Entry, Reign, winner_by_charge
from mesascope.optimizers.record import kind_of
from mesascope.organisms.organism import ChargeCurve
from mesascope.systems.programs.program import parse

_POINTS = 60
_AMOUNTS: tuple[tuple[Amount, str], ...] = (
    ("size", "charge per node"),
    ("evaluations", "charge per position valued"),
)


def charge_curves(
    entries: Sequence[Entry], *, size_charge: float, evaluation_charge: float
) -> list[ChargeCurve]:
    """Return the curve for each charge, the other one held at its rate."""
    rates = {"size": size_charge, "evaluations": evaluation_charge}
    curves = []
    for amount, words in _AMOUNTS:
        reigns = winner_by_charge(
            entries,
            amount,
            size_charge=size_charge,
            evaluation_charge=evaluation_charge,
        )
        fixed = {**rates, amount: 0.0}
        grid = _grid(reigns, rates[amount])
        stretches = tuple((r.low, r.winner.source, _kind(r.winner)) for r in reigns)
        best = _best_of_kind(entries, amount, fixed, grid)
        curves.append(ChargeCurve(words, rates[amount], stretches, best))
    return curves


def _kind(entry: Entry) -> str:
    return kind_of(parse(entry.source))


def _grid(reigns: Sequence[Reign], rate: float) -> np.ndarray:
    """Return rates from well below the first change of winner to above the last."""
    changes = [reign.low for reign in reigns if reign.low > 0.0] or [rate or 1.0]
    return np.geomspace(min(changes) / 30.0, max(changes) * 3.0, _POINTS)


def _best_of_kind(
    entries: Sequence[Entry], amount: Amount, fixed: dict[str, float], grid: np.ndarray
) -> dict[str, tuple[tuple[float, float], ...]]:
    best = {}
    for kind in ("reflex", "look-ahead", "search"):
        of_kind = [entry for entry in entries if _kind(entry) == kind]
        if not of_kind:
            continue
        start = np.array(
            [
                e.behaviour - fixed["size"] * e.size - fixed["evaluations"] * e.evaluations
                for e in of_kind
            ]
        )
        slope = np.array([float(getattr(entry, amount)) for entry in of_kind])
        values = (start[:, None] - slope[:, None] * grid[None, :]).max(axis=0)
        best[kind] = tuple(zip(grid.tolist(), values.tolist(), strict=True))
    return best
