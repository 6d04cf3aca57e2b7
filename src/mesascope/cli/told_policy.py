"""The audit of a policy on the terminal: the verdict, what it pursues where, what that rests on."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.cli.printable import printable, printable_record
from mesascope.cli.told import tell_ledger, tell_lines
from mesascope.records.policy import OnDistributionRecord, PolicyAuditRecord

_BAR = 16  # cells


def tell_policy(
    record: PolicyAuditRecord, *, report: Path | None = None, directory: Path | None = None
) -> None:
    """Print what was found, and where it was written."""
    console = Console(highlight=False)
    record = printable_record(record)
    console.print(Text(record.title, style="bold"))
    console.print(Text(record.story, style="dim"))
    if record.training is not None:
        made = record.training
        console.print(
            f"\nTrained by {made.optimizer} for {made.steps:,} steps in {made.seconds:.0f} s."
        )
    console.print()
    console.print(Text(record.headline, style="bold"))
    tell_lines(record.lines, console)
    console.print(_pursued(record))
    for where in record.distributions:
        for note in where.notes:
            console.print(Text(f"• {where.name}: {note}", style="dim"))
    tell_ledger(record.ledger, console)
    for note in record.notes:
        console.print(Text(f"• {note}", style="dim"))
    if record.next_commands:
        console.print(Text("\nTry next", style="bold"))
    for command in record.next_commands:
        console.print(Text(f"  {command}"), soft_wrap=True)
    if report is not None:
        console.print(Text(f"\nReport  {printable(str(report))}"), soft_wrap=True)
    if directory is not None:
        console.print(Text(f"Run     {printable(str(directory))}"), soft_wrap=True)


def _pursued(record: PolicyAuditRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("", "what explains it", "posterior", "capability"):
        table.add_column(
            heading, justify="left" if heading in ("", "what explains it") else "right"
        )
    table.add_column("", no_wrap=True)
    for where in record.distributions:
        for i, (name, share, capability) in enumerate(_rows(where)):
            bar = "█" * round(_BAR * share)
            table.add_row(where.name if i == 0 else "", name, f"{share:.3f}", capability, bar)
    return table


def _rows(where: OnDistributionRecord) -> list[tuple[str, float, str]]:
    rows = [
        (
            f"{goal.name}{' (base)' if goal.base else ''}",
            goal.posterior,
            "–" if goal.capability is None else f"{goal.capability.estimate:.0%}",
        )
        for goal in where.goals
    ]
    return [*rows, ("none of these", where.none, ""), ("reflex", where.reflex, "")]
