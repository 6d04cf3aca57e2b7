"""How each goal looks wherever it is shown: one colour, one shape, one dash."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mesascope.records.policy import DesignedLevelRecord

COLOURS = ("base", "mesa", "third", "fourth", "good")
OTHER = "soft"  # the colour of what stands for no goal
SHAPES = "▲■◆○□×△◇"  # as a terminal shows them
AGENT = "●"
DASHES = 3  # of goals; what is none has another
WALL = "#"
_NAMED = {
    "blue": "base", "green": "good", "grey": "soft", "purple": "fourth", "red": "mesa",
    "yellow": "third", "lava": "mesa",
}  # fmt: skip


@dataclass(frozen=True)
class Look:
    """What a goal, or a thing in a level, is drawn in.

    Attributes:
        colour: its name.
        shape: number of its shape, of as many as `SHAPES` has.
        dashes: number of its line style.
    """

    colour: str
    shape: int
    dashes: int


@dataclass(frozen=True)
class Looks:
    """The looks of a page, by name.

    Attributes:
        goals: of each goal: of its way, its bar, its curve.
        things: of what stands in levels; what a goal is about looks like the goal.
    """

    goals: Mapping[str, Look]
    things: Mapping[str, Look]

    def of(self, goal: str) -> Look:
        """Return the look of a goal, or of what is none."""
        return self.goals.get(goal, Look(OTHER, len(self.goals) % len(SHAPES), DASHES))

    def within(self, series: str) -> tuple[str, str]:
        """Return the goal that a series' name begins with, and what follows a comma behind it."""
        for goal in sorted(self.goals, key=len, reverse=True):
            if series == goal or series.startswith(f"{goal}, "):
                return goal, series[len(goal) + 2 :]
        return series, ""


def looks_of(goals: Iterable[str], things: Iterable[str] = ()) -> Looks:
    """Return the looks of goals, and of things in levels.

    A thing has the colour that is in its name, if there is one, and its goal has it too; other
    goals take colours that are not so taken, as long as there are any.

    Args:
        goals: by name, in an order that is the same wherever they are shown.
        things: by name, in the order they are met.
    """
    names, seen = list(dict.fromkeys(goals)), list(dict.fromkeys(things))
    meant = {thing: _goal_of(thing, names) for thing in seen}
    told = {name: _colour_in(name) for name in [*names, *seen]}
    for thing, goal in meant.items():
        if goal is not None and told[goal] is None:
            told[goal] = told[thing]
    taken = {colour for colour in told.values() if colour is not None}
    order = sorted(COLOURS, key=lambda colour: colour in taken)
    free = iter(order * (1 + len(names) // len(order)))
    looks = {
        name: Look(told[name] or next(free), i % len(SHAPES), i % DASHES)
        for i, name in enumerate(names)
    }
    others, first = {}, dict.fromkeys(names, True)
    next_shape = len(names)
    for thing in seen:
        goal = meant[thing]
        colour = told[thing] or (OTHER if goal is None else looks[goal].colour)
        if goal is not None and first[goal]:
            first[goal] = False
            others[thing] = Look(colour, looks[goal].shape, 0)
            continue
        others[thing] = Look(colour, next_shape % len(SHAPES), 0)
        next_shape += 1
    return Looks(looks, others)


def agent_in(starts: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of what is wherever the agent is known to be."""
    return sorted(set.intersection(*map(set, starts))) if starts else []


def things_in(text: str) -> list[str]:
    """Return the names of what stands in a cell."""
    return [] if text in ("", WALL) else text.split("+")


def names_in(frames: Sequence[Sequence[Sequence[str]]], agent: Sequence[str] = ()) -> list[str]:
    """Return the names of what stands anywhere, but for the agent, in the order they are met."""
    found = (name for rows in frames for row in rows for text in row for name in things_in(text))
    return [name for name in dict.fromkeys(found) if name not in agent]


def agent_on(levels: Sequence[DesignedLevelRecord]) -> list[str]:
    """Return what stands where every way on the levels begins; nothing where no way is known."""
    starts = []
    for level in levels:
        played = [] if level.played is None else [level.played.path]
        for way in [*played, *level.ways.values()]:
            if way and level.level is not None:
                row, column = way[0]
                starts.append(things_in(level.level.cells[row][column]))
    return agent_in(starts)


def things_on(levels: Sequence[DesignedLevelRecord]) -> list[str]:
    """Return the names of what stands on any of the levels, but for the agent."""
    pictures = [level.level.cells for level in levels if level.level is not None]
    return names_in(pictures, agent_on(levels))


def _colour_in(name: str) -> str | None:
    return next((_NAMED[word] for word in name.replace(":", " ").split() if word in _NAMED), None)


def _goal_of(thing: str, goals: Sequence[str]) -> str | None:
    """Return the goal that a thing is of: `reach:goal` of `green goal`, `keys` of `key`."""
    words = _words(thing)
    for goal in goals:
        wanted = _words(goal.rpartition(":")[2])
        if goal == thing or (wanted and wanted <= words):
            return goal
    return None


def _words(name: str) -> set[str]:
    return {word if len(word) < 4 else word.removesuffix("s") for word in name.lower().split()}
