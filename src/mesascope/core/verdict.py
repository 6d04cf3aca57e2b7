"""The verdict: lines that each say yes, no or undetermined, with an interval and what they need."""

from dataclasses import dataclass
from typing import Literal

from mesascope.core.assumption import Ledger
from mesascope.core.interval import Interval

Answer = Literal["yes", "no", "undetermined", "not applicable"]


@dataclass(frozen=True)
class Line:
    """One line of a verdict.

    Attributes:
        key: a short name: `optimizer`, `control`, `aligned-on-train`, `robust`, `pseudo-aligned`.
        question: as a reader would ask it.
        answer: `undetermined` where the interval straddles the threshold or evidence is missing.
        sentence: the answer in plain words.
        score: the figure that decides; None where missing.
        threshold: where the line flips, in the units of the score.
        more_samples: how many more would settle an undetermined line; None where none would.
        unit: what the score is in.
        false_positives: how often the line says yes wrongly on systems of known truth; None where
            that was not measured.
    """

    key: str
    question: str
    answer: Answer
    sentence: str
    score: Interval | None = None
    threshold: float | None = None
    more_samples: int | None = 0
    unit: str = ""
    false_positives: Interval | None = None


@dataclass(frozen=True)
class Verdict:
    """Every line, and the ledger without which there is none."""

    system: str
    task: str
    lines: tuple[Line, ...]
    ledger: Ledger
    headline: str

    def __getitem__(self, key: str) -> Line:
        for line in self.lines:
            if line.key == key:
                return line
        raise KeyError(key)
