"""`mesascope run`: the main job, with a live line of progress."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mesascope.core.errors import UnknownName
from mesascope.records.run import RunRecord
from mesascope.store import RunDirectory

if TYPE_CHECKING:
    from mesascope.cli.live import LiveWatcher


def run_command(
    *,
    organism: str | None,
    preset: str | None,
    seed: int,
    budget: int | None,
    output: Path | None,
    resume: Path | None,
    quick: bool,
    json: bool,
) -> int:
    """Run an organism or go on with a run; print the verdict and where the report is."""
    from mesascope.cli.live import LiveWatcher
    from mesascope.studies.run import Request, run

    if (organism is None) == (resume is None):
        raise UnknownName(
            "name an organism to run, such as 'mesascope run tictactoe', or a run to go on with, "
            "as in 'mesascope run --resume DIR'; one of the two. 'mesascope organisms' lists them"
        )
    request: Request | RunDirectory
    if resume is not None:
        request = RunDirectory.open(resume, write=True)
    else:
        assert organism is not None
        request = Request(organism, preset, seed, budget, quick)
    with LiveWatcher() as watcher:
        try:
            record, directory = run(request, output=output, watcher=watcher)
        except KeyboardInterrupt:
            watcher.stop()
            _say_how_to_go_on(watcher)
            raise
    _tell(record, directory, json=json)
    return 0


def _say_how_to_go_on(watcher: "LiveWatcher") -> None:
    if watcher.directory is not None:
        print(
            f"What was found is kept. Go on with: {watcher.directory.resume_command}",
            file=sys.stderr,
        )


def _tell(record: RunRecord, directory: RunDirectory, *, json: bool) -> None:
    from mesascope.cli.told import tell_run

    if json:
        print(record.model_dump_json())
        return
    tell_run(record, directory)
