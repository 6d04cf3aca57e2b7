"""The main job: search, look inside what was found, judge it, and write it all down."""

import time
from pathlib import Path

from mesascope.auditing.audit import Case, audit
from mesascope.core.optimizer import Progress
from mesascope.organisms.catalogue import organism as build
from mesascope.organisms.organism import Organism
from mesascope.records.run import RunRecord
from mesascope.store import RunDirectory
from mesascope.studies.calibration import false_positives
from mesascope.studies.environment import environment
from mesascope.studies.findings import next_commands, search_record
from mesascope.studies.request import Request, audit_settings

CHECKPOINT_SECONDS = 1.0


class Watcher:
    """Told how a run goes. Override what you care about."""

    def opened(self, directory: RunDirectory) -> None:
        """The run directory is there, and an interrupted run can be resumed from now on."""

    def searching(self, organism: Organism, progress: Progress, seconds: float) -> None:
        """A search has come this far."""

    def saying(self, text: str) -> None:
        """Something begins."""


def run(
    request: Request | RunDirectory,
    *,
    output: Path | None = None,
    watcher: Watcher | None = None,
) -> tuple[RunRecord, RunDirectory]:
    """Run an organism, or go on with a run.

    Args:
        request: what to run, or the directory of a run that was cut short.
        output: the directory to make; by default one under `mesascope-runs`.
        watcher: told of progress.

    Raises:
        UnknownName: no such organism or preset; did you mean …
        BadRun: the directory cannot be used.
        KeyboardInterrupt: passed on after the search's state was written.
    """
    watcher = watcher or Watcher()
    if isinstance(request, RunDirectory):
        directory = request
        request = Request.from_config(directory.marker.config)
        organism = build(request.organism, request.preset, request.wishes)
    else:
        organism = build(request.organism, request.preset, request.wishes)
        config = request.config(organism)
        make = RunDirectory.create_default
        directory = (
            make(config, environment())
            if output is None
            else RunDirectory.create(output, config, environment())
        )
    watcher.opened(directory)
    with directory:
        finished = directory.read_result()
        if isinstance(finished, RunRecord):
            return finished, directory
        return _run_in(directory, request, organism, watcher), directory


def _run_in(
    directory: RunDirectory, request: Request, organism: Organism, watcher: Watcher
) -> RunRecord:
    began = time.perf_counter()
    settings = audit_settings(request.seed, quick=request.quick)
    progress = _search(directory, request, organism, watcher)
    seconds = time.perf_counter() - began
    if progress.best is None:
        raise RuntimeError("the search scored nothing; give it a budget of at least 1")
    sweep = _sweep(request, organism, watcher)
    audited, identical = organism.rivals(progress.best.source)
    audits = []
    for source in audited:
        system = organism.system_of(source)
        watcher.saying(f"auditing {system.name}")
        provenance = (
            f"Found by {organism.optimizer.name} under {organism.base.name}: learned, not "
            "hard-coded, by the record of this run."
        )
        if source != progress.best.source:
            provenance = (
                f"Not distinguished from the winner by the training distribution ({provenance})"
            )
        case = Case(
            system=system,
            task=organism.task,
            base=organism.base,
            family=organism.family,
            provenance=provenance,
            population=organism.population,
            false_positives=false_positives(),
        )
        audits.append(audit(case, settings, watcher.saying).record)
    record = RunRecord(
        title=f"{organism.name}: {organism.preset}",
        story=organism.story,
        config=directory.marker.config,
        environment=environment(),
        search=search_record(organism, progress, sweep, identical, seconds),
        audits=audits,
        next_commands=next_commands(organism, request, progress.best.source),
        seconds=time.perf_counter() - began,
    )
    from mesascope.report import render  # matplotlib is slow to import, and only needed here

    watcher.saying("writing the report")
    directory.write_report(render(record))
    directory.write_result(record)
    return record


def _search(
    directory: RunDirectory, request: Request, organism: Organism, watcher: Watcher
) -> Progress:
    """Search from the last checkpoint on, writing one about every second."""
    checkpoint = directory.read_checkpoint()
    state = None
    if checkpoint is not None:
        for warning in checkpoint.warnings:
            watcher.saying(warning)
        state = checkpoint.state
    budget = organism.budget if request.budget is None else request.budget
    began = written = time.perf_counter()
    progress: Progress | None = None
    try:
        for progress in organism.optimizer.search(seed=request.seed, budget=budget, resume=state):
            now = time.perf_counter()
            watcher.searching(organism, progress, now - began)
            if now - written >= CHECKPOINT_SECONDS:
                directory.write_checkpoint(progress.state)
                written = now
    finally:
        if progress is not None:
            directory.write_checkpoint(progress.state)
    if progress is None:
        raise RuntimeError("the search yielded no progress; this is a bug in the optimizer")
    return progress


def _sweep(request: Request, organism: Organism, watcher: Watcher) -> dict[str, Progress]:
    """Search once more under each other charge, with the same seed and budget."""
    budget = organism.budget if request.budget is None else request.budget
    ended = {}
    for charge, optimizer in organism.sweep.items():
        watcher.saying(f"the same search at a charge of {charge}")
        for progress in optimizer.search(seed=request.seed, budget=budget):
            ended[charge] = progress
    return ended
