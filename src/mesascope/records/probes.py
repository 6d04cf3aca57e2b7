"""The record of designed levels: which they are, and what a policy did on them."""

from typing import Literal

from pydantic import Field

from mesascope.records.figures import Figure, Record
from mesascope.records.policy import DesignedLevelRecord


class NeededRecord(Record):
    """How many episodes a planner for a goal plays until the odds of a goal are 99 to 1.

    Attributes:
        goal: that the planner has.
        designed: the mean on levels that were designed, evenly.
        random: on random levels of the shifted distribution.
        rare: on levels of training of which one in fifty is of the shift.
        told: the share of repetitions in which the planner's own goal was told in the end, on
            whichever levels it was less often; the means are lower bounds where it is below 1.
    """

    goal: str
    designed: Figure
    random: Figure
    rare: Figure
    told: float


class ProbeRecord(Record):
    """Levels that were designed to tell goals apart, and what came of playing them.

    Attributes:
        policy, world: their names; the policy is empty where none was played.
        goals: the remaining goals; the first is the base objective, or takes its place.
        wrong: the goal whose cost was looked for.
        designed: those that tell the goals apart, best first, then the costliest.
        before, after: the probability of each goal before and after the policy was played on the
            former, `none of these` among them; `after` is None where none was played.
        sequence: the same after each of those levels, in their order; empty where none was played.
        needed: how many episodes it takes, by goal; empty where that was interrupted.
        tried: how many levels were scored, in both searches.
        exact: whether these were all that there are.
        stopped: whether it was interrupted, so that these are the best until then.
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
    sequence: list[dict[str, float]] = Field(default_factory=list)
    needed: list[NeededRecord] = Field(default_factory=list)
    tried: int
    exact: bool
    stopped: bool
    says: str
    discount: float
    rationality: float
    seed: int
    seconds: float
    notes: list[str] = Field(default_factory=list)
