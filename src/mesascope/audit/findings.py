"""What the judge looks at: the examination, the comparisons, and the worst shift found."""

from dataclasses import dataclass

from mesascope.audit.bridge import Crossing
from mesascope.audit.examine import Examination
from mesascope.audit.settings import Settings
from mesascope.audit.worst_shift import WorstShift


@dataclass(frozen=True)
class Findings:
    """Everything that a verdict is made from."""

    name: str
    examination: Examination
    train: Crossing
    shifts: tuple[Crossing, ...]
    worst: WorstShift | None
    settings: Settings
