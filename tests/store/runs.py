"""Small records for tests of the store."""

from mesascope.records.run import ConfigRecord, EnvironmentRecord, RunRecord

CONFIG = ConfigRecord(
    command="mesascope run tictactoe",
    organism="tictactoe",
    preset="standard",
    seed=3,
    given={"seed": 3},
    defaulted={"budget": 1000},
)
RECORD = RunRecord(
    title="t",
    story="s",
    config=CONFIG,
    environment=EnvironmentRecord(python="3", versions={}, git_revision=None, platform="p"),
    search=None,
    audits=[],
    next_commands=[],
    seconds=0.1 + 0.2,
)
