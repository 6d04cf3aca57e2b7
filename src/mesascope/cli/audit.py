"""`mesascope audit`: one system, brought along as text or as `module:function`."""

import sys
from contextlib import redirect_stdout
from pathlib import Path

from mesascope.cli.page import written
from mesascope.cli.told import tell_audit
from mesascope.store.atomic import must_be_writable
from mesascope.studies.brought import audit_brought


def audit_command(
    system: str, *, task: str, report: Path | None, seed: int, quick: bool, json: bool
) -> int:
    """Audit a system; print the verdict and write the report if one was asked for."""
    from rich.console import Console

    if report is not None:
        must_be_writable(report)
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
    with written(result, report):
        if json:
            print(result.record.model_dump_json())
        else:
            tell_audit(result.record)
    if report is not None and not json:
        print(f"\nReport  {report}")
    return 0
