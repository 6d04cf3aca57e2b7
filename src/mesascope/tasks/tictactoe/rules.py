"""Rule sets: which three-cell sets count as lines, and who wins when one is completed."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

import numpy as np

from mesascope.core.errors import BadRules
from mesascope.tasks.tictactoe.geometry import CELLS, Mask, triple_orbits

STANDARD_ORBITS = frozenset({0, 10, 13})
ORBITS = 16


@dataclass(frozen=True)
class Rules:
    """A union of orbits of three-cell sets, and the sign of completing one of them.

    Attributes:
        orbits: numbers (0 to 15) of the orbits whose sets count as lines.
        misere: if true, the side that completes a line loses.
    """

    orbits: frozenset[int] = STANDARD_ORBITS
    misere: bool = False

    def __post_init__(self) -> None:
        if not self.orbits:
            raise BadRules(
                "a rule set with no orbit has no line that could be completed: "
                "every game is a draw and nothing can be learned; give at least one orbit, 0 to 15"
            )
        unknown = sorted(o for o in self.orbits if not 0 <= o < ORBITS)
        if unknown:
            raise BadRules(f"no orbit {unknown[0]}: orbits are numbered 0 to 15")

    @cached_property
    def lines(self) -> tuple[Mask, ...]:
        """The masks that count as lines, in increasing order."""
        return tuple(sorted(m for o in self.orbits for m in triple_orbits()[o]))

    @cached_property
    def completed(self) -> np.ndarray:
        """Whether a side's cells hold a line, for every mask; shape (512,), bool."""
        masks = np.arange(1 << CELLS)
        table = np.zeros(1 << CELLS, dtype=bool)
        for line in self.lines:
            table |= (masks & line) == line
        return table

    @property
    def sign(self) -> int:
        """The result for the side that completes a line: +1, or -1 under misère."""
        return -1 if self.misere else 1

    def __str__(self) -> str:
        if self.orbits == STANDARD_ORBITS:
            return "misere" if self.misere else "standard"
        name = "orbits:" + ",".join(str(o) for o in sorted(self.orbits))
        return name + ("/misere" if self.misere else "")


STANDARD = Rules()
MISERE = Rules(misere=True)
_NAMED = {"standard": STANDARD, "misere": MISERE}


def parse_rules(text: str) -> Rules:
    """Read a rule set: `standard`, `misere`, or `orbits:0,10,13` with `/misere` after it.

    Raises:
        BadRules: the text names no rule set, or one that no game can be played by.
    """
    name = text.strip().lower().replace("è", "e")
    if name in _NAMED:
        return _NAMED[name]
    body = name.removeprefix("orbits:")
    numbers = [part.strip() for part in body.removesuffix("/misere").split(",")]
    numbers = [number for number in numbers if number]
    if body == name or not all(re.fullmatch("[0-9]{1,4}", number) for number in numbers):
        close = get_close_matches(name[:40], _NAMED, n=1)
        guess = f" Did you mean {close[0]!r}?" if close else ""
        raise BadRules(
            f"cannot read the rule set {text[:80]!r}.{guess} Expected 'standard', 'misere', or "
            "orbit numbers such as 'orbits:0,10,13' or 'orbits:0,10,13/misere'"
        )
    return Rules(frozenset(int(n) for n in numbers), misere=body.endswith("/misere"))
