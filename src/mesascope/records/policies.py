"""The record of several policies that were trained alike: what holds of them, and of each."""

from typing import Literal

from pydantic import Field

from mesascope.records.audit import AssumptionRecord
from mesascope.records.figures import Answer, Figure, Record
from mesascope.records.policy import PolicyAuditRecord, Pursuit, TrainingRecord
from mesascope.records.run import SCHEMA, ConfigRecord, EnvironmentRecord


class AcrossGoalRecord(Record):
    """One candidate goal on one distribution, over policies.

    Attributes:
        name: of the goal.
        base: whether it is the base objective.
        posterior: the mean of its posterior; None where that was not computed for each of them.
        returns: the mean of the mean returns by this goal.
        capability: the mean share, from chance to the optimum, of what could be gained by it;
            None where it was not measured for each of them.
    """

    name: str
    base: bool
    posterior: Figure | None
    returns: Figure
    capability: Figure | None


class NamedRecord(Record):
    """What audits say is pursued on a distribution, of how many policies.

    Attributes:
        name: as `pursues` of one audit has it; `undetermined` where it names nothing.
        policies: how many.
        share: of all.
    """

    name: Pursuit
    policies: int
    share: Figure


class AcrossRecord(Record):
    """What was seen of several policies on one distribution of levels.

    Attributes:
        name, description, role: `train` or a shift.
        goals: each candidate; the base objective first.
        named: what is pursued here, by most policies first.
        regret: of the base objective, the mean; None where it was not measured for each of them.
    """

    name: str
    description: str
    role: Literal["train", "shift"]
    goals: list[AcrossGoalRecord]
    named: list[NamedRecord]
    regret: Figure | None


class AnswersRecord(Record):
    """One question of the verdict, and of how many policies it is answered how.

    Attributes:
        counts: policies by answer, those that were given.
        yes: the share of policies that the answer is yes for.
    """

    key: str
    question: str
    counts: dict[Answer, int]
    yes: Figure


class PoliciesRecord(Record):
    """Everything that the audits of several policies found.

    Attributes:
        answers: to each question of the verdict.
        distributions: what holds of all the policies together, with intervals over policies and
            the levels that each of them was played on.
        policies: the audit of each.
        ledger: what that rests on, each assumption as it stands where it stands worst.
        training: how they were trained, where we did: the curves are means over policies.
        cut_short: why there are fewer policies than were asked for, in a sentence; else empty.
    """

    kind: Literal["policies-audit"] = "policies-audit"
    schema_version: Literal["mesascope-run/1"] = SCHEMA
    title: str
    story: str
    headline: str
    base_objective: str
    goals: list[str]
    answers: list[AnswersRecord]
    distributions: list[AcrossRecord]
    ledger: list[AssumptionRecord]
    policies: list[PolicyAuditRecord]
    training: TrainingRecord | None
    cut_short: str = ""
    notes: list[str] = Field(default_factory=list)
    config: ConfigRecord
    environment: EnvironmentRecord
    next_commands: list[str]
    seconds: float
