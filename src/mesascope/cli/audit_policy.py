"""`mesascope audit POLICY --env ENV`: a policy of the user's own."""

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from mesascope.cli.told_policy import tell_policy
from mesascope.studies.policy import audit_policy


def audit_policy_command(
    policy: str, env: str, asked: dict[str, Any], *, report: Path | None, json: bool
) -> int:
    """Audit a policy; print the verdict and write the report if one was asked for."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    # What the audited code prints is not our output.
    with console.status("auditing", spinner="dots") as status, redirect_stdout(sys.stderr):
        result = audit_policy(policy, env, say=status.update, **asked)
        if report is not None:
            result.report(report)
    if json:
        print(result.record.model_dump_json())
    else:
        tell_policy(result.record, report=report)
    return 0
