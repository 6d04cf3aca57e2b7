"""`mesascope run`: the main job, with a live line of progress."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mesascope.cli.given import option, was_given
from mesascope.cli.resumed import check_resumed
from mesascope.core.errors import BadRequest, UnknownName
from mesascope.core.names import look_up
from mesascope.records.run import RunRecord
from mesascope.store import RunDirectory

if TYPE_CHECKING:
    from mesascope.cli.live import LiveWatcher
    from mesascope.studies.request import Request
    from mesascope.studies.trained_request import TrainedRequest

_OF_POLICIES = ("share", "seeds")  # wishes that programs do not have


def start(
    organism: str | None,
    asked: dict[str, Any],
    wishes: dict[str, Any],
    *,
    output: Path | None,
    json: bool,
) -> int:
    """Run an organism."""
    from mesascope.organisms.catalogue import CATALOGUE
    from mesascope.organisms.organism import Wishes
    from mesascope.organisms.trained import TRAINED
    from mesascope.studies.request import Request

    if organism is None:
        raise UnknownName(
            "name an organism to run, such as 'mesascope run tictactoe', or a run to go on with, "
            "as in 'mesascope run --resume DIR'; 'mesascope organisms' lists what there is"
        )
    if _is_trained(organism):
        return _watch_training(_trained_request(organism, asked, wishes), output=output, json=json)
    look_up("organism", organism.partition("/")[0], {**CATALOGUE, **TRAINED})
    for name in _OF_POLICIES:
        if wishes.pop(name) is not None:
            raise BadRequest(f"--{name} is for worlds of levels; 'mesascope organisms' lists them")
    request = Request(organism=organism, wishes=Wishes(**wishes), **asked)
    return _watch(request, output=output, json=json)


def go_on(organism: str | None, resume: Path, asked: dict[str, Any], *, json: bool) -> int:
    """Go on with a run, as it was asked for when it was started."""
    check_resumed(RunDirectory.open(resume), organism, asked)
    directory = RunDirectory.open(resume, write=True)
    watch = _watch_training if _is_trained(directory.marker.config.organism) else _watch
    return watch(directory, output=None, json=json)


def _is_trained(organism: str) -> bool:
    """Whether an organism's systems are policies that are trained."""
    from mesascope.organisms.trained import TRAINED

    return organism.partition("/")[0] in TRAINED


def _trained_request(
    organism: str, asked: dict[str, Any], wishes: dict[str, Any]
) -> "TrainedRequest":
    from mesascope.studies.trained_request import TrainedRequest

    own = {name: wishes.pop(name) for name in _OF_POLICIES}
    unfit = [name for name, value in wishes.items() if was_given(value)]
    if unfit:
        raise BadRequest(
            f"{organism} trains a policy, and knows no {option(unfit[0])}; leave it out. It takes "
            "--preset, --seed, --seeds, --budget, --share, --quick and --output"
        )
    return TrainedRequest(organism=organism, **own, **asked)


def _watch_training(
    request: "TrainedRequest | RunDirectory", *, output: Path | None, json: bool
) -> int:
    from mesascope.cli.live import LiveWatcher
    from mesascope.cli.told_policies import tell_audited
    from mesascope.studies.trained import run_trained

    with LiveWatcher() as watcher:
        try:
            record, directory = run_trained(request, output=output, watcher=watcher)
        except KeyboardInterrupt:
            watcher.stop()
            _say_how_to_go_on(watcher)
            raise
    if json:
        print(record.model_dump_json())
    else:
        tell_audited(record, report=directory.report, directory=directory.path)
    return 0


def _watch(request: "Request | RunDirectory", *, output: Path | None, json: bool) -> int:
    from mesascope.cli.live import LiveWatcher
    from mesascope.studies.run import run

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
