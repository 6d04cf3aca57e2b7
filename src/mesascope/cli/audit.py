"""`mesascope audit`: one system, brought along as text or as `module:function`."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from mesascope.cli.given import option, was_given
from mesascope.cli.page import ready, written
from mesascope.cli.told import tell_audit
from mesascope.core.errors import BadRequest
from mesascope.studies.brought import audit_brought

_TASK = "tictactoe/random-opponent"


def audit_command(
    system: str, asked: dict[str, Any], played: dict[str, Any], *, report: Path | None, json: bool
) -> int:
    """Audit a system; print the verdict and write the report if one was asked for.

    Args:
        system: a program's text, or `module:attribute`.
        asked: for `audit_brought`, by name.
        played: what was said of how a policy is played, which no program is.
        report: where the page is written.
        json: print the record instead.
    """
    from rich.console import Console

    if odd := [option(name) for name, value in played.items() if was_given(value)]:
        raise BadRequest(
            f"{', '.join(odd)}: for policies alone, which need --env; a program's audit takes "
            "--task, --report, --seed, --quick and --json"
        )

    ready(report)
    console = Console(stderr=True, highlight=False)
    # What the audited code prints is not our output.
    with (
        console.status("auditing", spinner="dots") as status,
        redirect_stdout(sys.stderr),
    ):
        result = audit_brought(
            system, **{**asked, "task": asked["task"] or _TASK}, say=status.update
        )
    with written(result, report) as page:
        if json:
            print(result.record.model_dump_json())
        else:
            tell_audit(result.record)
            if page is not None:
                print(f"\nReport  {page}")
    return 0
