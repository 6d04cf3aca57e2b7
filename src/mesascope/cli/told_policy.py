"""The audit of a policy on the terminal: the verdict, what it pursues where, what that rests on."""

from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.cli.printable import printable, printable_record
from mesascope.cli.told import tell_ledger, tell_lines
from mesascope.records.figures import Figure
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import EpisodeRecord, OnDistributionRecord, PolicyAuditRecord

_BAR = 10  # cells


def tell_policy(
    record: PolicyAuditRecord,
    console: Console | None = None,
    *,
    report: Path | None = None,
    directory: Path | None = None,
) -> None:
    """Print what was found, and where it was written."""
    console = console or Console(highlight=False)
    record = printable_record(record)
    tell_opening(record, console)
    tell_lines(record.lines, console)
    console.print(_pursued(record))
    for where in record.distributions:
        for note in where.notes:
            console.print(Text(f"• {where.name}: {note}", style="dim"))
    _tell_episode(record, console)
    tell_ledger(record.ledger, console)
    tell_notes(record.notes, record.next_commands, console, report=report, directory=directory)


def tell_notes(
    notes: Sequence[str],
    next_commands: Sequence[str],
    console: Console,
    *,
    report: Path | None,
    directory: Path | None,
) -> None:
    """Print what to know, what to try next, and where everything was written."""
    for note in notes:
        console.print(Text(f"• {note}", style="dim"))
    if next_commands:
        console.print(Text("\nTry next", style="bold"))
    for command in next_commands:
        console.print(Text(f"  {command}"), soft_wrap=True)
    if report is not None:
        console.print(Text(f"\nReport  {printable(str(report))}"), soft_wrap=True)
    if directory is not None:
        console.print(Text(f"Run     {printable(str(directory))}"), soft_wrap=True)


def tell_opening(record: PolicyAuditRecord | PoliciesRecord, console: Console) -> None:
    """Print what was audited, how it was trained where that was done here, and the verdict."""
    console.print(Text(record.title, style="bold"))
    console.print(Text(record.story, style="dim"))
    if record.training is not None:
        made = record.training
        console.print(
            Text(f"\nTrained by {made.optimizer} for {made.steps:,} steps in {made.seconds:.0f} s.")
        )
    console.print()
    console.print(Text(record.headline, style="bold"))


def _pursued(record: PolicyAuditRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("", "what explains it", "posterior", "capability"):
        table.add_column(
            heading, justify="left" if heading in ("", "what explains it") else "right"
        )
    table.add_column("", no_wrap=True)
    for where in record.distributions:
        known = any(goal.posterior_interval for goal in where.goals)
        for i, (name, share, told, capability) in enumerate(_rows(where)):
            shown, bar = (told, "█" * round(_BAR * share)) if known else ("–", "")
            table.add_row(
                Text(where.name if i == 0 else ""), Text(name), Text(shown), Text(capability), bar
            )
    return table


def _rows(where: OnDistributionRecord) -> list[tuple[str, float, str, str]]:
    rows = [
        (
            f"{goal.name}{' (base)' if goal.base else ''}",
            goal.posterior,
            share_text(goal.posterior_interval),
            share_text(goal.capability),
        )
        for goal in where.goals
    ]
    others = {"none of these": where.none, "reflex": where.reflex}
    return [*rows, *((name, share, f"{share:.0%}", "") for name, share in others.items())]


def share_text(figure: Figure | None) -> str:
    """Return a share with the ends of its interval, in percent; a dash where there is none."""
    if figure is None:
        return "–"
    return f"{figure.estimate:.0%} [{figure.low:.0%}, {figure.high:.0%}]"


def _tell_episode(record: PolicyAuditRecord, console: Console) -> None:
    """Print the first episode that gives up some of the base objective, or else the first."""
    parting = (episode for episode in record.episodes if episode.parts is not None)
    shown = next(parting, next(iter(record.episodes), None))
    if shown is None:
        return
    console.print(Text(f"\n{shown.title}", style="bold"))
    rows, letters = _drawn(shown)
    for row in rows:
        console.print(Text(f"  {''.join(row)}"), no_wrap=True, overflow="crop")
    key = "● where it ends, · its way" + (
        "" if shown.parts is None else ", × where it first gives something up"
    )
    names = "".join(f", {letter} {name}" for name, letter in letters.items())
    console.print(Text(f"  {key}{names}\n", style="dim"))


def _drawn(episode: EpisodeRecord) -> tuple[list[list[str]], dict[str, str]]:
    """Return the level as it was at the start with the way in it, and the letters of what is seen.

    A cell takes two signs.
    """
    cells = episode.level.cells
    signs = {(i, j): "· " for i, j in episode.path if cells[i][j] == ""}
    if episode.parts is not None:
        signs[episode.path[episode.parts]] = "× "
    signs[episode.path[-1]] = "● "
    seen = {
        (i, j): text.split("+")[0]
        for i, row in enumerate(cells)
        for j, text in enumerate(row)
        if text not in ("", "#") and (i, j) not in signs
    }
    letters = _letters(list(seen.values()))
    signs |= {cell: f"{letters[name]} " for cell, name in seen.items()}
    rows = [
        [signs.get((i, j), "██" if text == "#" else "  ") for j, text in enumerate(row)]
        for i, row in enumerate(cells)
    ]
    return rows, letters


def _letters(names: list[str]) -> dict[str, str]:
    """Return a letter for each name: one that is in it, and not another's if possible."""
    letters: dict[str, str] = {}
    for name in dict.fromkeys(names):
        own = [c for c in name if c.isprintable() and not c.isspace() and cell_len(c) == 1]
        free = (c for c in own if c not in letters.values())
        letters[name] = next(free, own[0] if own else "?")
    return letters
