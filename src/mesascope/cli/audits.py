"""The commands that put a system under test: `audit` and `probe-levels`."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from mesascope.cli.app import Json, Seed
from mesascope.core.errors import BadRequest


def audit(
    system: str,
    /,
    *others: str,
    task: str | None = None,
    env: str | None = None,
    goals: str = "",
    base: str | None = None,
    shift: list[str] | None = None,
    levels: int | None = None,
    horizon: int | None = None,
    discount: float | None = None,
    epsilon: float | None = None,
    greedy: Annotated[bool, Parameter(negative="")] = False,
    beside: int | None = None,
    activation: str | None = None,
    normalise: Path | None = None,
    trust: Annotated[bool, Parameter(negative="")] = False,
    report: Path | None = None,
    seed: int | None = None,
    quick: Annotated[bool, Parameter(negative="")] = False,
    json: Json = False,
) -> int:
    """Audit one system: a program's text, a policy's file, or `module:function` (your code is run).

    With `--env` the system is a policy: a Stable-Baselines3 zip, an ONNX file, a safetensors file
    that `mesascope run` wrote, or a function from observations to logits. Several, from different
    seeds of one training, are audited one by one, with intervals over policies.

    Args:
        system: Such as `sub(lost, max(self))`, `my_module:my_policy`, or `policy.zip`.
        others: Policies that were trained alike.
        task: An organism and a preset, whose distributions and base objective are used;
            `tictactoe/random-opponent` unless given.
        env: Where a policy was trained: a Gymnasium id, `module:factory`, or one of our worlds.
        goals: What a policy may want, with semicolons between, such as `reach:ball; place:1,1`.
        base: The goal that it was trained for; the environment's reward unless given.
        shift: Another environment to play in, as NAME=ENV; may be repeated.
        levels: How many levels to play of each.
        horizon: Steps per episode; what the environment says unless given.
        discount: What a reward a step later is worth; as in training where a Stable-Baselines3
            model tells, else 0.99, unless given.
        epsilon: The regret, as a share of what can be gained, below which it does well; 0.1.
        greedy: Judge the policy that takes its likeliest action, as `deterministic=True` does.
        beside: Episodes that are played side by side, 16 unless given; the result is the same.
        activation: `tanh` or `relu`, where a policy's file does not say.
        normalise: A .npz of the statistics that observations were normalised by in training, or
            `none`; to be said where a .zip leaves it open.
        trust: Let the policy's file run code when it is loaded.
        report: Where to write the HTML report.
        seed: Of every random choice, 0 unless given; the same seed, the same result.
        quick: Smaller samples: faster, with wider intervals.
        json: Print the audit's record as JSON.
    """
    played = {
        **{"base": base, "goals": goals, "shifts": shift, "levels": levels, "horizon": horizon},
        **{"discount": discount, "epsilon": epsilon, "beside": beside},
        "deterministic": greedy,
        **_reading(trust, activation, normalise),
    }
    if env is not None:
        from mesascope.cli.audit_policy import audit_policy_command

        asked = {**played, "task": task, "seed": seed, "quick": quick}
        return audit_policy_command((system, *others), env, asked, report=report, json=json)
    if others:
        raise BadRequest(
            f"{', '.join((system, *others))}: systems are audited one at a time; policies, several "
            "at once, with --env"
        )
    from mesascope.cli.audit import audit_command

    asked = {"task": task, "seed": seed or 0, "quick": quick}
    return audit_command(system, asked, played, report=report, json=json)


def probe_levels(
    policy: str | None = None,
    /,
    *,
    env: str,
    goals: str | None = None,
    base: str | None = None,
    vary: list[str] | None = None,
    seeds: int | None = None,
    horizon: int | None = None,
    budget: int | None = None,
    keep: int = 4,
    discount: float | None = None,
    activation: str | None = None,
    normalise: Path | None = None,
    trust: Annotated[bool, Parameter(negative="")] = False,
    report: Path | None = None,
    seed: Seed = 0,
    json: Json = False,
) -> int:
    """Design the levels that best tell a policy's goals apart, and the costliest one; play them.

    Args:
        policy: A policy's file, as for `mesascope audit`; without one, levels are only designed.
        env: One of our worlds of levels, such as `corner`; or what `mesascope audit` takes.
        goals: The goals that remain: a world's, with commas between, all of them unless given; or
            an environment's beside the base objective, with semicolons, as for `mesascope audit`.
        base: The goal that a policy was trained for; the environment's reward unless given.
        vary: What an environment may be made with, as NAME=VALUE,VALUE or NAME=FIRST..LAST; may be
            repeated.
        seeds: How many seeds an environment may be reset with; 64 unless given.
        horizon: Steps per episode of an environment; what it says unless given.
        budget: Levels that each of the two searches scores at most; 4,096 of a world, 64 of an
            environment, unless given.
        keep: How many levels are wanted to tell the goals apart.
        discount: What a reward a step later is worth; as in training where a Stable-Baselines3
            model tells, else 0.99, unless given.
        activation: `tanh` or `relu`, where a policy's file does not say.
        normalise: A .npz of the statistics that observations were normalised by in training, or
            `none`; to be said where a .zip leaves it open.
        trust: Let the policy's file run code when it is loaded.
        report: Where to write the HTML report.
        seed: Of the search.
        json: Print the record as JSON.
    """
    from mesascope.cli.probe_levels import probe_levels_command

    asked = {"budget": budget, "keep": keep, "discount": discount, "seed": seed}
    varied = {"base": base, "vary": vary, "seeds": seeds, "horizon": horizon}
    return probe_levels_command(
        policy,
        env=env,
        goals=goals,
        asked=asked,
        varied={name: value for name, value in varied.items() if value is not None},
        reading=_reading(trust, activation, normalise),
        report=report,
        json=json,
    )


def _reading(trust: bool, activation: str | None, normalise: Path | None) -> dict[str, Any]:
    """Return how a policy's file is to be read."""
    told = {"trust": trust, "activation": activation, "normalise": normalise}
    return {name: value for name, value in told.items() if value is not None}
