"""The program `mesascope`: its commands, and what becomes of their errors."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mesascope.cli import audits, rewards
from mesascope.cli.app import Json, app
from mesascope.cli.compiled import keep_compiled
from mesascope.cli.failure import INTERRUPTED, guarded
from mesascope.cli.interrupts import keep_interrupts

app.command(audits.audit)
app.command(audits.probe_levels)
app.command(rewards.compare)
app.command(rewards.goals)


@app.command
def run(
    organism: str | None = None,
    /,
    *,
    preset: str | None = None,
    seed: int | None = None,
    budget: int | None = None,
    output: Path | None = None,
    resume: Path | None = None,
    optimizer: str | None = None,
    opponent: list[str] | None = None,
    worst_case: Annotated[bool, Parameter(negative="")] = False,
    size_charge: float | None = None,
    evaluation_charge: float | None = None,
    share: float | None = None,
    seeds: int | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> int:
    """Search for a system that does well, look inside it, and report what it wants.

    Args:
        organism: What to run, such as `tictactoe` or `corner`; see `mesascope organisms`.
        preset: Which of its stories.
        seed: Of every random choice, 0 unless given; the same seed, the same result.
        budget: How many systems the search may score, or for how many steps a policy is trained.
        output: The directory to make for the run.
        resume: A run directory to go on with, as it was started, instead of starting one.
        optimizer: Search by `enumeration`, `levin` or `evolution` instead.
        opponent: Train against this opponent instead, as in `mesascope score`; may be repeated.
        worst_case: Select by the worst result over rules and opponents instead of the mean.
        size_charge: What a node of a program costs, in units of the result.
        evaluation_charge: What a position valued per decision costs, in the same units.
        share: Train a policy on levels of which so many tell goal and proxy apart, from 0 to 1.
        seeds: Train so many policies side by side, from `--seed` on, with intervals over them.
        quick: Smaller samples: faster, with wider intervals.
        json: Print the run's record as JSON.
    """
    from mesascope.cli.run import go_on, start

    wishes = {
        "optimizer": optimizer,
        "opponents": tuple(opponent or ()),
        "worst_case": worst_case,
        "size_charge": size_charge,
        "evaluation_charge": evaluation_charge,
        "share": share,
        "seeds": seeds,
    }
    asked = {"preset": preset, "seed": seed, "budget": budget, "quick": quick}
    if resume is not None:
        return go_on(organism, resume, {**asked, **wishes, "output": output}, json=json)
    asked["seed"] = 0 if seed is None else seed
    return start(organism, asked, wishes, output=output, json=json)


@app.command
def score(
    program: str, /, *, opponent: str = "random", rules: str = "standard", json: Json = False
) -> int:
    """Score a program exactly: win, draw, loss and mean, moving first in half the games.

    Args:
        program: Such as `sub(lost, max(self))`.
        opponent: `random`, `perfect`, or a mixture such as `random:1,perfect:3`.
        rules: `standard`, `misere`, or orbits such as `orbits:0,10,13` with `/misere` after it.
        json: Print the score as JSON.
    """
    from mesascope.cli.score import score_command

    return score_command(program, opponent=opponent, rules=rules, json=json)


@app.command
def organisms(*, json: Json = False) -> int:
    """List what can be run, and the systems of known truth that the detectors are scored on.

    Args:
        json: Print the list as JSON.
    """
    from mesascope.cli.organisms import organisms_command

    return organisms_command(json=json)


@app.command
def show(run: Path, /, *, json: Json = False) -> int:
    """Print what a run directory holds: its verdict if it has ended, else how far it is.

    Args:
        run: The run directory.
        json: Print the run's record as JSON.
    """
    from mesascope.cli.show import show_command

    return show_command(run, json=json)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with its status: 0 done, 1 cut short, 2 refused."""
    words = sys.argv[1:] if arguments is None else arguments
    keep_compiled()
    keep_interrupts()

    def command() -> Any:
        return app(words, result_action="return_value", exit_on_error=False)

    status = guarded(command, json="--json" in words)
    if status == INTERRUPTED:  # compiled code may still run, and does not bear to be taken down
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)
