"""`mesascope goals`: what a policy or its trajectories want, if anything."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.cli.printable import named, printable
from mesascope.core.errors import BadRequest
from mesascope.records.goals import GoalsRecord
from mesascope.studies.goals import goals_file

_BAR = 24  # cells of a bar
_SHOWN = 20  # weights


def goals_command(file: Path, options: dict[str, Any], *, json: bool) -> int:
    """Answer for what a file holds, and print it."""
    if not options["choices"] > 0:
        raise BadRequest(f"--choices is {options['choices']:g}; a number above 0 is expected")
    record = goals_file(file, progress=not json, **options)
    if json:
        print(record.model_dump_json())
    else:
        _tell(record)
    return 0


def _tell(record: GoalsRecord) -> None:
    console = Console(highlight=False)
    head = f"{printable(record.source)}: {record.states} states, {record.actions} actions, "
    console.print(Text(f"{head}discount {record.discount:g}", style="bold"))
    seen = (
        "a policy, as if {:g} choices had been seen"
        if record.observed == "policy"
        else ("trajectories with {:g} choices")
    )
    console.print(Text(f"Observed: {seen.format(record.choices)}"))
    console.print()
    console.print(
        Text.assemble(
            ("goal-directedness", "bold"),
            f"  MEG in nats, from 0 to {record.meg_bound:.4f}, towards",
        )
    )
    console.print(_meg(record))
    if record.posterior:
        console.print()
        console.print(Text.assemble(("posterior", "bold"), "  which goal it pursues"))
        console.print(_posterior(record))
    if record.agency:
        console.print()
        says = f"agent {record.agency.agent:.3f}, device {record.agency.device:.3f}"
        console.print(Text.assemble(("agent or device?", "bold"), f"  {says}"))
        console.print(Text(printable(record.agency.says), style="dim"))
    if record.identified:
        console.print(Text(f"• {printable(record.identified)}"))
    for pair in record.pairs:
        if pair.change:
            what = f"{pair.first} and {pair.second}: {pair.change}"
            console.print(Text(f"• {printable(what)}"))
    for i, weight in enumerate(record.weights[:_SHOWN]):
        console.print(f"weight {i}: {weight.mean:.3f} [{weight.low:.3f}, {weight.high:.3f}] nats")
    if record.sampler:
        console.print(Text(f"• {record.sampler}"))
    for note in record.notes:
        console.print(Text(f"• {printable(note)}"))


def _meg(record: GoalsRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("", "MEG", "of the bound"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_column("", no_wrap=True)
    table.add_column("")
    for name, value in record.meg.items():
        share = record.meg_normalised[name]
        table.add_row(
            named(name), f"{value:.4f}", f"{share:.1%}", _bar(share), _remark(record, name)
        )
    return table


def _remark(record: GoalsRecord, name: str) -> Text:
    words = []
    if name in record.intervals:
        inside = record.intervals[name]
        words.append(f"[{inside.low:.3f}, {inside.high:.3f}]; by chance {record.noise[name]:.3f}")
    beta = record.rationality.get(name)
    if beta is not None:
        optimal = {"inf": "exactly optimal", "-inf": "exactly pessimal: it avoids it"}
        if isinstance(beta, str):
            words.append(optimal[beta])
        else:
            words.append(f"β {beta:.3g}" + (": it avoids it" if beta < 0.0 else ""))
    elif not record.attained:
        words.append("in the limit of ever larger rewards")
    return Text("; ".join(words), style="dim")


def _posterior(record: GoalsRecord) -> Table:
    table = Table(box=None, padding=(0, 1), show_header=False)
    for name, share in sorted(record.posterior.items(), key=lambda item: -item[1]):
        table.add_row(named(name), f"{share:.4f}", _bar(share))
    return table


def _bar(share: float) -> Text:
    full = round(_BAR * min(1.0, max(0.0, share)))
    return Text("█" * full + "·" * (_BAR - full), style="dim")
