"""Does a policy want the coin, or the right-hand end? The whole table of the coin line.

    python -m mesascope.studies.coin_line --csv table.csv --svg axes.svg --curves curves.svg

Each cell trains many initialisations by exact gradient ascent and asks two things apart from each
other: how many learned the task, and of those, how many go right where the coin is on the left.
Cells that the CSV holds already are not computed again, so an interrupted sweep goes on.
"""

import functools
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress

from mesascope.core.errors import BadRequest
from mesascope.optimizers.exact_gradient import ascend, draw, second_action
from mesascope.studies.coin_line_curves import draw_curves
from mesascope.studies.coin_line_figure import draw_table
from mesascope.studies.coin_line_table import Cell, Row, append, read, said
from mesascope.studies.table_file import command
from mesascope.tasks.coin_line import CoinLine

EPSILONS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
LENGTHS = (3, 4, 6, 8)
WIDTHS = (8, 16, 32, 64, 128)
SCALES = (0.1, 0.25, 0.5, 1.0, 2.0)
CAPABLE = 0.95  # the return from which a run counts as having learned the task
RATE = 0.1
ACTIVATION = "tanh"


def cells() -> list[Cell]:
    """Return the conditions of the table: every ε with every length, width and scale."""
    return [
        Cell(epsilon, length=length, width=width, scale=scale)
        for length, width, scale, epsilon in product(LENGTHS, WIDTHS, SCALES, EPSILONS)
    ]


@functools.partial(jax.jit, static_argnames=("world", "width", "runs", "steps"))
def _train(
    key: Array,
    coins: Float[Array, " coins"],
    scale: Float[Array, ""],
    *,
    world: CoinLine,
    width: int,
    runs: int,
    steps: int,
) -> tuple[Float[Array, " runs"], Float[Array, " runs"]]:
    """Return each run's return, and its probability of going right at the probe."""
    seen, probe = jnp.asarray(world.observations()), jnp.asarray(world.probe)
    start = draw(key, 3, width, runs, scale)
    net = ascend(
        lambda net: world.expected_return(second_action(net, seen, ACTIVATION), coins),
        start,
        rate=RATE,
        steps=steps,
    )
    value = world.expected_return(second_action(net, seen, ACTIVATION), coins)
    return value, second_action(net, probe, ACTIVATION)


def measure(cell: Cell, *, runs: int = 512, steps: int = 2_000, seed: int = 0) -> Row:
    """Return the counts of one cell. The same seed gives cells of equal width equal first draws.

    Raises:
        BadRequest: a number that makes no sense.
    """
    if min(runs, steps) < 1 or not cell.scale > 0.0:
        raise BadRequest(
            f"{runs} runs of {steps} steps from scale {cell.scale}; positive numbers are expected. "
            "Give at least one run and one step, and a scale above 0."
        )
    world = CoinLine(cell.length)
    coins, scale = jnp.asarray(world.coins(cell.epsilon)), jnp.asarray(cell.scale)
    value, right = _train(
        jax.random.key(seed),
        coins,
        scale,
        world=world,
        width=cell.width,
        runs=runs,
        steps=steps,
    )
    capable = np.asarray(value) >= CAPABLE
    goes = capable & (np.asarray(right) > 0.5)
    return Row(
        **asdict(cell),
        runs=runs,
        steps=steps,
        seed=seed,
        capable=int(capable.sum()),
        right=int(goes.sum()),
    )


def sweep(
    wanted: Sequence[Cell], path: Path, *, runs: int = 512, steps: int = 2_000, seed: int = 0
) -> Iterator[Row]:
    """Yield the row of each cell that the file lacks, once it is in the file.

    Raises:
        BadRequest: the file has rows of other runs, steps or seed, or is no table of this study.
    """
    rows = read(path)
    settings = {"runs": runs, "steps": steps, "seed": seed}
    for row in rows:
        other = {name: getattr(row, name) for name in settings}
        if other != settings:
            raise BadRequest(
                f"{path} holds cells of {other}, and {settings} is asked for; one table has one of "
                "each. Name another file, or ask for what this one holds."
            )
    known = {row.cell for row in rows}
    for cell in wanted:
        if cell not in known:
            row = measure(cell, runs=runs, steps=steps, seed=seed)
            append(path, row)
            yield row


def main(
    *,
    csv: Path,
    svg: Path | None = None,
    curves: Path | None = None,
    runs: int = 512,
    steps: int = 2_000,
    seed: int = 0,
) -> None:
    """Compute the cells of the table that the CSV lacks, and draw the figures.

    Args:
        csv: the table; cells are added as they are done, so Ctrl-C keeps what is there.
        svg: where the figure along each axis goes; none without it.
        curves: where that of the whole table goes; none without it.
        runs: initialisations in each cell.
        steps: of gradient ascent.
        seed: of the initialisations.
    """
    console = Console(stderr=True, highlight=False)
    wanted = cells()
    done = len({row.cell for row in read(csv)} & set(wanted))
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task("cells", total=len(wanted), completed=done)
        for row in sweep(wanted, csv, runs=runs, steps=steps, seed=seed):
            bar.update(task, advance=1, description=said(row))
    for path, figure in ((svg, draw_table), (curves, draw_curves)):
        if path is not None:
            figure(read(csv), path)


if __name__ == "__main__":
    command(main, "mesascope.studies.coin_line")
