"""What there is to look at of some episodes, and the sentence where there is nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mesascope.processes.seen import Seen
from mesascope.records.policy import EpisodeRecord, FilmRecord

Rows = list[list[str]]


@dataclass(frozen=True)
class Footage:
    """What an episode looked like.

    Attributes:
        frames: a picture for each step; frame 0 is the start.
        path: (row, column) of the agent in each.
        turned: by how many degrees it is turned in each; empty where it faces nowhere.
    """

    frames: list[Rows]
    path: list[tuple[int, int]]
    turned: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Pictures:
    """Episodes to look at.

    Attributes:
        episodes: drawn.
        films: rendered.
        why: there are none, or fewer than were asked for; empty where there are all.
    """

    episodes: Sequence[EpisodeRecord] = ()
    films: Sequence[FilmRecord] = ()
    why: str = ""


class Stage(Protocol):
    """What can draw the episodes of one distribution."""

    def pictures(
        self, seen: Seen, episodes: Sequence[int], inferred: str | None, room: int
    ) -> Pictures:
        """Return pictures of some episodes.

        Args:
            seen: of the distribution.
            episodes: which.
            inferred: the goal whose value is mapped beside the base objective's, if it is another.
            room: characters that a film of one episode may take.
        """
        ...


def title_of(seen: Seen, episode: int) -> str:
    """Return in a line which episode this is and what it was worth."""
    level = int(seen.level_of[episode])
    seed = f" (seed {seen.seeds[level]})" if seen.seeds else ""
    found = zip(seen.goals, seen.returns[episode].tolist(), strict=True)
    worth = ", ".join(f"{name} {amount:.2f}" for name, amount in found)
    return f"Level {level + 1} of {seen.name}{seed}: returns {worth}"


def without(found: Sequence[tuple[str, Pictures]]) -> str:
    """Return in a sentence of which distributions there are no pictures, and why not."""
    reasons: dict[str, list[str]] = {}
    for name, pictures in found:
        if pictures.why:
            reasons.setdefault(" ".join(pictures.why.split()).rstrip("."), []).append(name)
    said = [
        f"There are no pictures of {' and '.join(names)}: {why}." for why, names in reasons.items()
    ]
    return " ".join(said)
