"""The record of designed levels: which they are, and what a policy did on them."""

from typing import Literal

from pydantic import Field

from mesascope.records.figures import Record
from mesascope.records.policy import DesignedLevelRecord


class ProbeRecord(Record):
    """Levels that were designed to tell goals apart, and what came of playing them.

    Attributes:
        policy, world: their names; the policy is empty where none was played.
        goals: the remaining goals; the first is the base objective, or takes its place.
        wrong: the goal whose cost was looked for.
        designed: those that tell the goals apart, best first, then the costliest.
        before, after: the probability of each goal before and after the policy was played on the
            former, `none of these` among them; `after` is None where none was played.
        tried: how many levels were scored, in both searches.
        exact: whether these were all that there are.
        stopped: whether the search was interrupted.
        says: the finding in a sentence.
    """

    kind: Literal["probe-levels"] = "probe-levels"
    policy: str
    world: str
    goals: list[str]
    wrong: str
    designed: list[DesignedLevelRecord]
    before: dict[str, float]
    after: dict[str, float] | None
    tried: int
    exact: bool
    stopped: bool
    says: str
    discount: float
    rationality: float
    seed: int
    seconds: float
    notes: list[str] = Field(default_factory=list)
