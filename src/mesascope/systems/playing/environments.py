"""A policy plays in anybody's environment, and its levels are enumerated where that can be done."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, Protocol

import numpy as np
from jaxtyping import Int

from mesascope.core.errors import BadRequest, MesascopeError
from mesascope.core.randomness import stream
from mesascope.processes.seen import Seen
from mesascope.systems.playing.choosing import AnyPolicy, Chooser
from mesascope.systems.playing.errors import PlayInterrupted, stopped
from mesascope.systems.playing.graphing import Trails, graphed
from mesascope.systems.playing.recording import About, Recorder, Role
from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed, GoalFailed
from mesascope.tasks.gymnasium_envs.goal_names import goals_of
from mesascope.tasks.gymnasium_envs.goals import Goal, Moment
from mesascope.tasks.gymnasium_envs.make import actions_of, is_environment, make_environment
from mesascope.tasks.gymnasium_envs.observation import as_array
from mesascope.tasks.gymnasium_envs.remembering import paying

HORIZON = 1000  # of an environment that does not say when it ends


class Choosing(Protocol):
    """What decides on an action, observation by observation."""

    def start(self, count: int) -> None:
        """Begin `count` episodes."""
        ...

    def choose(self, observations: np.ndarray) -> Int[np.ndarray, " n"]:
        """Return an action for each observation."""
        ...


def play_environment(  # noqa: PLR0913 - what is said of a distribution belongs to it
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
    name: str = "train",
    description: str = "",
    role: Role = "train",
) -> Seen:
    """Return what a policy does in an environment. A level is a seed that it is reset with.

    Where the environment can be copied and has no chance, each level is enumerated and its graph
    given. There is no time in a graph: a reward that shrinks with the steps that were taken counts
    as at the start, in the graph and in the returns. Where only some levels could be enumerated,
    those alone are kept, and a note says so.

    Args:
        policy: with or without a memory; it is given observations one at a time, (1, …).
        make_env: makes an environment; or an environment, or whatever names one.
        goals: candidates, the base objective first: see `goals_of`.
        levels: the seeds, or how many of 0, 1, 2, …
        episodes_per_level: how often each is played; chance in the environment varies.
        horizon: steps per episode; by default what the environment says, else 1,000.
        seed: of the choices.
        discount: γ, of the returns.
        sample: draw actions from the policy; else take the most probable.
        enumerate: whether to try.
        name, description, role: of the distribution.

    Raises:
        BadRequest: no level, no episode, or actions that are not discrete.
        PlayStopped: policy, environment or goal failed; `so_far` has the episodes that had ended.
        PlayInterrupted: Ctrl-C, a KeyboardInterrupt that has them too.
    """
    seeds = list(range(levels)) if isinstance(levels, int) else [int(s) for s in levels]
    if not seeds or episodes_per_level < 1:
        raise BadRequest(
            f"{len(seeds)} levels and {episodes_per_level} episodes on each were asked for; "
            "at least 1 of both is expected"
        )
    env = environment_of(make_env)
    asked = goals_of(goals)
    steps, note = _horizon(env, horizon)
    names = tuple(goal.name for goal in asked)
    about = About(name, description, role, names, discount, steps, tuple(seeds))
    recorder = Recorder(about, np.repeat(np.arange(len(seeds)), episodes_per_level))
    chooser = Chooser(
        policy, actions=len(actions_of(env)), rng=stream(seed, "choices", name), sample=sample
    )
    trails: Trails | None = {} if enumerate == "auto" else None
    try:
        for row, level in enumerate_(recorder.level_of):
            watch = None if trails is None else partial(_look, trails.setdefault(row, []))
            start = (seeds[level], row % episodes_per_level)
            play_episode(chooser, env, asked, recorder, row, start, watch)
        seen = recorder.seen(None)
        assert seen is not None
        seen = replace(seen, notes=note)
        return seen if trails is None else graphed(seen, env, asked, trails)
    except (MesascopeError, KeyboardInterrupt) as error:
        so_far = recorder.seen(None)
        so_far = so_far and replace(so_far, notes=note)
        if isinstance(error, KeyboardInterrupt):
            raise PlayInterrupted(so_far) from None
        raise stopped(error, so_far) from error


enumerate_ = enumerate  # the option has the better right to the name


def environment_of(make_env: Any) -> Any:
    """Return the environment that something is, makes or names."""
    if isinstance(make_env, str) or is_environment(make_env) or not callable(make_env):
        return make_environment(make_env)
    return make_environment(make_env())


def _horizon(env: Any, asked: int | None) -> tuple[int, tuple[str, ...]]:
    """Return how long an episode may be, and a note where nobody said."""
    spec = getattr(env, "spec", None)
    told = getattr(spec, "max_episode_steps", None) or getattr(env.unwrapped, "max_steps", None)
    if asked is not None and asked < 1:
        raise BadRequest(f"a horizon of {asked} steps was asked for; at least 1 is expected")
    limits = [int(limit) for limit in (asked, told) if limit]
    if limits:
        return min(limits), ()
    return HORIZON, (
        f"The environment does not say when it ends; an episode was stopped after {HORIZON} steps.",
    )


def play_episode(
    chooser: Choosing,
    env: Any,
    goals: tuple[Goal, ...],
    recorder: Recorder,
    row: int,
    start: tuple[int, int],
    watch: Callable[[Any], None] | None,
) -> None:
    """Play one episode.

    Args:
        chooser: decides.
        env: is reset.
        goals: asked at every step.
        recorder: keeps what is done.
        row: the number of the episode there.
        start: the seed of the level, and how often it was played before.
        watch: shown the environment at the start and after every step.

    Raises:
        EnvironmentFailed, GoalFailed: they did.
    """
    observation, info = _reset(env, *start)
    chooser.start(1)
    where = f"on the level of seed {start[0]}"
    moment = Moment(env, observation, 0.0, info)
    paid = [bool(o and w) for w, o in _worth(goals, moment, f"at the start {where}")]
    rows, unknown = np.array([row]), np.array([-1])
    for time in range(recorder.about.horizon):
        if watch is not None:
            watch(env)
        action = chooser.choose(as_array(moment.observation))
        moment, ended = step_of(env, int(action[0]), f"at step {time + 1} {where}")
        said = _worth(goals, moment, f"at step {time + 1} {where}")
        worth, once = [w for w, _ in said], [o for _, o in said]
        recorder.add(rows, unknown, action, np.array([paying(worth, once, paid)]), time)
        paid = [p or bool(o and w) for p, o, w in zip(paid, once, worth, strict=True)]
        if ended:
            break
    if watch is not None:
        watch(env)
    recorder.ended[row] = True


def _reset(env: Any, seed: int, again: int) -> tuple[Any, dict[str, Any]]:
    try:
        observation, info = env.reset(seed=seed)
    except Exception as error:
        raise EnvironmentFailed(
            f"the environment raised {type(error).__name__} on reset(seed={seed}): {error}. "
            "Try it in Python"
        ) from error
    if again:
        state.reseed(env, seed, again)
    return observation, info


def step_of(env: Any, action: int, where: str) -> tuple[Moment, bool]:
    """Take a step with the action of a number; return how things stand and if it ended.

    Raises:
        EnvironmentFailed: the environment raised, or gave a reward that is no number.
    """
    try:
        chosen = action + int(getattr(env.action_space, "start", 0))
        observation, reward, terminated, truncated, info = env.step(chosen)
        return Moment(env, observation, float(reward), info), bool(terminated or truncated)
    except Exception as error:
        raise EnvironmentFailed(
            f"the environment raised {type(error).__name__} {where}: {error}. Step through the "
            "level in Python with the same actions"
        ) from error


def _worth(goals: tuple[Goal, ...], moment: Moment, where: str) -> list[tuple[float, bool]]:
    try:
        return [goal.worth(moment) for goal in goals]
    except GoalFailed as error:
        raise GoalFailed(f"{error}, {where}. Try it on the environment after a reset") from error


def _look(trail: list[bytes], env: Any) -> None:
    """Note which state the environment is in, where that can be seen."""
    try:
        trail.append(state.key_of(env))
    except state.NotComparable:
        trail.append(b"")
