"""Verdicts on the terminal: plain sentences, the ledger, and what to try next."""

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mesascope.records.audit import AuditRecord
from mesascope.records.run import RunRecord
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
        table = Table(box=None, padding=(0, 1), header_style="dim")
        for name in ("found at", "result", "kind", "program"):
            table.add_column(name, justify="right" if name in ("found at", "result") else "left")
        for found in search.discoveries:
            table.add_row(
                f"{found.evaluations:,}",
                f"{found.behaviour:+.4f}",
                found.kind,
                Text(found.source, overflow="fold"),
            )
        console.print(table)
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


def tell_audit(audit: AuditRecord, console: Console | None = None) -> None:
    """Print one audit."""
    console = console or Console(highlight=False)
    console.print(Text(audit.system.name, style="bold underline"))
    console.print(Text(audit.headline, style="bold"))
    table = Table(box=None, padding=(0, 1), show_header=False)
    for line in audit.lines:
        mark, style = _MARKS[line.answer]
        answer = Text(f"{mark} {line.answer}", style=style)
        table.add_row(answer, Group(Text(line.question), Text(line.sentence, style="dim")))
    console.print(table)
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
    console.print(Text("Assumption ledger", style="bold"))
    order = {status: place for place, status in enumerate(_STATUS)}
    for entry in sorted(audit.ledger, key=lambda e: order[e.status]):
        head = Text(f"{entry.status:<9} ", style=_STATUS[entry.status])
        head.append(entry.statement, style="" if entry.status in _OPEN else "dim")
        head.append(f" [{entry.figure}]", style="dim")
        console.print(Padding(head, (0, 0, 0, 2)))
