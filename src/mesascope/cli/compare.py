"""`mesascope compare`: rewards side by side, shaded by how far apart they are."""

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mesascope.cli.printable import named, printable
from mesascope.core.errors import BadRequest
from mesascope.records.comparison import ComparisonRecord, PredictionRecord
from mesascope.records.comparison import Table as Numbers
from mesascope.report.comparison import write_comparison
from mesascope.studies.compare import compare_file

_WIDEST, _LISTED = 8, 40  # rewards that fit side by side; pairs that are listed else
_SHADES = (236, 237, 238, 240, 242, 244)  # of the terminal's greys, from none to most


def compare_command(file: Path, options: dict[str, Any], *, report: Path | None, json: bool) -> int:
    """Compare what a file holds, print it, and write the report."""
    for name, most in (("samples", 1_000_000), ("pairs", 10_000)):
        if not 0 <= options[name] <= most:
            raise BadRequest(f"--{name} is {options[name]}; 0 to {most:,} is expected")
    if report is not None and (not report.name or report.is_dir()):
        raise BadRequest(f"--report is {str(report)!r}; the path of a file to write is expected")
    with Console(stderr=True).status("Comparing") if not json else _Silent():
        record = compare_file(file, **options)
    if report is not None:
        write_comparison(report, record)
    if json:
        print(record.model_dump_json())
    else:
        _tell(record, report)
    return 0


class _Silent:
    """Show nothing."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def _tell(record: ComparisonRecord, report: Path | None) -> None:
    console = Console(highlight=False)
    head = f"{printable(record.source)}: {record.states} states, {record.actions} actions, "
    console.print(Text(f"{head}discount {record.discount:g}", style="bold"))
    for metric in record.metrics:
        console.print()
        console.print(Text.assemble((metric.name, "bold"), f"  {metric.measure}"))
        console.print(_matrix(record, metric.name))
        predicted = record.calibration.get(metric.name)
        if predicted is not None:
            console.print(Text(_prediction(predicted), style="dim"))
        if metric.no_bound:
            console.print(Text(f"Bounds no regret: {metric.no_bound}.", style="dim"))
    console.print()
    console.print(
        Text.assemble(
            ("true regret", "bold"),
            "  of optimising the column where the row is meant, in units of the row's range of "
            "returns; (worst), what any improvement by the column can cost",
        )
    )
    if len(record.rewards) <= _WIDEST:
        console.print(_numbers(record.rewards, record.regret, record.worst_regret))
    for note in record.notes:
        console.print(Text(f"• {printable(note)}"))
    if report is not None:
        console.print(Text(f"Heat maps: {printable(str(report))}"))


def _matrix(record: ComparisonRecord, metric: str) -> Table:
    values, bounds = record.distances[metric], record.bounds.get(metric)
    inside, noise = record.intervals.get(metric), record.noise_floor.get(metric)
    if len(record.rewards) > _WIDEST:
        return _list(record, metric)
    table = _empty(record.rewards)
    top = max((v for row in values.values() for v in row.values()), default=0.0)
    for a in record.rewards:
        cells = []
        for b in record.rewards:
            if b not in values[a]:
                cells.append(Text("undefined", style="dim"))
                continue
            cell = _shaded(values[a][b], top)
            if inside:
                cell.append(f"\n[{inside[a][b].low:.3f}, {inside[a][b].high:.3f}]", style="dim")
            if noise and values[a][b] <= noise[a][b]:
                cell.append("\nnoise", style="dim")
            elif bounds and bounds[a][b] < 1.0:
                cell.append(f"\n≤ {bounds[a][b]:.3f}", style="dim")
            cells.append(cell)
        table.add_row(named(a), *cells)
    return table


def _list(record: ComparisonRecord, metric: str) -> Table:
    """Return the closest pairs, where a matrix would be wider than a screen."""
    values = record.distances[metric]
    pairs = [(v, a, b) for a, row in values.items() for b, v in row.items() if a != b]
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("meant", "optimised", "distance", "true regret"):
        table.add_column(heading, justify="left" if heading in ("meant", "optimised") else "right")
    for value, a, b in sorted(pairs)[:_LISTED]:
        table.add_row(named(a), named(b), f"{value:.4f}", f"{record.regret[a][b]:.4f}")
    if len(pairs) > _LISTED:
        table.caption = f"the {_LISTED} closest of {len(pairs):,} pairs; --json has them all"
    return table


def _numbers(names: list[str], values: Numbers, beside: Numbers | None) -> Table:
    table = _empty(names)
    for a in names:
        cells = []
        for b in names:
            cell = _shaded(values[a][b], 1.0)
            if beside is not None:
                cell.append(f"\n({beside[a][b]:.3f})", style="dim")
            cells.append(cell)
        table.add_row(named(a), *cells)
    return table


def _empty(names: list[str]) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("", no_wrap=True)
    for name in names:
        table.add_column(named(name), justify="right")
    return table


def _shaded(value: float, top: float) -> Text:
    level = min(len(_SHADES) - 1, int(value / top * len(_SHADES))) if top > 0.0 else 0
    style = "" if value < 1e-9 else f"on color({_SHADES[level]})"
    return Text(f"{value + 0.0:.4f}", style=style)


def _prediction(predicted: PredictionRecord) -> str:
    if predicted.correlation is None:
        return "On this process it does not vary with regret."
    r = predicted.correlation
    first = f"Correlation with regret on this process {r.estimate:.2f} [{r.low:.2f}, {r.high:.2f}]"
    bands = ", ".join(f"up to {b[0]:.2f}: {b[2]:.2f}" for b in predicted.bands)
    return f"{first}. 95 % of random pairs had a regret of at most (by distance) {bands}."
