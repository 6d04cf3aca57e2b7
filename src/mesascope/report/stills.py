"""Designed levels as pictures, all with the same marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mesascope.records.policy import DesignedLevelRecord
from mesascope.report.cells import (
    AGENT,
    Thing,
    at,
    ground,
    line,
    marks_of,
    svg,
    ways_of,
)
from mesascope.report.format import printable
from mesascope.report.looks import Look, Looks, agent_on, names_in, things_in, things_on


@dataclass(frozen=True)
class Still:
    """A designed level, laid out.

    Attributes:
        level: its record.
        picture: of it, with the way that the policy took and the ways of goals; None where it has
            none.
        things, ways: the key of the picture, marks with names, and the looks of goals' ways.
    """

    level: DesignedLevelRecord
    picture: Markup | None
    things: list[Thing]
    ways: list[tuple[str, Look]]


def stills(levels: Sequence[DesignedLevelRecord], looks: Looks) -> list[Still]:
    """Lay designed levels out; what has a name has the same mark in all of them."""
    marks = marks_of({name: looks.things[name] for name in things_on(levels)})
    marks |= dict.fromkeys(agent_on(levels), AGENT)
    return [_still(level, marks, looks) for level in levels]


def _still(level: DesignedLevelRecord, marks: Mapping[str, Markup], looks: Looks) -> Still:
    if level.level is None:
        return Still(level, None, [], [])
    lines, ways = ways_of(level.ways, looks)
    parts = [ground(level.level), *lines]
    if level.played is not None and level.played.path:
        parts.append(line(level.played.path, "went", 0))
    for i, row in enumerate(level.level.cells):
        for j, text in enumerate(row):
            parts += [at(marks[name], (i, j), "") for name in things_in(text)]
    here = names_in([level.level.cells])
    things = [Thing(printable(name), mark) for name, mark in marks.items() if name in here]
    return Still(level, svg(level.level, parts, "a level", ""), things, ways)
