"""The table of the coin line: conditions, counts with intervals, and the CSV that holds them."""

from dataclasses import asdict, dataclass
from pathlib import Path

from mesascope.core.interval import Interval
from mesascope.evidence.shares import share
from mesascope.studies.table_file import append_lines, read_rows


@dataclass(frozen=True)
class Cell:
    """A condition: the share ε of disambiguating episodes, L, hidden width, initial scale."""

    epsilon: float
    length: int = 4
    width: int = 32
    scale: float = 0.5


@dataclass(frozen=True)
class Row:
    """What was counted in a cell.

    Attributes:
        epsilon, length, width, scale: the cell.
        runs, steps, seed: initialisations, steps of each, and what they were drawn from.
        capable: runs whose return is at least .95.
        right: those of them that go right at the probe with probability above ½.
    """

    epsilon: float
    length: int
    width: int
    scale: float
    runs: int
    steps: int
    seed: int
    capable: int
    right: int

    @property
    def cell(self) -> Cell:
        """The condition."""
        return Cell(self.epsilon, self.length, self.width, self.scale)

    @property
    def capability(self) -> Interval:
        """The share of runs that learned the task, with its 95 % Wilson interval."""
        return share(self.capable, self.runs)

    @property
    def goal(self) -> Interval | None:
        """P(right at the probe | learned the task), likewise; None where no run did."""
        return share(self.right, self.capable) if self.capable else None


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file, none if it does not exist.

    Raises:
        BadRequest: it is no table of this study, or its folder does not exist.
    """
    return read_rows(path, _row, "the coin line")


def _row(line: dict[str, str]) -> Row:
    counts = ("length", "width", "runs", "steps", "seed", "capable", "right")
    return Row(
        epsilon=float(line["epsilon"]),
        scale=float(line["scale"]),
        **{name: int(line[name]) for name in counts},
    )


def append(path: Path, row: Row) -> None:
    """Add a row to a file, with shares and the ends of their intervals beside the counts."""
    figures = asdict(row)
    for name, found in (("capable", row.capability), ("right", row.goal)):
        ends = (found.estimate, found.low, found.high) if found else ()
        texts = [f"{x:.4f}" for x in ends] or ["", "", ""]
        figures |= zip((f"{name}_share", f"{name}_low", f"{name}_high"), texts, strict=True)
    append_lines(path, [figures])


def said(row: Row) -> str:
    """Return a cell as a line for a reader."""
    goal = "none" if row.goal is None else _span(row.goal)
    return (
        f"ε {row.epsilon:<4g} L {row.length}  width {row.width:<3} scale {row.scale:<4g}  "
        f"capable {_span(row.capability)}  right {goal}"
    )


def _span(found: Interval) -> str:
    return f"{found.estimate:.3f} [{found.low:.3f}, {found.high:.3f}]"
