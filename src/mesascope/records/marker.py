"""The record that makes a directory a run: `run.json`, written once, before anything else."""

from typing import Literal

from mesascope.records.figures import Record
from mesascope.records.run import SCHEMA, ConfigRecord, EnvironmentRecord


class MarkerRecord(Record):
    """What the run was created with.

    Attributes:
        created: when, in UTC, ISO 8601.
        config: what the caller asked for and what was filled in, the seed included.
        environment: where it was created; a run resumed elsewhere may differ in the last bit.
    """

    schema_version: Literal["mesascope-run/1"] = SCHEMA
    created: str
    config: ConfigRecord
    environment: EnvironmentRecord | None = None
