"""Errors of the bridge. Each names what was given, what was expected, and ends in what to do."""

from mesascope.core.errors import MesascopeError


class BadPair(MesascopeError, ValueError):
    """Two objectives on one instance whose values do not line up, or are no numbers."""
