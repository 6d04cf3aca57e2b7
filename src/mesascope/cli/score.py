"""`mesascope score`: the exact result of one program."""

from rich.console import Console
from rich.table import Table

from mesascope.records.output import ScoreRecord
from mesascope.studies.score import score_program


def score_command(program: str, *, opponent: str, rules: str, json: bool) -> int:
    """Score a program and print the result."""
    record = score_program(program, opponent=opponent, rules=rules)
    if json:
        print(record.model_dump_json())
    else:
        Console().print(_table(record))
    return 0


def _table(record: ScoreRecord) -> Table:
    table = Table(
        title=f"{record.program}\n{record.rules} rules, {record.opponent} opponent",
        caption=(
            f"{record.size} nodes; {record.evaluations:,.0f} positions valued per decision; "
            f"the best any player could do is {record.optimum:.4f}"
        ),
    )
    table.add_column("")
    table.add_column("probability", justify="right")
    table.add_column("exactly", justify="right", overflow="fold")
    for name in ("win", "draw", "loss", "mean"):
        table.add_row(name, f"{getattr(record, name):.4f}", record.exact[name])
    return table
