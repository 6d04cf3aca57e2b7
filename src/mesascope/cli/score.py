"""`mesascope score`: the exact result of one program."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.records.output import ScoreRecord
from mesascope.studies.score import score_program


def score_command(program: str, *, opponent: str, rules: str, json: bool) -> int:
    """Score a program and print the result."""
    record = score_program(program, opponent=opponent, rules=rules)
    if json:
        print(record.model_dump_json())
    else:
        console = Console(highlight=False)
        console.print(Text(record.program, style="bold"))
        console.print(f"{record.rules} rules, {record.opponent} opponent")
        console.print(_table(record))
        console.print(
            f"{record.size} nodes; {record.evaluations:,.0f} positions valued per decision; the "
            f"best that any player could do is {record.optimum:.4f}",
            soft_wrap=True,
        )
    return 0


def _table(record: ScoreRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("")
    table.add_column("probability", justify="right")
    table.add_column("exactly", justify="right", overflow="fold")
    for name in ("win", "draw", "loss", "mean"):
        table.add_row(name, f"{getattr(record, name):.4f}", record.exact[name])
    return table
