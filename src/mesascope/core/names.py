"""Looking a name up, with a helpful answer when it is not there."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

from mesascope.core.errors import UnknownName

T = TypeVar("T")


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownName:
    """Return the error for a name that is not among `known`."""
    choices = sorted(known)
    close = get_close_matches(name, choices, n=1)
    guess = f" Did you mean {close[0]!r}?" if close else ""
    return UnknownName(f"no {kind} {name!r}.{guess} There is: {', '.join(choices)}.")


def look_up(kind: str, name: str, table: Mapping[str, T]) -> T:
    """Return `table[name]`.

    Raises:
        UnknownName: with the closest known name and the list of all of them.
    """
    if name not in table:
        raise unknown_name(kind, name, table)
    return table[name]
