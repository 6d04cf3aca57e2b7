"""The program `mesascope`: its commands, and what becomes of their errors."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mesascope.cli import rewards
from mesascope.cli.app import Json, Seed, app
from mesascope.cli.compiled import keep_compiled
from mesascope.cli.failure import INTERRUPTED, guarded
from mesascope.cli.interrupts import keep_interrupts

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
    }
    asked = {"preset": preset, "seed": seed, "budget": budget, "quick": quick}
    if resume is not None:
        return go_on(organism, resume, {**asked, **wishes, "output": output}, json=json)
    asked["seed"] = 0 if seed is None else seed
    return start(organism, asked, wishes, output=output, json=json)


@app.command
def audit(
    system: str,
    /,
    *,
    task: str | None = None,
    env: str | None = None,
    goals: str = "",
    base: str | None = None,
    shift: list[str] | None = None,
    levels: int | None = None,
    horizon: int | None = None,
    discount: float | None = None,
    epsilon: float | None = None,
    beside: int | None = None,
    activation: str | None = None,
    normalise: Path | None = None,
    trust: Annotated[bool, Parameter(negative="")] = False,
    report: Path | None = None,
    seed: Seed = 0,
    quick: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> int:
    """Audit one system: a program's text, a policy's file, or `module:function` (your code is run).

    With `--env` the system is a policy: a Stable-Baselines3 zip, an ONNX file, a safetensors file
    that `mesascope run` wrote, or a function from observations to logits.

    Args:
        system: Such as `sub(lost, max(self))`, `my_module:my_policy`, or `policy.zip`.
        task: An organism and a preset, whose distributions and base objective are used;
            `tictactoe/random-opponent` unless given.
        env: Where a policy was trained: a Gymnasium id, `module:factory`, or one of our worlds.
        goals: What a policy may want, with semicolons between, such as `reach:ball; place:1,1`.
        base: The goal that it was trained for; the environment's reward unless given.
        shift: Another environment to play in, as NAME=ENV; may be repeated.
        levels: How many levels to play of each.
        horizon: Steps per episode; what the environment says unless given.
        discount: What a reward a step later is worth; 0.99 unless given, and best as in training.
        epsilon: The regret, as a share of what can be gained, below which it does well; 0.1.
        beside: Episodes that are played side by side, 16 unless given; the result is the same.
        activation: `tanh` or `relu`, where a policy's file does not say.
        normalise: A .npz of the statistics that observations were normalised by in training.
        trust: Let the policy's file run code when it is loaded.
        report: Where to write the HTML report.
        seed: Of every sample.
        quick: Smaller samples: faster, with wider intervals.
        json: Print the audit's record as JSON.
    """
    played = {
        **{"base": base, "goals": goals, "shifts": shift, "levels": levels, "horizon": horizon},
        **{"discount": discount, "epsilon": epsilon, "beside": beside, "normalise": normalise},
        **_reading(trust, activation),
    }
    if env is not None:
        from mesascope.cli.audit_policy import audit_policy_command

        asked = {**played, "task": task, "seed": seed, "quick": quick}
        return audit_policy_command(system, env, asked, report=report, json=json)
    from mesascope.cli.audit import audit_command

    asked = {"task": task, "seed": seed, "quick": quick}
    return audit_command(system, asked, played, report=report, json=json)


@app.command
def probe_levels(
    policy: str | None = None,
    /,
    *,
    env: str,
    goals: str | None = None,
    budget: int = 4096,
    keep: int = 4,
    activation: str | None = None,
    trust: Annotated[bool, Parameter(negative="")] = False,
    report: Path | None = None,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Design the levels that best tell a policy's goals apart, and the costliest one; play them.

    Args:
        policy: A policy's file, as for `mesascope audit`; without one, levels are only designed.
        env: One of our worlds of levels, such as `corner`.
        goals: The goals that remain, with commas between; all of the world's unless given.
        budget: Levels that each of the two searches scores at most.
        keep: How many levels are wanted to tell the goals apart.
        activation: `tanh` or `relu`, where a policy's file does not say.
        trust: Let the policy's file run code when it is loaded.
        report: Where to write the HTML report.
        seed: Of the search.
        json: Print the record as JSON.
    """
    from mesascope.cli.probe_levels import probe_levels_command

    return probe_levels_command(
        policy,
        env=env,
        goals=goals,
        asked={"budget": budget, "keep": keep, "seed": seed},
        reading=_reading(trust, activation),
        report=report,
        json=json,
    )


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


def _reading(trust: bool, activation: str | None) -> dict[str, Any]:
    """Return how a policy's file is to be read."""
    return {"trust": trust} | ({} if activation is None else {"activation": activation})


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
