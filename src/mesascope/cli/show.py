"""`mesascope show`: what a run directory holds."""

from pathlib import Path

from rich.console import Console

from mesascope.cli.told import tell_run
from mesascope.cli.told_policies import tell_audited
from mesascope.records.run import RunRecord
from mesascope.store import BadRun, RunDirectory


def show_command(path: Path, *, json: bool) -> int:
    """Print a finished run, or how far an unfinished one is."""
    directory = RunDirectory.open(path)
    record = directory.read_result()
    if record is not None:
        if json:
            print(record.model_dump_json())
        elif isinstance(record, RunRecord):
            tell_run(record, directory)
        else:
            tell_audited(record, report=directory.report, directory=directory.path)
        return 0
    if json:
        raise BadRun(
            f"{path} has not ended, so there is no record to print. Go on with it by "
            f"`{directory.resume_command}`."
        )
    console = Console(highlight=False)
    checkpoint = directory.read_checkpoint()
    if checkpoint is None:
        console.print("It has not come to a checkpoint yet.")
    else:
        for warning in checkpoint.warnings:
            console.print(warning)
        steps, scored = checkpoint.state.get("steps"), checkpoint.state.get("evaluations", 0)
        done = f"{scored:,} programs scored" if steps is None else f"{steps:,} steps of training"
        console.print(f"Not ended: {done} so far.")
    console.print(f"Go on with: {directory.resume_command}", soft_wrap=True)
    return 0
