"""Auditing a system of one's own: ten lines of Python, or one of the shell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mesascope.auditing.audit import UNKNOWN_PROVENANCE, Case
from mesascope.auditing.audit import audit as audit_case
from mesascope.auditing.settings import Settings
from mesascope.core.objective import BaseObjective
from mesascope.core.system import System
from mesascope.core.task import ShiftFamily, Task
from mesascope.core.verdict import Verdict
from mesascope.records.audit import AuditRecord
from mesascope.records.run import ConfigRecord, RunRecord
from mesascope.studies.calibration import false_positives
from mesascope.studies.environment import environment
from mesascope.systems.functions import as_system
from mesascope.systems.programs.system import ProgramSystem

Say = Callable[[str], None]


@dataclass(frozen=True)
class Result:
    """An audit of one system.

    Attributes:
        verdict: the lines and the ledger.
        record: everything, as plain data.
    """

    verdict: Verdict
    record: AuditRecord

    def report(self, path: str | Path) -> Path:
        """Write the report, one offline HTML file, and return where it is."""
        from mesascope.report import write

        path = Path(path)
        write(as_run(self.record, seed=0, command="mesascope.auditing", given={}), path)
        return path


def audit_system(
    system: Any,
    task: Task,
    *,
    base: BaseObjective,
    family: ShiftFamily | None = None,
    population: Sequence[System] = (),
    provenance: str = UNKNOWN_PROVENANCE,
    settings: Settings | None = None,
    say: Say | None = None,
) -> Result:
    """Audit a system on a task, against the base objective that it was selected by.

    Args:
        system: a function of an instance, or of an instance and a world; a class or object with
            `respond` or `value`; or a program's text. Your code is run.
        task: instances, utilities and named distributions: `train`, and the shifts.
        base: the criterion that selected the system.
        family: shifts that the search for the worst one may range over.
        population: other systems that could have been selected.
        provenance: where the system came from; declared, never detected.
        settings: thresholds, sample sizes and the seed.
        say: told what is going on.

    Raises:
        CannotLoad, MalformedProgram: it is not a system.
        SystemFailure, IllegalOutput, StepLimitExceeded: it misbehaved; says where.
    """
    subject = ProgramSystem.of(system) if isinstance(system, str) else as_system(system)
    case = Case(
        system=subject,
        task=task,
        base=base,
        family=family,
        provenance=provenance,
        population=population,
        false_positives=false_positives(),
    )
    found = audit_case(case, settings, say)
    return Result(found.verdict, found.record)


def as_run(record: AuditRecord, *, seed: int, command: str, given: dict[str, Any]) -> RunRecord:
    """Return a single audit as a run without a search, for the report."""
    return RunRecord(
        title=f"Audit of {record.system.name}",
        story="A system that somebody brought along; no search was run.",
        config=ConfigRecord(
            command=command, organism=record.task, preset="-", seed=seed, given=given, defaulted={}
        ),
        environment=environment(),
        search=None,
        audits=[record],
        next_commands=[],
        seconds=record.seconds,
    )
