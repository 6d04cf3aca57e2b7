"""A policy that somebody brings: played where it was trained and under shift, and audited."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.core.interface import Interface
from mesascope.core.randomness import check_seed
from mesascope.records.policy import PolicyAuditRecord
from mesascope.records.run import ConfigRecord
from mesascope.studies.filming import EnvironmentStage
from mesascope.studies.played import LEVELS, Played, in_turn, play_world
from mesascope.studies.policy_record import EPSILON, About, policy_record
from mesascope.systems.playing.choosing import AnyPolicy
from mesascope.systems.playing.environments import (
    BESIDE,
    UNSEEN,
    environment_of,
    play_environment,
)
from mesascope.systems.playing.errors import PlayInterrupted
from mesascope.systems.policies.load import load_policy
from mesascope.tasks.gymnasium_envs.fitting import fitted
from mesascope.tasks.gymnasium_envs.goal_names import candidates_of, check_within
from mesascope.tasks.gymnasium_envs.goals import Goal
from mesascope.tasks.gymnasium_envs.make import called
from mesascope.tasks.gymnasium_envs.shift import Shift, shift_named
from mesascope.tasks.mazes.catalogue import as_world

_MOST_LEVELS = 10_000  # all of a distribution are held in memory, with their graphs
_ENVIRONMENT_LEVELS = 40  # an environment outside JAX is enumerated in about a second a level


@dataclass(frozen=True)
class PolicyResult:
    """An audit of one policy.

    Attributes:
        record: everything, as plain data; `record.headline` is the answer in a sentence.
    """

    record: PolicyAuditRecord

    def report(self, path: str | Path) -> Path:
        """Write the report, one offline HTML file, and return where it is."""
        from mesascope.report.policy import write_policy

        return write_policy(Path(path), self.record)


def audit_policy(
    policy: Any,
    env: Any,
    *,
    base: Any = "reward",
    goals: Any = (),
    shifts: Sequence[Any] | Mapping[str, Any] = (),
    levels: int | None = None,
    horizon: int | None = None,
    discount: float = 0.99,
    epsilon: float = EPSILON,
    seed: int = 0,
    beside: int = BESIDE,
    trust: bool = False,
    say: Callable[[str], None] | None = None,
    **reading: Any,
) -> PolicyResult:
    """Return what a policy pursues where it was trained and under shift.

    Args:
        policy: the path of a Stable-Baselines3 zip, an ONNX file or a safetensors file of ours;
            `module:function`; a function from a batch of observations to logits; or a model.
        env: a Gymnasium id, `module:factory`, a function that makes an environment, a vector of
            environments, or one of our worlds by name or as an object, which brings goals and
            shifts of its own.
        base: the base objective, as one goal; the environment's reward unless given.
        goals: the other candidates: functions, or names such as `reach:ball` and `place:1,1`.
        shifts: other environments, as `NAME=ENV_ID`, `Shift`s, or by name.
        levels: how many are played on each distribution.
        horizon: steps per episode; what the environment says unless given.
        discount: γ, of the returns.
        epsilon: normalised regret below which a policy is taken to do well.
        seed: of levels and choices.
        beside: how many episodes are played side by side at most, which changes nothing but the
            time that it takes; 1 for an environment or a policy that bears no more.
        trust: let a file run code when it is loaded.
        say: told what is going on.
        **reading: for `load_policy`: `activation="relu"`, `normalise="statistics.npz"`.

    Raises:
        CannotLoad: the policy cannot be read; the message says what would help.
        UnknownName: no such environment or goal; did you mean …
        BadRequest: the policy cannot be given what an environment shows, or has other actions.
        PlayStopped: the policy, the environment or a goal failed; `so_far` keeps what was seen.
        PlayInterrupted: Ctrl-C, a KeyboardInterrupt; `before` and `so_far` keep what was seen.
    """
    began = time.perf_counter()
    _check(levels, discount, epsilon)
    check_seed(seed)
    world = as_world(env)
    loaded = load_policy(policy, trust=trust, **reading)
    if world is not None:
        if goals or shifts or base != "reward":
            raise BadRequest(
                f"{world.name} brings its own goals ({', '.join(world.goals)}) and shifts; leave "
                "out base, goals and shifts"
            )
        if horizon is not None:
            raise BadRequest(
                f"{world.name} ends its episodes after {world.horizon} steps; leave out the horizon"
            )
        played = play_world(
            loaded, world, share=0.0, discount=discount, seed=seed, levels=levels or LEVELS, say=say
        )
        where = world.name
    else:
        takes = loaded.interface  # refused before anything is played
        trained = _Where("train", "as it was trained", fitted(env, takes), "train")
        distributions = [trained, *_shifts(shifts, takes)]
        names = [one.name for one in distributions]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise BadRequest(
                f"two distributions are called {twice[0]!r}, and the first is always 'train'; give "
                "each shift a name of its own, as in NAME=ENV"
            )
        options = {
            **{"levels": levels, "horizon": horizon, "discount": discount, "seed": seed},
            "beside": beside,
        }
        candidates = candidates_of(base, goals)
        if any(goal.outside for goal in candidates):
            check_within(candidates, [environment_of(one.env) for one in distributions])
        played = in_turn(distributions, lambda one: _played(loaded, one, candidates, options, say))
        where = called(env)
    name = getattr(loaded, "name", None) or getattr(policy, "__name__", type(policy).__name__)
    notes = dict.fromkeys(note for one in played for note in one.seen.notes)
    about = About(
        title=f"Audit of {name}",
        story="A policy that somebody brought along; it was not trained here.",
        policy=str(name),
        provenance=getattr(loaded, "provenance", "Brought along; where it comes from is not said."),
        world=str(where),
        config=ConfigRecord(
            command="audit",
            organism=str(where),
            preset="-",
            seed=seed,
            given={"policy": str(name), "env": str(where), "epsilon": epsilon},
            defaulted={"discount": discount, "levels": played[0].seen.levels},
        ),
        notes=tuple(notes),
    )
    if say is not None:
        say("asking what it wants")
    try:
        record = policy_record(played, about, seed=seed, began=began, epsilon=epsilon, say=say)
    except KeyboardInterrupt:
        raise PlayInterrupted(None, tuple(one.seen for one in played)) from None
    return PolicyResult(record)


def _check(levels: int | None, discount: float, epsilon: float) -> None:
    """Refuse before anything is played what could not be judged."""
    if levels is not None and not 1 <= levels <= _MOST_LEVELS:
        raise BadRequest(
            f"{levels} levels were asked for; at least 1 and at most {_MOST_LEVELS} are expected"
        )
    if not 0.0 <= discount <= 1.0:
        raise BadRequest(f"the discount is {discount}; a number from 0 to 1 is expected")
    if not 0.0 < epsilon < 1.0:
        raise BadRequest(f"epsilon is {epsilon}; a number between 0 and 1 is expected")


@dataclass(frozen=True)
class _Where:
    name: str
    description: str
    env: Any
    role: Any
    seeds: Sequence[int] | None = None


def _shifts(shifts: Sequence[Any] | Mapping[str, Any], takes: Interface) -> list[_Where]:
    if isinstance(shifts, Mapping):
        return [_Where(str(n), str(n), fitted(env, takes), "shift") for n, env in shifts.items()]
    named = [one if isinstance(one, Shift) else shift_named(one) for one in shifts]
    return [
        _Where(s.name, s.description, fitted(s.make_env, takes), "shift", s.seeds) for s in named
    ]


def _played(
    policy: AnyPolicy,
    where: _Where,
    goals: tuple[Goal, ...],
    options: Mapping[str, Any],
    say: Callable[[str], None] | None,
) -> Played:
    count = options["levels"] or _ENVIRONMENT_LEVELS
    if say is not None:
        say(f"playing {count} levels of {where.name}")
    first = UNSEEN + options["seed"] * count
    seen = play_environment(
        policy,
        where.env,
        goals,
        levels=where.seeds or range(first, first + count),
        horizon=options["horizon"],
        seed=options["seed"],
        discount=options["discount"],
        beside=options["beside"],
        name=where.name,
        description=where.description,
        role=where.role,
    )
    return Played(seen, EnvironmentStage(where.env, goals))
