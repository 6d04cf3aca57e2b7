"""One distribution after the other is played; where that stops, what was seen is kept."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from mesascope.auditing.policies.cut import Cut
from mesascope.processes.seen import Seen
from mesascope.studies.pictures import Pictures, Stage
from mesascope.systems.playing.errors import PlayInterrupted, PlayStopped

ENOUGH = 5  # episodes of a distribution that was not played to the end, to judge it by
Stop = PlayStopped | PlayInterrupted


class _Named(Protocol):
    @property
    def name(self) -> str: ...


D = TypeVar("D", bound=_Named)


@dataclass(frozen=True, eq=False)
class Played:
    """What was seen on one distribution, and how to draw it."""

    seen: Seen
    stage: Stage


class Undrawn:
    """Draws nothing where play was cut short: what failed there may fail again."""

    def pictures(
        self, seen: Seen, episodes: Sequence[int], inferred: str | None, room: int
    ) -> Pictures:
        """Return none, and why."""
        return Pictures(why="play was cut short there")


@dataclass(eq=False)
class Kept:
    """Keeps what was seen where play comes to a stop, if it is enough to judge a policy by.

    Attributes:
        wanted: whether it does.
        say: told what is going on.
        stop: what play came to a stop by; None where it did not.
        cut: the same, in words.
    """

    wanted: bool = True
    say: Callable[[str], None] | None = None
    stop: Stop | None = None
    cut: Cut | None = None

    def until(self, stop: Stop, played: list[Played], names: Sequence[str]) -> list[Played]:
        """Return what can be judged, training first.

        Args:
            stop: what play came to a stop by.
            played: the distributions that were played to the end.
            names: of all that were to be played, in their order.

        Raises:
            PlayStopped, PlayInterrupted: that again, where nothing is to be kept, too little was
                seen in training, or another Ctrl-C comes meanwhile.
        """
        if not self.wanted:
            raise stop
        if self.say is not None:
            self.say("cut short: looking at what was seen until then; Ctrl-C ends that too")
        try:
            first = stop.first()
        except KeyboardInterrupt:
            raise stop from None
        if first is not None and len(first.level_of) >= ENOUGH:
            played = [*played, Played(first, Undrawn())]
        if not played:
            raise stop
        interrupted = isinstance(stop, PlayInterrupted)
        why = "interrupted" if interrupted else str(stop).strip().rstrip(".")
        self.stop = stop
        self.cut = Cut(names[len(stop.before)], why, tuple(names[len(played) :]))
        return played


def in_turn(
    distributions: Iterable[D], play: Callable[[D], Played], kept: Kept | None = None
) -> list[Played]:
    """Play one distribution after the other, training first.

    Args:
        distributions: where.
        play: plays one of them.
        kept: given what was seen where that comes to a stop.

    Raises:
        PlayStopped, PlayInterrupted: play came to a stop, and nothing keeps what was seen, or it
            is too little; `before` has what was played to the end.
    """
    found: list[Played] = []
    everywhere = list(distributions)
    try:
        for where in everywhere:
            found.append(play(where))
    except (PlayStopped, PlayInterrupted) as stop:
        stop.before = tuple(one.seen for one in found)
        if kept is None:
            raise
        return kept.until(stop, found, [where.name for where in everywhere])
    return found
