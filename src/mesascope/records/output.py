"""What `--json` prints: one line of JSON, told apart by `kind`. The schema is in docs/json.md."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from mesascope.records.audit import AuditRecord
from mesascope.records.comparison import ComparisonRecord
from mesascope.records.figures import Record
from mesascope.records.goals import GoalsRecord
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord
from mesascope.records.probes import ProbeRecord
from mesascope.records.run import RunRecord


class ScoreRecord(Record):
    """The exact result of a program, moving first in half the games.

    Attributes:
        program, size, rules, opponent: what was scored, against whom.
        win, draw, loss, mean: probabilities, and win less loss.
        exact: the same four as fractions.
        optimum: the best mean that any player could have.
        evaluations: positions valued per decision by plain recursion, on average.
    """

    kind: Literal["score"] = "score"
    program: str
    size: int
    rules: str
    opponent: str
    win: float
    draw: float
    loss: float
    mean: float
    exact: dict[str, str]
    optimum: float
    evaluations: float


class PresetRecord(Record):
    """One preset of an organism."""

    name: str
    story: str
    default: bool


class OrganismRecord(Record):
    """A task, a base objective and an optimizer, in one or more presets."""

    name: str
    description: str
    presets: list[PresetRecord]


class SpecimenRecord(Record):
    """A system of known truth, on which the detectors are scored."""

    name: str
    system: str
    truth: str


class OrganismsRecord(Record):
    """What there is to run."""

    kind: Literal["organisms"] = "organisms"
    organisms: list[OrganismRecord]
    zoo: list[SpecimenRecord]


class ErrorRecord(Record):
    """What went wrong, and what to do."""

    kind: Literal["error"] = "error"
    error: str
    message: str


AnyOutput = (
    RunRecord
    | AuditRecord
    | ScoreRecord
    | OrganismsRecord
    | ComparisonRecord
    | GoalsRecord
    | PolicyAuditRecord
    | PoliciesRecord
    | ProbeRecord
    | ErrorRecord
)


class Output(RootModel[Annotated[AnyOutput, Field(discriminator="kind")]]):
    """Whatever a command prints under `--json`."""
