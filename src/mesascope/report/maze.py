"""Levels as inline SVG: what stands where, the ways that were and could have been taken, values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from mesascope.records.policy import EpisodeRecord, PictureRecord
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
_ROUND = Markup('<circle r="6"/>')
_FACING = Markup('<path d="M-6-6.5L9 0-6 6.5-3 0z"/>')  # to the right
_WAYS = ("base", "mesa", "third", "fourth")
_ASIDES = (-3, 3, -6, 6)  # pixels; never 0, which is the way that was taken
Cell = tuple[int, int]


@dataclass(frozen=True)
class Thing:
    """What stands in a level: its name, and how it is drawn, in the picture and in the key."""

    name: str
    mark: Markup


@dataclass(frozen=True)
class Scene:
    """An episode, laid out.

    Attributes:
        episode: its record.
        picture: the level with the ways in it.
        things, ways: the key of the picture: marks with names, and names of the ways' colours.
        maps: a picture of what getting to each cell is worth, by goal.
    """

    episode: EpisodeRecord
    picture: Markup
    things: list[Thing]
    ways: list[tuple[str, str]]
    maps: list[tuple[str, Markup]]


def scene(episode: EpisodeRecord) -> Scene:
    """Lay an episode out."""
    agent = _agent(episode)
    names = _names(episode.frames, agent)
    marks = _marks(names)
    parts = [_ground(episode.level)]
    ways = []
    for i, (goal, way) in enumerate(episode.others.items()):
        colour = _WAYS[i % len(_WAYS)]
        ways.append((goal, colour))
        parts.append(_line(way, f"way of-{colour} dashes-{i % 3}", _ASIDES[i % len(_ASIDES)]))
    parts.append(_line(episode.path, "went", 0))
    parts += _standing(episode, agent, marks)
    if episode.parts is not None:
        x, y = _middle(episode.path[episode.parts])
        parts.append(Markup('<circle class="parting" cx="{}" cy="{}" r="12"/>').format(x, y))
    ways_faced = episode.turned or [0] * len(episode.path)
    places = [(*_middle(cell), way) for cell, way in zip(episode.path, ways_faced, strict=True)]
    body = _FACING if episode.turned else _ROUND
    parts.append(
        Markup('<g class="agent" data-agent transform="translate({} {}) rotate({})">{}</g>')
        .format(*places[-1], body)
    )  # fmt: skip
    steps = " ".join(f"{x},{y},{way}" for x, y, way in places)
    return Scene(
        episode=episode,
        picture=_svg(episode.level, parts, episode.title, steps),
        things=[
            Thing(
                printable(", ".join(agent) or "agent"),
                Markup('<g class="agent">{}</g>').format(body),
            ),
            *[Thing(printable(name), mark) for name, mark in marks.items()],
        ],
        ways=ways,
        maps=[(goal, value_map(episode.level, goal)) for goal in episode.level.values],
    )


def value_map(level: PictureRecord, goal: str) -> Markup:
    """Return how much getting to each cell is worth by a goal; darker is more."""
    grid = level.values[goal]
    known = [value for row in grid for value in row if value is not None]
    # Where nothing is left to gain is 0, far from all else: the shades are for the rest.
    some = [value for value in known if value != 0.0] or known or [0.0]
    low, high = min(some), max(some)
    parts = [_ground(level)]
    for i, row in enumerate(grid):
        for j, value in enumerate(row):
            if value is not None:
                square = (
                    '<rect class="worth" x="{}" y="{}" width="{}" height="{}" opacity="{:.2f}"/>'
                )
                parts.append(
                    Markup(square).format(j * CELL, i * CELL, CELL, CELL, _shade(value, low, high))
                )
    return _svg(level, parts, f"what getting to each cell is worth by {goal}", "")


def _shade(value: float, low: float, high: float) -> float:
    """Return how dark a value is, of those between two."""
    if value < low:
        return 0.02
    share = (value - low) / (high - low) if high > low else 0.0
    return 0.12 + 0.8 * min(share, 1.0)


def still(level: PictureRecord) -> tuple[Markup, list[Thing]]:
    """Return a level without an episode, and its key."""
    names = _names([level.cells], [])
    marks = _marks(names)
    parts = [_ground(level)]
    for i, row in enumerate(level.cells):
        for j, text in enumerate(row):
            parts += [_at(marks[name], (i, j), "") for name in _things(text)]
    drawn = _svg(level, parts, "a level", "")
    return drawn, [Thing(printable(name), mark) for name, mark in marks.items()]


def _svg(level: PictureRecord, parts: Sequence[Markup], label: str, steps: str) -> Markup:
    width, height = CELL * len(level.cells[0]), CELL * len(level.cells)
    opening = Markup(
        '<svg class="maze" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" '
        'aria-label="{2}" data-steps="{3}">'
    ).format(width, height, printable(label), steps)
    return opening + Markup("").join(parts) + Markup("</svg>")


def _ground(level: PictureRecord) -> Markup:
    walls = [
        Markup("M{} {}h{}v{}h-{}z").format(j * CELL, i * CELL, CELL, CELL, CELL)
        for i, row in enumerate(level.cells)
        for j, text in enumerate(row)
        if text == WALL
    ]
    return Markup('<path class="wall" d="{}"/>').format(Markup("").join(walls))


def _things(text: str) -> list[str]:
    return [] if text in ("", WALL) else text.split("+")


def _names(frames: Sequence[Sequence[Sequence[str]]], agent: Sequence[str]) -> list[str]:
    found = (name for rows in frames for row in rows for text in row for name in _things(text))
    return [name for name in dict.fromkeys(found) if name not in agent]


def _agent(episode: EpisodeRecord) -> list[str]:
    """Return what is wherever the agent is, in every frame."""
    seen = [
        set(_things(rows[i][j])) for rows, (i, j) in zip(episode.frames, episode.path, strict=True)
    ]
    return sorted(set.intersection(*seen)) if seen else []


def _marks(names: Sequence[str]) -> dict[str, Markup]:
    """Return a mark for each name, in the colour that is in the name if there is one."""
    marks = {}
    for i, name in enumerate(names):
        told = (_NAMED[word] for word in name.split() if word in _NAMED)
        colour = next(told, _COLOURS[i % len(_COLOURS)])
        shape = Markup(_SHAPES[i % len(_SHAPES)])
        marks[name] = Markup('<g class="thing of-{}">{}</g>').format(colour, shape)
    return marks


def _at(mark: Markup, cell: Cell, present: str) -> Markup:
    x, y = _middle(cell)
    return Markup('<g transform="translate({} {})" data-present="{}">{}</g>').format(
        x, y, present, mark
    )


def _standing(
    episode: EpisodeRecord, agent: Sequence[str], marks: Mapping[str, Markup]
) -> list[Markup]:
    """Return everything that stands somewhere, with the frames in which it does."""
    present: dict[tuple[str, Cell], list[int]] = {}
    for time, rows in enumerate(episode.frames):
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                for name in _things(text):
                    if name not in agent:
                        present.setdefault((name, (i, j)), []).append(time)
    total = len(episode.frames)
    return [
        _at(marks[name], cell, "" if len(times) == total else " ".join(map(str, times)))
        for (name, cell), times in present.items()
    ]


def _middle(cell: Cell) -> Cell:
    return int((cell[1] + 0.5) * CELL), int((cell[0] + 0.5) * CELL)


def _line(way: Sequence[Cell], kind: str, aside: int) -> Markup:
    """Return a way as a line, a little aside so that ways that coincide can be told apart."""
    points = " ".join(f"{x + aside},{y + aside}" for x, y in map(_middle, way))
    return Markup('<polyline class="{}" points="{}"/>').format(kind, escape(points))
