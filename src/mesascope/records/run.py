"""The record of one run: what was asked for, what the search found, and the audits of it."""

from typing import Literal

from pydantic import Field

from mesascope.records.audit import AuditRecord
from mesascope.records.figures import Curve, PlainData, Record

SCHEMA: Literal["mesascope-run/1"] = "mesascope-run/1"


class DiscoveryRecord(Record):
    """A program that was the best so far when it was found."""

    evaluations: int
    value: float
    behaviour: float
    source: str
    size: int
    kind: str


class ReignRecord(Record):
    """Which of the systems scored would win, from some rate of a charge on.

    Attributes:
        charge, in_force: what is charged, and the rate that the search was run under.
        rate: the rate from which it wins; it reigns until the next one's.
        winner, wins_as: its text, and its kind.
    """

    charge: str
    in_force: float
    rate: float
    winner: str
    wins_as: str


class SweepRecord(Record):
    """What the same search finds under another charge."""

    charge: str
    winner: str
    wins_as: str
    behaviour: float


class SearchRecord(Record):
    """The search over systems, as it went.

    Attributes:
        optimizer: which base optimizer, and how it was set.
        evaluations, budget: systems scored, and how many could have been.
        discoveries: the timeline.
        unidentifiable: programs that the training distribution cannot tell from the winner.
        reigns: the winner as a function of each charge, of all that this search scored.
        sweep: what the same search finds under other charges.
        curves: the best of each kind, by charge.
    """

    optimizer: str
    base_objective: str
    evaluations: int
    budget: int
    seconds: float
    discoveries: list[DiscoveryRecord]
    winner: str
    unidentifiable: list[str]
    reigns: list[ReignRecord] = Field(default_factory=list)
    sweep: list[SweepRecord] = Field(default_factory=list)
    curves: list[Curve] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)


class ConfigRecord(Record):
    """What the caller asked for, and what was filled in."""

    command: str
    organism: str
    preset: str
    seed: int
    given: PlainData
    defaulted: PlainData


class EnvironmentRecord(Record):
    """Where the run took place."""

    python: str
    versions: dict[str, str]
    git_revision: str | None
    platform: str


class RunRecord(Record):
    """The whole run; `result.json` in a run directory, and what `--json` prints."""

    kind: Literal["run"] = "run"
    schema_version: Literal["mesascope-run/1"] = SCHEMA
    title: str
    story: str
    config: ConfigRecord
    environment: EnvironmentRecord
    search: SearchRecord | None
    audits: list[AuditRecord]
    next_commands: list[str]
    seconds: float
