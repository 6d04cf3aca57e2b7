"""Episodes as pictures: the way that was taken, those that could have been, values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mesascope.records.policy import EpisodeRecord, PictureRecord
from mesascope.report.cells import (
    CELL,
    Cell,
    Thing,
    at,
    ground,
    line,
    marks_of,
    middle,
    svg,
    ways_of,
)
from mesascope.report.format import printable
from mesascope.report.looks import WALL, Look, Looks, agent_in, names_in, things_in

_ROUND = Markup('<circle r="6"/>')
_FACING = Markup('<path d="M-6-6.5L9 0-6 6.5-3 0z"/>')  # to the right


@dataclass(frozen=True)
class Map:
    """A value map: whose, in which colour, and between which values its shades are.

    Attributes:
        blank: whether some cells that are no wall have no shade.
    """

    goal: str
    picture: Markup
    colour: str
    low: float
    high: float
    blank: bool


@dataclass(frozen=True)
class Scene:
    """An episode, laid out.

    Attributes:
        episode: its record.
        picture: the level with the ways in it.
        things, ways: the key of the picture: marks with names, and the looks of goals' ways.
        maps: what getting to each cell is worth, by goal.
    """

    episode: EpisodeRecord
    picture: Markup
    things: list[Thing]
    ways: list[tuple[str, Look]]
    maps: list[Map]


def scene(episode: EpisodeRecord, looks: Looks) -> Scene:
    """Lay an episode out."""
    agent = agent_of(episode)
    names = names_in(episode.frames, agent)
    marks = marks_of({name: looks.things[name] for name in names})
    lines, ways = ways_of(episode.others, looks)
    parts = [ground(episode.level), *lines]
    parts.append(line(episode.path, "went", 0))
    parts += _standing(episode, agent, marks)
    if episode.parts is not None:
        x, y = middle(episode.path[episode.parts])
        parts.append(Markup('<circle class="parting" cx="{}" cy="{}" r="12"/>').format(x, y))
    ways_faced = episode.turned or [0] * len(episode.path)
    places = [(*middle(cell), way) for cell, way in zip(episode.path, ways_faced, strict=True)]
    body = _FACING if episode.turned else _ROUND
    parts.append(
        Markup('<g class="agent" data-agent transform="translate({} {}) rotate({})">{}</g>')
        .format(*places[-1], body)
    )  # fmt: skip
    steps = " ".join(f"{x},{y},{way}" for x, y, way in places)
    return Scene(
        episode=episode,
        picture=svg(episode.level, parts, episode.title, steps),
        things=[
            Thing(
                printable(", ".join(agent) or "agent"),
                Markup('<g class="agent">{}</g>').format(body),
            ),
            *[Thing(printable(name), mark) for name, mark in marks.items()],
        ],
        ways=ways,
        maps=[map_of(episode.level, goal, looks) for goal in episode.level.values],
    )


def map_of(level: PictureRecord, goal: str, looks: Looks) -> Map:
    """Return the value map of a goal, with its scale."""
    colour = looks.of(goal).colour
    low, high = _ends(level, goal)
    blank = any(
        text != WALL and (value is None or value < low)
        for texts, row in zip(level.cells, level.values[goal], strict=True)
        for text, value in zip(texts, row, strict=True)
    )
    return Map(goal, value_map(level, goal, colour), colour, low, high, blank)


def _ends(level: PictureRecord, goal: str) -> tuple[float, float]:
    """Return the values that are lightest and darkest."""
    known = [value for row in level.values[goal] for value in row if value is not None]
    # Where nothing is left to gain is 0, far from all else: the shades are for the rest.
    some = [value for value in known if value != 0.0] or known or [0.0]
    return min(some), max(known or some)


def value_map(level: PictureRecord, goal: str, colour: str = "base") -> Markup:
    """Return how much getting to each cell is worth by a goal; darker is more."""
    grid = level.values[goal]
    low, high = _ends(level, goal)
    parts = [ground(level), Markup('<g class="of-{}">').format(colour)]
    for i, row in enumerate(grid):
        for j, value in enumerate(row):
            if value is not None:
                square = (
                    '<rect class="worth" x="{}" y="{}" width="{}" height="{}" opacity="{:.2f}"/>'
                )
                parts.append(
                    Markup(square).format(j * CELL, i * CELL, CELL, CELL, _shade(value, low, high))
                )
    parts.append(Markup("</g>"))
    return svg(level, parts, f"what getting to each cell is worth by {goal}", "")


def _shade(value: float, low: float, high: float) -> float:
    """Return how dark a value is, of those between two."""
    if value < low:
        return 0.02
    share = (value - low) / (high - low) if high > low else 0.0
    return 0.12 + 0.8 * min(share, 1.0)


def agent_of(episode: EpisodeRecord) -> list[str]:
    """Return what is wherever the agent is, in every frame."""
    return agent_in(
        [things_in(rows[i][j]) for rows, (i, j) in zip(episode.frames, episode.path, strict=True)]
    )


def _standing(
    episode: EpisodeRecord, agent: Sequence[str], marks: Mapping[str, Markup]
) -> list[Markup]:
    """Return everything that stands somewhere, with the frames in which it does."""
    present: dict[tuple[str, Cell], list[int]] = {}
    for time, rows in enumerate(episode.frames):
        for i, row in enumerate(rows):
            for j, text in enumerate(row):
                for name in things_in(text):
                    if name not in agent:
                        present.setdefault((name, (i, j)), []).append(time)
    total = len(episode.frames)
    return [
        at(marks[name], cell, "" if len(times) == total else " ".join(map(str, times)))
        for (name, cell), times in present.items()
    ]
