"""Designed levels as pictures, all with the same marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mesascope.records.policy import DesignedLevelRecord
from mesascope.report.cells import (
    Thing,
    at,
    ground,
    marks_of,
    names_in,
    svg,
    things_in,
    ways_of,
)
from mesascope.report.format import printable


@dataclass(frozen=True)
class Still:
    """A designed level, laid out.

    Attributes:
        level: its record.
        picture: of it, with the ways of goals; None where it has none.
        things, ways: the key of the picture, marks with names, and names of the ways' colours.
    """

    level: DesignedLevelRecord
    picture: Markup | None
    things: list[Thing]
    ways: list[tuple[str, str]]


def stills(levels: Sequence[DesignedLevelRecord]) -> list[Still]:
    """Lay designed levels out; what has a name has the same mark in all of them."""
    pictures = [level.level.cells for level in levels if level.level is not None]
    marks = marks_of(names_in(pictures))
    return [_still(level, marks) for level in levels]


def _still(level: DesignedLevelRecord, marks: Mapping[str, Markup]) -> Still:
    if level.level is None:
        return Still(level, None, [], [])
    lines, ways = ways_of(level.ways)
    parts = [ground(level.level), *lines]
    for i, row in enumerate(level.level.cells):
        for j, text in enumerate(row):
            parts += [at(marks[name], (i, j), "") for name in things_in(text)]
    here = names_in([level.level.cells])
    things = [Thing(printable(name), mark) for name, mark in marks.items() if name in here]
    return Still(level, svg(level.level, parts, "a level", ""), things, ways)
