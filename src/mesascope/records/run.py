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


class SearchRecord(Record):
    """The search over systems, as it went.

    Attributes:
        optimizer: which base optimizer, and how it was set.
        evaluations, budget: systems scored, and how many could have been.
        discoveries: the timeline.
        unidentifiable: programs that the training distribution cannot tell from the winner.
        curves: such as the winner by charge.
    """

    optimizer: str
    base_objective: str
    evaluations: int
    budget: int
    seconds: float
    discoveries: list[DiscoveryRecord]
    winner: str
    unidentifiable: list[str]
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
