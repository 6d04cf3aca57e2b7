"""What a picture of a level is made of, as inline SVG: walls, marks of what stands there, ways."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from mesascope.records.policy import PictureRecord
from mesascope.report.format import printable
from mesascope.report.looks import SHAPES, WALL, Look, Looks

CELL = 26  # units of a drawing, and pixels where it is not magnified
_SMALLEST, _MOST = 240, 2  # pixels that small grids are magnified to, and by how much at most
_SHAPES = (  # in the order of `SHAPES`
    '<path d="M-8 7L0-8 8 7z"/>',
    '<path d="M-7-7H7V7H-7z"/>',
    '<path d="M0-9L9 0 0 9-9 0z"/>',
    '<circle r="8" class="open"/>',
    '<path class="open" d="M-7-7H7V7H-7z"/>',
    '<path class="open" d="M-7-7L7 7M-7 7L7-7"/>',
    '<path class="open" d="M-8 7L0-8 8 7z"/>',
    '<path class="open" d="M0-9L9 0 0 9-9 0z"/>',
)
AGENT = Markup('<g class="agent"><circle r="6"/></g>')
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
    larger = min(max(1.0, _SMALLEST / max(width, height)), _MOST)
    opening = Markup(
        '<svg class="maze" viewBox="0 0 {} {}" width="{:.0f}" height="{:.0f}" role="img" '
        'aria-label="{}" data-steps="{}">'
    ).format(width, height, larger * width, larger * height, printable(label), steps)
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


def marks_of(looks: Mapping[str, Look]) -> dict[str, Markup]:
    """Return the mark of each name."""
    return {
        name: Markup('<g class="thing of-{}">{}</g>').format(
            look.colour, Markup(_SHAPES[look.shape % len(SHAPES)])
        )
        for name, look in looks.items()
    }


def at(mark: Markup, cell: Cell, present: str) -> Markup:
    """Return a mark in a cell, with the frames in which it is there; empty for all."""
    x, y = middle(cell)
    return Markup('<g transform="translate({} {})" data-present="{}">{}</g>').format(
        x, y, present, mark
    )


def ways_of(
    others: Mapping[str, Sequence[Cell]], looks: Looks
) -> tuple[list[Markup], list[tuple[str, Look]]]:
    """Return the lines of the ways that are optimal for goals, and the look of each."""
    lines, named = [], []
    for i, (goal, way) in enumerate(others.items()):
        if len(way) < 2:  # nothing is to be gained
            continue
        look = looks.of(goal)
        named.append((goal, look))
        kind = f"way of-{look.colour} dashes-{look.dashes}"
        lines.append(line(way, kind, _ASIDES[i % len(_ASIDES)]))
    return lines, named


def middle(cell: Cell) -> Cell:
    """Return the middle of a cell, x and y in pixels."""
    return int((cell[1] + 0.5) * CELL), int((cell[0] + 0.5) * CELL)


def line(way: Sequence[Cell], kind: str, aside: int) -> Markup:
    """Return a way as a line, a little aside so that ways that coincide can be told apart."""
    points = " ".join(f"{x + aside},{y + aside}" for x, y in map(middle, way))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, escape(points))
