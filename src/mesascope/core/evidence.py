"""What a detector hands back, and the card that says how far to trust it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mesascope.core.interval import Interval


@dataclass(frozen=True)
class Card:
    """A detector's card. Known problems are mandatory.

    Attributes:
        name: the detector's name.
        measures: what it measures.
        why: why that is evidence.
        example: a worked example in words.
        known_problems: how it can be wrong.
        references: where it comes from.
        needs: handles without which it says nothing.
    """

    name: str
    measures: str
    why: str
    example: str
    known_problems: str
    references: str
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.known_problems.strip():
            raise ValueError(f"the card of {self.name!r} must say its known problems")


@dataclass(frozen=True)
class Evidence:
    """One detector's finding.

    Attributes:
        card: the detector's card.
        score: the figure, or None where it could not be measured.
        finding: one plain sentence.
        missing: why there is no score: the handle that the system does not offer.
        details: curves and counts, as plain data.
    """

    card: Card
    score: Interval | None
    finding: str
    missing: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
