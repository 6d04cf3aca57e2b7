"""Which options were given, and how they are written."""

from typing import Any

_WRITTEN = {  # those that have another name there
    **{"opponents": "opponent", "shifts": "shift"},  # as they may be repeated
    "deterministic": "greedy",
}


def was_given(value: Any) -> bool:
    """Whether an option was given; 0 is something, and equal to False."""
    return not (value is None or value is False or value in ("", (), []))


def option(name: str) -> str:
    """Return an option as it is written on the command line."""
    return f"--{_WRITTEN.get(name, name).replace('_', '-')}"
