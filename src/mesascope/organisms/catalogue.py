"""What can be run, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mesascope.core.names import look_up
from mesascope.organisms.organism import Organism, Wishes
from mesascope.organisms.presets import DEFAULT, PRESETS
from mesascope.organisms.tictactoe import tictactoe


@dataclass(frozen=True)
class Entry:
    """An organism in the catalogue.

    Attributes:
        description: one sentence.
        presets: each preset's story.
        default: the preset that is run when none is named.
        build: makes it, from a preset's name and a caller's wishes.
    """

    description: str
    presets: Mapping[str, str]
    default: str
    build: Callable[[str | None, Wishes | None], Organism]


CATALOGUE: Mapping[str, Entry] = {
    "tictactoe": Entry(
        description="Programs that value positions, searched for by how well they play.",
        presets={name: preset.story for name, preset in PRESETS.items()},
        default=DEFAULT,
        build=tictactoe,
    )
}


def organism(name: str, preset: str | None = None, wishes: Wishes | None = None) -> Organism:
    """Return an organism, named as `tictactoe` or `tictactoe/standard`.

    Raises:
        UnknownName: no such organism, preset or optimizer; did you mean …
        BadOpponent: a wish for an opponent cannot be read.
    """
    family, _, inner = name.partition("/")
    entry = look_up("organism", family, CATALOGUE)
    return entry.build(inner or preset, wishes)
