"""Verdicts on the terminal: plain sentences, the ledger, and what to try next."""

from itertools import groupby

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mesascope.cli.printable import printable_record
from mesascope.records.audit import AssumptionRecord, AuditRecord, LineRecord
from mesascope.records.run import ReignRecord, RunRecord, SearchRecord, SweepRecord
from mesascope.store import RunDirectory

_MARKS = {
    "yes": ("●", "green"),
    "no": ("○", "red"),
    "undetermined": ("◐", "yellow"),
    "not applicable": ("–", "dim"),
}
_STATUS = {"failed": "red", "unchecked": "yellow", "checked": "green", "declared": "dim"}
_OPEN = ("failed", "unchecked")


def tell_run(record: RunRecord, directory: RunDirectory) -> None:
    """Print what a run found."""
    console = Console(highlight=False)
    console.print(Text(record.title, style="bold"))
    console.print(Text(record.story, style="dim"))
    if record.search is not None:
        search = record.search
        console.print(
            f"\nSearched {search.evaluations:,} programs by {search.optimizer} in "
            f"{search.seconds:.1f} s. On the way, the best so far was:"
        )
        console.print(_timeline(search))
        if search.sweep:
            console.print("\nThe same search under other charges finds")
            console.print(_sweep(search.sweep))
        for charge, reigns in groupby(search.reigns, key=lambda reign: reign.charge):
            console.print(_reigns(charge, list(reigns)))
        for note in search.notes:
            console.print(Text(note, style="dim"))
        if len(search.unidentifiable) > 1:
            names = ", ".join(search.unidentifiable[:6])
            more = len(search.unidentifiable) - 6
            names += f" and {more} more" if more > 0 else ""
            console.print(Text(f"Training cannot tell the winner from: {names}."))
    for audit in record.audits:
        console.print()
        tell_audit(audit, console)
    console.print(Text("\nTry next", style="bold"))
    for command in record.next_commands:
        console.print(Text(f"  {command}"))
    console.print(f"\nReport  {directory.path / 'report.html'}", soft_wrap=True)
    console.print(f"Run     {directory.path}", soft_wrap=True)


def _timeline(search: SearchRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("found at", "value", "result"):
        table.add_column(name, justify="right")
    table.add_column("kind", no_wrap=True)
    table.add_column("program", overflow="fold")
    for found in search.discoveries:
        figures = (f"{found.evaluations:,}", f"{found.value:+.4f}", f"{found.behaviour:+.4f}")
        table.add_row(*figures, found.kind, Text(found.source))
    return table


def _sweep(sweep: list[SweepRecord]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("charge", no_wrap=True)
    table.add_column("result", justify="right")
    table.add_column("kind", no_wrap=True)
    table.add_column("program", overflow="fold")
    for other in sweep:
        table.add_row(other.charge, f"{other.behaviour:+.4f}", other.wins_as, Text(other.winner))
    return table


def _reigns(charge: str, reigns: list[ReignRecord]) -> Table:
    title = f"\nWho would have won, by {charge} (in force: {reigns[0].in_force:g})"
    table = Table(box=None, padding=(0, 1), header_style="dim", title=title, title_justify="left")
    table.title_style = ""
    table.add_column("from", justify="right", no_wrap=True)
    table.add_column("wins as", no_wrap=True)
    table.add_column("program", overflow="fold")
    for reign in reigns:
        table.add_row(f"{reign.rate:.3g}", reign.wins_as, Text(reign.winner))
    return table


def tell_audit(audit: AuditRecord, console: Console | None = None) -> None:
    """Print one audit."""
    audit = printable_record(audit)
    console = console or Console(highlight=False)
    console.print(Text(audit.system.name, style="bold underline"))
    console.print(Text(audit.headline, style="bold"))
    tell_lines(audit.lines, console)
    if audit.mesa_model is not None:
        model = audit.mesa_model
        console.print(
            Text(
                f"Ω: {model.candidates}. Objective ({model.standing} from {model.source}): "
                f"{model.objective}. Horizon: {model.horizon}."
            )
        )
    console.print(Text(audit.behavioural_objective, style="dim"))
    if audit.worst_shift is not None:
        worst = audit.worst_shift
        console.print(
            Text(
                f"Worst shift of {worst.budget} tried in the family: {worst.found}, regret "
                f"{worst.fresh.estimate:.3f} ({worst.fresh.low:.3f} to {worst.fresh.high:.3f})."
            )
        )
    tell_ledger(audit.ledger, console)


def tell_lines(lines: list[LineRecord], console: Console) -> None:
    """Print the lines of a verdict."""
    table = Table(box=None, padding=(0, 1), show_header=False)
    for line in lines:
        mark, style = _MARKS[line.answer]
        answer = Text(f"{mark} {line.answer}", style=style)
        table.add_row(answer, Group(Text(line.question), Text(line.sentence, style="dim")))
    console.print(table)


def tell_ledger(ledger: list[AssumptionRecord], console: Console) -> None:
    """Print what a verdict rests on, what is not established first."""
    console.print(Text("Assumption ledger", style="bold"))
    order = {status: place for place, status in enumerate(_STATUS)}
    for entry in sorted(ledger, key=lambda e: order[e.status]):
        head = Text(f"{entry.status:<9} ", style=_STATUS[entry.status])
        head.append(entry.statement, style="" if entry.status in _OPEN else "dim")
        head.append(f" [{entry.figure}]", style="dim")
        console.print(Padding(head, (0, 0, 0, 2)))
