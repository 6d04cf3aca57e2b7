"""A table in a CSV file that grows while a study runs, and the command around such a study."""

import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from cyclopts import App

from mesascope.core.errors import BadRequest, MesascopeError

Row = TypeVar("Row")


def read_rows(path: Path, made: Callable[[dict[str, str]], Row], what: str) -> list[Row]:
    """Return the rows of a file, none if it does not exist.

    Args:
        path: of the file.
        made: makes a row of the texts of a line by column; what it raises says that it is none.
        what: the table is, for messages.

    Raises:
        BadRequest: it is no such table, or its folder does not exist.
    """
    if not path.parent.is_dir():
        raise BadRequest(f"there is no folder {path.parent} to keep {path.name} in. Make it first.")
    if not path.exists():
        return []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [made(line) for line in csv.DictReader(file)]
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest(
            f"{path} is no table of {what}: {error!r}. Name another file, or remove it."
        ) from error


def append_lines(path: Path, lines: Sequence[Mapping[str, Any]]) -> None:
    """Add lines to a file, which gets a header if it is new."""
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerows(lines)


def command(main: Callable[..., None], module: str) -> None:
    """Run a study as `python -m MODULE`: Ctrl-C and errors end in a sentence."""
    app = App(name=f"python -m {module}", help=main.__doc__)
    app.default(main)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit("Interrupted. What is done is in the CSV; the same command goes on from there.")
    except MesascopeError as error:
        sys.exit(str(error))
