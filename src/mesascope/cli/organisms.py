"""`mesascope organisms`: what can be run, and the zoo of known truth."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.studies.listing import list_organisms


def organisms_command(*, json: bool) -> int:
    """Print the catalogue and the zoo."""
    record = list_organisms()
    if json:
        print(record.model_dump_json())
        return 0
    console = Console(highlight=False)
    for organism in record.organisms:
        console.print(Text(organism.name, style="bold"), Text(organism.description))
        table = Table(box=None, padding=(0, 1), show_header=False)
        for preset in organism.presets:
            name = f"{preset.name} (default)" if preset.default else preset.name
            table.add_row(Text(name, style="cyan"), preset.story)
        console.print(table)
    console.print(Text("\nSystems of known truth, on which the detectors are scored", style="bold"))
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for column in ("name", "system", "truth"):
        table.add_column(column, overflow="fold")
    for specimen in record.zoo:
        table.add_row(Text(specimen.name, style="cyan"), specimen.system, specimen.truth)
    console.print(table)
    return 0
