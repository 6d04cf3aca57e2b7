"""mesascope: an instrument for inner alignment.

`audit` takes a learned system apart and says, with every assumption on a ledger, whether the
objective that it pursues is the one that it was selected for. Importing this module is cheap:
everything heavy is loaded on first use.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mesascope.studies.audit import audit
    from mesascope.studies.compare import compare
    from mesascope.studies.goals import goals
    from mesascope.studies.run import run

__version__ = "0.1.0"
__all__ = ["__version__", "audit", "compare", "goals", "run"]

_HOMES = {
    "audit": "mesascope.studies.audit",
    "compare": "mesascope.studies.compare",
    "goals": "mesascope.studies.goals",
    "run": "mesascope.studies.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mesascope' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
