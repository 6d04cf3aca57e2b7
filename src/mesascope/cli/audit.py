"""`mesascope audit`: one system, brought along as text or as `module:function`."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

from mesascope.cli.page import ready, written
from mesascope.cli.told import tell_audit
from mesascope.studies.brought import audit_brought


def audit_command(
    system: str, *, task: str, report: Path | None, seed: int, quick: bool, json: bool
) -> int:
    """Audit a system; print the verdict and write the report if one was asked for."""
    from rich.console import Console

    ready(report)
    console = Console(stderr=True, highlight=False)
    # What the audited code prints is not our output.
    with (
        console.status("auditing", spinner="dots") as status,
        redirect_stdout(sys.stderr),
    ):
        result = audit_brought(
            system,
            task=task,
            seed=seed,
            quick=quick,
            say=status.update,
        )
    with written(result, report) as page:
        if json:
            print(result.record.model_dump_json())
        else:
            tell_audit(result.record)
            if page is not None:
                print(f"\nReport  {page}")
    return 0
