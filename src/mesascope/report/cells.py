"""What a picture of a level is made of, as inline SVG: walls, marks of what stands there, ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from mesascope.records.policy import PictureRecord
from mesascope.report.format import printable

CELL = 26  # pixels
WALL = "#"
_COLOURS = ("third", "mesa", "base", "fourth")
_NAMED = {
    "blue": "base", "green": "good", "grey": "soft", "purple": "fourth", "red": "mesa",
    "yellow": "third", "lava": "mesa",
}  # fmt: skip
_SHAPES = (
    '<path d="M-8 7L0-8 8 7z"/>',
    '<path d="M-7-7H7V7H-7z"/>',
    '<path d="M0-9L9 0 0 9-9 0z"/>',
    '<circle r="8" class="open"/>',
    '<path class="open" d="M-7-7H7V7H-7z"/>',
    '<path class="open" d="M-7-7L7 7M-7 7L7-7"/>',
)
_WAYS = ("base", "mesa", "third", "fourth")
_ASIDES = (-3, 3, -6, 6)  # pixels; never 0, which is the way that was taken
Cell = tuple[int, int]


@dataclass(frozen=True)
class Thing:
    """What stands in a level: its name, and how it is drawn, in the picture and in the key."""

    name: str
    mark: Markup


def svg(level: PictureRecord, parts: Sequence[Markup], label: str, steps: str) -> Markup:
    """Return a picture of a level.

    Args:
        level: how large it is.
        parts: from the back to the front.
        label: what is to be seen, in words.
        steps: where the agent is, step by step, for `play.js`; empty where nothing moves.
    """
    width, height = CELL * len(level.cells[0]), CELL * len(level.cells)
    opening = Markup(
        '<svg class="maze" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" '
        'aria-label="{2}" data-steps="{3}">'
    ).format(width, height, printable(label), steps)
    return opening + Markup("").join(parts) + Markup("</svg>")


def ground(level: PictureRecord) -> Markup:
    """Return the walls."""
    walls = [
        Markup("M{} {}h{}v{}h-{}z").format(j * CELL, i * CELL, CELL, CELL, CELL)
        for i, row in enumerate(level.cells)
        for j, text in enumerate(row)
        if text == WALL
    ]
    return Markup('<path class="wall" d="{}"/>').format(Markup("").join(walls))


def things_in(text: str) -> list[str]:
    """Return the names of what stands in a cell."""
    return [] if text in ("", WALL) else text.split("+")


def names_in(frames: Sequence[Sequence[Sequence[str]]], agent: Sequence[str] = ()) -> list[str]:
    """Return the names of what stands anywhere, but for the agent, in the order they are met."""
    found = (name for rows in frames for row in rows for text in row for name in things_in(text))
    return [name for name in dict.fromkeys(found) if name not in agent]


def marks_of(names: Sequence[str]) -> dict[str, Markup]:
    """Return a mark for each name, in the colour that is in the name if there is one."""
    marks = {}
    for i, name in enumerate(names):
        told = (_NAMED[word] for word in name.split() if word in _NAMED)
        colour = next(told, _COLOURS[i % len(_COLOURS)])
        shape = Markup(_SHAPES[i % len(_SHAPES)])
        marks[name] = Markup('<g class="thing of-{}">{}</g>').format(colour, shape)
    return marks


def at(mark: Markup, cell: Cell, present: str) -> Markup:
    """Return a mark in a cell, with the frames in which it is there; empty for all."""
    x, y = middle(cell)
    return Markup('<g transform="translate({} {})" data-present="{}">{}</g>').format(
        x, y, present, mark
    )


def ways_of(others: Mapping[str, Sequence[Cell]]) -> tuple[list[Markup], list[tuple[str, str]]]:
    """Return the lines of the ways that are optimal for goals, and names of their colours."""
    lines, named = [], []
    for i, (goal, way) in enumerate(others.items()):
        if len(way) < 2:  # nothing is to be gained
            continue
        colour = _WAYS[i % len(_WAYS)]
        named.append((goal, colour))
        lines.append(line(way, f"way of-{colour} dashes-{i % 3}", _ASIDES[i % len(_ASIDES)]))
    return lines, named


def middle(cell: Cell) -> Cell:
    """Return the middle of a cell, x and y in pixels."""
    return int((cell[1] + 0.5) * CELL), int((cell[0] + 0.5) * CELL)


def line(way: Sequence[Cell], kind: str, aside: int) -> Markup:
    """Return a way as a line, a little aside so that ways that coincide can be told apart."""
    points = " ".join(f"{x + aside},{y + aside}" for x, y in map(middle, way))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, escape(points))
