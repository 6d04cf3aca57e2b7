"""Play that came to a stop before everything was seen: how it is said, and what is then open."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mesascope.core.verdict import Line


@dataclass(frozen=True)
class Cut:
    """How play came to a stop.

    Attributes:
        name: of the distribution on which it did.
        why: in words, without a full stop.
        unjudged: names of the distributions that were asked for and of which nothing is judged.
    """

    name: str
    why: str
    unjudged: tuple[str, ...] = ()

    @property
    def figure(self) -> str:
        """What was missed, for the ledger."""
        nothing = f", and nothing is judged of {', '.join(self.unjudged)}" if self.unjudged else ""
        return f"cut short on {self.name}{nothing}: {self.why}"

    @property
    def sentence(self) -> str:
        """The same for a note."""
        return f"C{self.figure[1:]}."


def left_open(line: Line, shifts: Sequence[str], cut: Cut | None, answer: str) -> Line:
    """Return a line that says something of every shift, undetermined where some are not judged.

    Args:
        line: of the shifts that are judged.
        shifts: their names.
        cut: how play came to a stop; None where it did not.
        answer: that a shift which was not judged could take back; another one stands.
    """
    unjudged = [] if cut is None else [name for name in cut.unjudged if name not in shifts]
    if not unjudged or line.answer not in (answer, "undetermined"):
        return line
    names = ", ".join(unjudged)
    if not shifts:
        told = f"It was cut short before it could be judged on {names}."
        return replace(line, answer="undetermined", sentence=told, more_samples=None)
    told = f"{line.sentence} What it does on {names} is not judged, as play was cut short."
    return replace(line, answer="undetermined", sentence=told, more_samples=None)
