"""A system that somebody names on the command line, audited on an organism's task."""

import re
from collections.abc import Callable

from mesascope.core.system import System
from mesascope.organisms.catalogue import organism as build
from mesascope.studies.request import audit_settings
from mesascope.studies.system import Result, audit_system
from mesascope.systems.loading import load_system
from mesascope.systems.programs.system import ProgramSystem

_IMPORTED = re.compile(r"[\w.]+:[\w.]+")


def audit_brought(
    system: str,
    *,
    task: str,
    seed: int = 0,
    quick: bool = False,
    say: Callable[[str], None] | None = None,
) -> Result:
    """Audit a program's text or `module:attribute` on the task of an organism's preset.

    Raises:
        UnknownName: no such organism or preset.
        MalformedProgram, CannotLoad: the system could not be read or loaded.
    """
    organism = build(task)
    subject: System
    provenance = "Brought along by the caller; how it came about was not said."
    if _IMPORTED.fullmatch(system.strip()):
        subject = load_system(system.strip())
    else:
        subject = ProgramSystem.of(system)
    return audit_system(
        subject,
        organism.task,
        base=organism.base,
        family=organism.family,
        population=organism.population,
        provenance=provenance,
        settings=audit_settings(seed, quick=quick),
        say=say,
    )
