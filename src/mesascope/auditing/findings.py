"""What the judge looks at: the examination, the comparisons, and the worst shift found."""

from dataclasses import dataclass

from mesascope.auditing.bridge import Crossing
from mesascope.auditing.examine import Examination
from mesascope.auditing.settings import Settings
from mesascope.auditing.worst_shift import WorstShift


@dataclass(frozen=True)
class Findings:
    """Everything that a verdict is made from."""

    name: str
    examination: Examination
    train: Crossing
    shifts: tuple[Crossing, ...]
    worst: WorstShift | None
    family: str
    settings: Settings
