"""A policy plays in anybody's environment, and its levels are enumerated where that can be done."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np

from mesascope.core.errors import BadRequest, MesascopeError
from mesascope.core.randomness import stream
from mesascope.processes.seen import Seen
from mesascope.systems.playing.choosing import AnyPolicy, Chooser
from mesascope.systems.playing.copies import copies_of
from mesascope.systems.playing.episodes import Plan, play_episodes
from mesascope.systems.playing.errors import PlayInterrupted, stopped
from mesascope.systems.playing.graphing import Trails, graphed
from mesascope.systems.playing.recording import About, Recorder, Role
from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.chance import undisturbed
from mesascope.tasks.gymnasium_envs.frozen import NotComparable
from mesascope.tasks.gymnasium_envs.goal_names import goals_of
from mesascope.tasks.gymnasium_envs.layers import bare, held_by, layers
from mesascope.tasks.gymnasium_envs.make import actions_of, is_environment, make_environment
from mesascope.tasks.gymnasium_envs.vectors import is_vector, singles_of

HORIZON = 1000  # of an environment that does not say when it ends
_LONGEST = 1_000_000  # steps that may be asked for: every one is kept
BESIDE = 16  # episodes side by side
UNSEEN = 10_000  # the first seed of levels under audit, out of the way of seeds used in training


def play_environment(  # noqa: PLR0913 - a public call, whose settings are keywords with defaults
    policy: AnyPolicy,
    make_env: Callable[[], Any] | Any | str,
    goals: Sequence[Any] | str,
    *,
    levels: int | Sequence[int] = 20,
    episodes_per_level: int = 1,
    horizon: int | None = None,
    seed: int = 0,
    discount: float = 0.99,
    sample: bool = True,
    enumerate: Literal["auto", "never"] = "auto",
    beside: int = BESIDE,
    name: str = "train",
    description: str = "",
    role: Role = "train",
) -> Seen:
    """Return what a policy does in an environment. A level is a seed that it is reset with.

    Where the environment can be copied and has no chance, each level is enumerated and its graph
    given. There is no time in a graph: a reward that shrinks with the steps that were taken counts
    as at the start, in the graph and in the returns. Where only some levels could be enumerated,
    those alone are kept, and a note says so. Where chance was seen on any, or an episode went where
    its graph does not lead, no graph is kept: what befell an episode would decide which are.

    Chance is what any generator gives that the environment holds, or that its classes, their
    modules, `random`, `numpy.random` or PyTorch hold for all. With each level these begin anew,
    and those outside the environment are left as they were found.

    Episodes are played side by side in environments that do the same, see `copies_of`. Each draws
    from a stream of its own, so that what is seen does not depend on how many there are.

    Args:
        policy: with or without a memory; it is called on a batch of (N, …), N up to `beside`.
        make_env: makes an environment; or an environment, or whatever names one; or a vector of
            environments that are the same, whose single ones are played.
        goals: candidates, the base objective first: see `goals_of`.
        levels: the seeds, or how many of 0, 1, 2, …
        episodes_per_level: how often each is played; chance in the environment varies.
        horizon: steps per episode; by default what the environment says, else 1,000.
        seed: of the choices.
        discount: γ, of the returns.
        sample: draw actions from the policy; else take the most probable.
        enumerate: whether to try.
        beside: how many episodes are played side by side at most.
        name, description, role: of the distribution.

    Raises:
        BadRequest: no level, no episode, or actions that are not discrete.
        PlayStopped: policy, environment or goal failed; `so_far` has the episodes that had ended.
        PlayInterrupted: Ctrl-C, a KeyboardInterrupt that has them too.
    """
    seeds = list(range(levels)) if isinstance(levels, int) else [int(s) for s in levels]
    if not seeds or min(episodes_per_level, beside) < 1:
        raise BadRequest(
            f"{len(seeds)} levels and {episodes_per_level} episodes on each, {beside} side by side,"
            " were asked for; at least 1 of each is expected"
        )
    env, make = _environment(make_env)
    asked = goals_of(goals)
    steps, note = horizon_of(env, horizon)
    names = tuple(goal.name for goal in asked)
    about = About(name, description, role, names, discount, steps, tuple(seeds))
    recorder = Recorder(about, np.repeat(np.arange(len(seeds)), episodes_per_level))
    chooser = Chooser(policy, actions=len(actions_of(env)), sample=sample)
    trails: Trails | None = {} if enumerate == "auto" else None
    plan = Plan(
        asked,
        [(level, again) for level in seeds for again in range(episodes_per_level)],
        [stream(seed, "choices", name, row) for row in range(len(recorder.level_of))],
        recorder,
        None if trails is None else partial(_look, trails),
    )
    try:
        with undisturbed(env):
            envs = copies_of(env, make, min(beside, len(plan.levels)), seeds)
            play_episodes(chooser, envs, plan)
            seen = recorder.seen(None)
            assert seen is not None
            seen = replace(seen, notes=note)
            return seen if trails is None else graphed(seen, env, asked, trails)
    except (MesascopeError, KeyboardInterrupt) as error:
        so_far = recorder.seen(None)
        so_far = so_far and replace(so_far, notes=note)
        graph = None if trails is None else partial(graphed, env=env, goals=asked, trails=trails)
        first = partial(_first, recorder, beside, note, graph, str(error) or "interrupted")
        if isinstance(error, KeyboardInterrupt):
            raise PlayInterrupted(so_far, first=first) from None
        raise stopped(error, so_far, first) from error


def _first(
    recorder: Recorder,
    beside: int,
    note: tuple[str, ...],
    graph: Callable[[Seen], Seen] | None,
    why: str,
) -> Seen | None:
    """Return the episodes that tell for the others too, of those that had ended; None without any.

    Args:
        recorder: of the play that came to a stop.
        beside: how many episodes were played side by side.
        note: on all of them.
        graph: enumerates their levels; it does so again only where it was not what was stopped.
        why: it came to a stop.
    """
    seen = recorder.seen(None, recorder.first(beside))
    if seen is None:
        return None
    if recorder.ended.all():
        return replace(seen, notes=(*note, f"Its levels were not enumerated: {why.rstrip('.')}."))
    said = (
        f"Play was cut short: only the first {len(seen.level_of)} of {len(recorder.ended)} "
        f"episodes of {recorder.about.name} are judged."
    )
    if recorder.cut is None:
        said += " Such as take long may be too few among them."
    seen = replace(seen, notes=(*note, said))
    try:
        return seen if graph is None else graph(seen)
    except MesascopeError as error:
        left = f"Its levels were not enumerated: {str(error).rstrip('.')}."
        return replace(seen, notes=(*seen.notes, left))


def _look(trails: Trails, row: int, env: Any) -> None:
    """Note which state the environment is in, where that can be seen."""
    trail = trails.setdefault(row, [])
    try:
        trail.append(state.key_of(env))
    except NotComparable:
        trail.append(b"")


def environment_of(make_env: Any) -> Any:
    """Return the environment that something is, makes or names; the first one of a vector."""
    return _environment(make_env)[0]


def _environment(make_env: Any) -> tuple[Any, Callable[[], Any] | None]:
    """Return an environment, and what makes another one if something does."""
    if is_vector(make_env):
        first, *others = singles_of(make_env)
        left = iter(others)
        return make_environment(first), lambda: make_environment(next(left))
    if isinstance(make_env, str):
        return make_environment(make_env), lambda: make_environment(make_env)
    if is_environment(make_env) or not callable(make_env):
        return make_environment(make_env), None
    return make_environment(make_env), lambda: make_environment(make_env)


def horizon_of(env: Any, asked: int | None) -> tuple[int, tuple[str, ...]]:
    """Return how long an episode may be, and a note where nobody said.

    Raises:
        BadRequest: what was asked for is no number of steps.
    """
    spec = getattr(env, "spec", None)
    wrapped = [held_by(layer).get("_max_episode_steps") for layer in layers(env)]
    told = min((limit for limit in wrapped if limit), default=None)
    told = told or getattr(spec, "max_episode_steps", None)
    told = told or getattr(bare(env), "max_steps", None)
    if asked is not None and not 1 <= asked <= _LONGEST:
        raise BadRequest(
            f"a horizon of {asked} steps was asked for; at least 1 and at most {_LONGEST} are "
            "expected"
        )
    limits = [int(limit) for limit in (asked, told) if limit]
    if limits:
        return min(limits), ()
    return HORIZON, (
        f"The environment does not say when it ends; an episode was stopped after {HORIZON} steps.",
    )
