"""What can go wrong while a policy plays, with what was seen until then."""

from mesascope.core.errors import MesascopeError
from mesascope.processes.seen import Seen


class PlayStopped(MesascopeError, RuntimeError):
    """Play came to a stop before it was done; the original error is the cause.

    Attributes:
        so_far: the episodes that had ended, or None where none had.
        before: what was seen on distributions that were played to the end before this one.
    """

    def __init__(self, message: str, so_far: Seen | None) -> None:
        super().__init__(message)
        self.so_far = so_far
        self.before: tuple[Seen, ...] = ()


def stopped(cause: BaseException, so_far: Seen | None) -> PlayStopped:
    """Return the error that keeps what was seen. Raise it `from cause`."""
    kept = 0 if so_far is None else len(so_far.level_of)
    said = (str(cause) or type(cause).__name__).rstrip(".")
    many = "1 episode that had ended is" if kept == 1 else f"{kept} episodes that had ended are"
    return PlayStopped(f"{said}. The {many} kept in `so_far`.", so_far)


class PlayInterrupted(KeyboardInterrupt):
    """Ctrl-C while a policy played, or was judged. It is a KeyboardInterrupt to all who catch one.

    Attributes:
        so_far: the episodes that had ended, or None where none had.
        before: what was seen on distributions that were played to the end before this one.
    """

    def __init__(self, so_far: Seen | None, before: tuple[Seen, ...] = ()) -> None:
        super().__init__()
        self.so_far = so_far
        self.before = before
