"""The audit of several policies on the terminal: what holds of all, then a line for each."""

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.cli.printable import named, printable_record
from mesascope.cli.told import tell_ledger
from mesascope.cli.told_policy import share_text, tell_notes, tell_opening, tell_policy
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord

_NAME = 28  # letters; the ends of files' names tell them apart


def tell_audited(
    record: PolicyAuditRecord | PoliciesRecord,
    console: Console | None = None,
    *,
    report: Path | None = None,
    directory: Path | None = None,
) -> None:
    """Print what was found of one policy or several, and where it was written."""
    if isinstance(record, PolicyAuditRecord):
        tell_policy(record, console, report=report, directory=directory)
    else:
        tell_policies(record, console, report=report, directory=directory)


def tell_policies(
    record: PoliciesRecord,
    console: Console | None = None,
    *,
    report: Path | None = None,
    directory: Path | None = None,
) -> None:
    """Print what was found, and where it was written."""
    console = console or Console(highlight=False)
    record = printable_record(record)
    tell_opening(record, console)
    console.print(_answers(record))
    console.print(_pursued(record))
    console.print(_each(record))
    tell_ledger(record.ledger, console)
    notes = [record.cut_short, *record.notes] if record.cut_short else record.notes
    tell_notes(notes, record.next_commands, console, report=report, directory=directory)


def _answers(record: PoliciesRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("of the policies", ratio=1)
    table.add_column("yes", justify="right", no_wrap=True)
    table.add_column("no", justify="right", no_wrap=True)
    table.add_column("open", justify="right", no_wrap=True)
    table.add_column("share of yes", justify="right", no_wrap=True)
    for one in record.answers:
        count = {answer: str(number) for answer, number in one.counts.items()}
        others = (count.get(answer, "") for answer in ("yes", "no", "undetermined"))
        table.add_row(Text(one.question), *others, share_text(one.yes))
    return table


def _pursued(record: PoliciesRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("")
    table.add_column("what explains it")
    for heading in ("named in", "posterior", "capability"):
        table.add_column(heading, justify="right")
    for where in record.distributions:
        goals = {goal.name: goal for goal in where.goals}
        named_in = {one.name: f"{one.policies} of {one.share.samples}" for one in where.named}
        others = [name for name in named_in if name not in goals]
        for i, name in enumerate([*goals, *others]):
            goal = goals.get(name)
            table.add_row(
                Text(where.name if i == 0 else ""),
                Text(f"{name} (base)" if goal is not None and goal.base else name),
                named_in.get(name, ""),
                Text("" if goal is None else share_text(goal.posterior)),
                Text("" if goal is None else share_text(goal.capability)),
            )
    return table


def _each(record: PoliciesRecord) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=False)
    for audit in record.policies:
        table.add_row(named(audit.policy, _NAME), Text(audit.headline))
    return table
