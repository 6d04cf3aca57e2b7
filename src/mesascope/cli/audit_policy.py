"""`mesascope audit POLICY --env ENV`: a policy of the user's own, or several."""

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from rich.console import Console

from mesascope.cli.failure import failed
from mesascope.cli.given import was_given
from mesascope.cli.page import ready, written
from mesascope.cli.told_policies import tell_audited
from mesascope.core.errors import BadRequest
from mesascope.processes.seen import Seen
from mesascope.studies.in_turn import Stop
from mesascope.studies.policies import PoliciesResult, audit_policies
from mesascope.studies.policy import PolicyResult, audit_policy
from mesascope.systems.playing.errors import PlayInterrupted, PlayStopped


def audit_policy_command(
    policies: Sequence[str], env: str, asked: dict[str, Any], *, report: Path | None, json: bool
) -> int:
    """Audit policies; print the verdict and write the report if one was asked for.

    Where play comes to a stop or is interrupted, what was seen until then is told before that, and
    audited if it is enough; the status is still that of the stop.

    Args:
        policies: one, or several that were trained alike.
        env: as on the command line.
        asked: for `audit_policy`, by name; and the `task` that is a program's alone.
        report: where the page is written.
        json: print the record instead.
    """
    task = asked.pop("task")
    if task is not None:
        raise BadRequest(
            f"--task {task}: for programs; a policy is judged in --env and in every --shift. Give "
            "--env or --task, and not both"
        )
    asked = {name: value for name, value in asked.items() if was_given(value)}
    ready(report)
    console = Console(stderr=True, highlight=False)
    # What the audited code prints is not our output.
    with console.status("auditing", spinner="dots") as status, redirect_stdout(sys.stderr):
        try:
            how = {**asked, "keep": True, "say": status.update}
            result: PolicyResult | PoliciesResult = (
                audit_policy(policies[0], env, **how)
                if len(policies) == 1
                else audit_policies(policies, env, **how)
            )
        except (PlayStopped, PlayInterrupted) as stop:
            _tell_gained(stop, console)
            raise
        if result.stop is not None:
            _tell_gained(result.stop, console)
    with written(result, report) as page:
        if json:
            print(result.record.model_dump_json())
        else:
            tell_audited(result.record, report=page)
    return 0 if result.stop is None else failed(result.stop)


def _tell_gained(stop: Stop, console: Console) -> None:
    """Print what the episodes were worth that had ended before play came to a stop."""
    for seen in stop.before:
        console.print(_gained(seen, ""), markup=False)
    if stop.so_far is not None:
        console.print(_gained(stop.so_far, " until then"), markup=False)


def _gained(seen: Seen, when: str) -> str:
    """Return in a sentence what some episodes were worth."""
    means = zip(seen.goals, seen.returns.mean(axis=0), strict=True)
    worth = ", ".join(f"{goal} {value:.3f}" for goal, value in means)
    count = len(seen.returns)
    many = "1 episode" if count == 1 else f"{count} episodes"
    return f"Seen on {seen.name}{when}: {many}; mean return: {worth}."
