"""`mesascope show`: what a run directory holds."""

from pathlib import Path

from rich.console import Console

from mesascope.cli.told import tell_run
from mesascope.store import BadRun, RunDirectory


def show_command(path: Path, *, json: bool) -> int:
    """Print a finished run, or how far an unfinished one is."""
    directory = RunDirectory.open(path)
    record = directory.read_result()
    if record is not None:
        if json:
            print(record.model_dump_json())
        else:
            tell_run(record, directory)
        return 0
    if json:
        raise BadRun(
            f"{path} has not ended, so there is no record to print. Go on with it by "
            f"`{directory.resume_command}`."
        )
    console = Console(highlight=False)
    checkpoint = directory.read_checkpoint()
    if checkpoint is None:
        console.print("Nothing was searched yet.")
    else:
        for warning in checkpoint.warnings:
            console.print(warning)
        done = checkpoint.state.get("evaluations", 0)
        console.print(f"Not ended: {done:,} programs scored so far.")
    console.print(f"Go on with: {directory.resume_command}", soft_wrap=True)
    return 0
