"""What can be wrong with the arrays of a process; the message names the array, index and value."""

from mesascope.core.errors import MesascopeError


class BadArray(MesascopeError, ValueError):
    """An array that is no part of a decision process.

    Attributes:
        array: the name of the array.
        index: where in it the first offence lies; None where the array as a whole offends.
    """

    def __init__(self, message: str, array: str, index: tuple[int, ...] | None = None) -> None:
        super().__init__(message)
        self.array = array
        self.index = index


class NoTermination(MesascopeError, ValueError):
    """Nothing is discounted, and some policy never reaches a terminal state."""


class BadFile(MesascopeError, ValueError):
    """A file that holds no process."""
