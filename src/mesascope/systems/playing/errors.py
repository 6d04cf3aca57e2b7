"""What can go wrong while a policy plays, with what was seen until then."""

from collections.abc import Callable

from mesascope.core.errors import MesascopeError
from mesascope.processes.seen import Seen

First = Callable[[], Seen | None]


def _none() -> None:
    return None


class PlayStopped(MesascopeError, RuntimeError):
    """Play came to a stop before it was done; the original error is the cause.

    Attributes:
        so_far: the episodes that had ended, or None where none had.
        first: returns of these what tells for the others too, or None: those that began first,
            for short ones end first. It enumerates their levels, which may take a second each.
        before: what was seen on distributions that were played to the end before this one.
    """

    def __init__(self, message: str, so_far: Seen | None, first: First = _none) -> None:
        super().__init__(message)
        self.so_far = so_far
        self.first = first
        self.before: tuple[Seen, ...] = ()


def stopped(cause: BaseException, so_far: Seen | None, first: First = _none) -> PlayStopped:
    """Return the error that keeps what was seen, and a note on that. Raise it `from cause`."""
    kept = 0 if so_far is None else len(so_far.level_of)
    many = "1 episode that had ended is" if kept == 1 else f"{kept} episodes that had ended are"
    stop = PlayStopped(str(cause) or type(cause).__name__, so_far, first)
    stop.add_note(f"The {many} kept in `so_far`.")
    return stop


class PlayInterrupted(KeyboardInterrupt):
    """Ctrl-C while a policy played, or was judged. It is a KeyboardInterrupt to all who catch one.

    Attributes:
        so_far, first, before: as `PlayStopped` has them.
    """

    def __init__(
        self, so_far: Seen | None, before: tuple[Seen, ...] = (), first: First = _none
    ) -> None:
        super().__init__()
        self.so_far = so_far
        self.first = first
        self.before = before
