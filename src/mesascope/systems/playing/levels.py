"""A policy plays the levels of a world: all of them side by side, until every episode is over."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int

from mesascope.core.errors import BadRequest, MesascopeError
from mesascope.core.interface import UNKNOWN, interface_of, shapes_told
from mesascope.core.randomness import stream
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from mesascope.systems.playing.choosing import AnyPolicy, Chooser
from mesascope.systems.playing.errors import PlayInterrupted, stopped
from mesascope.systems.playing.recording import About, Recorder, Role
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.world import Level, LevelWorld, State


def count_of(levels: Level) -> int:
    """Return how many levels a batch holds."""
    return len(jax.tree.leaves(levels)[0])


@partial(jax.jit, static_argnames="world")
def graphs_of(world: LevelWorld, levels: Level) -> Graph:
    """Return the graphs of L levels, with a leading axis of L."""
    return jax.vmap(partial(graph_of, world))(levels)


@partial(jax.jit, static_argnames="world")
def _begin(world: LevelWorld, levels: Level) -> tuple[State, Array, Array]:
    def one(level: Level) -> tuple[State, Array, Array]:
        state = world.reset(level)
        return state, world.observe(level, state), world.index_of(level, state)

    return jax.vmap(one)(levels)


@partial(jax.jit, static_argnames="world")
def _advance(
    world: LevelWorld,
    levels: Level,
    states: State,
    actions: Int[Array, " e"],
    ended: Bool[Array, " e"],
) -> tuple[State, Array, Array, Array, Array]:
    """Take a step on every row that goes on: states, observations, numbers, rewards and ends."""
    key = jax.random.key(0)  # a world of levels is deterministic, and no chance is drawn from it

    def one(
        level: Level, state: State, action: Array, over: Array
    ) -> tuple[State, Array, Array, Array, Array]:
        moved = world.step(key, level, state, action)
        after = jax.tree.map(lambda new, old: jnp.where(over, old, new), moved.state, state)
        rewards = jnp.stack([moved.info[goal] for goal in world.goals])
        over = over | moved.terminated | moved.truncated
        return after, world.observe(level, after), world.index_of(level, after), rewards, over

    return jax.vmap(one)(levels, states, actions, ended)


def check_policy(policy: AnyPolicy | None, world: LevelWorld) -> None:
    """Refuse a policy that says it takes other observations, or has other actions, than a world.

    Raises:
        BadRequest: naming both.
    """
    takes = interface_of(policy)
    if takes == UNKNOWN:
        return

    def seen(key: Array) -> Array:
        level = world.draw(key, jnp.array(False))
        return world.observe(level, world.reset(level))

    shape, count = jax.eval_shape(seen, jax.random.key(0)).shape, len(world.actions)
    remedy = "give the world that it was trained in, of that size"
    if not takes.takes(shape):
        raise BadRequest(
            f"the policy expects observations of shape {shapes_told(takes.shapes)}, and "
            f"{world.name} gives {shape}; {remedy}"
        )
    if takes.actions not in (None, count):
        raise BadRequest(
            f"the policy chooses among {takes.actions} actions, and {world.name} has {count}; "
            f"{remedy}"
        )


def play_levels(  # noqa: PLR0913 - a public call, whose settings are keywords with defaults
    policy: AnyPolicy,
    world: LevelWorld,
    levels: Level,
    *,
    seed: int,
    discount: float,
    episodes_per_level: int = 1,
    sample: bool = True,
    name: str = "train",
    description: str = "",
    role: Role = "train",
) -> Seen:
    """Return what a policy does on levels, one batch of observations a step.

    The world's horizon truncates. `path_of` gives the way of an episode, for replays.

    Args:
        policy: with or without a memory; it is called on (L · episodes, …) observations, among
            which those of episodes that are over, whose answers are not looked at.
        world: whose levels; deterministic.
        levels: a pytree with a leading axis of L, such as `draw_levels` gives.
        seed: of the choices.
        discount: γ, of the returns.
        episodes_per_level: how often each is played.
        sample: draw actions from the policy; else take the most probable.
        name, description, role: of the distribution.

    Raises:
        BadRequest: no episode was asked for, or the policy is of another world, see `check_policy`.
        PlayStopped: the policy raised, or answered with no logits; `so_far` has what had ended.
        PlayInterrupted: Ctrl-C, a KeyboardInterrupt that has it too.
    """
    if episodes_per_level < 1:
        raise BadRequest(f"{episodes_per_level} episodes per level were asked for; at least 1 is")
    check_policy(policy, world)
    about = About(name, description, role, tuple(world.goals), discount, world.horizon)
    graphs = graphs_of(world, levels)
    rows = np.repeat(np.arange(count_of(levels)), episodes_per_level)
    recorder = Recorder(about, rows)
    chooser = Chooser(policy, actions=len(world.actions), sample=sample)
    rng = stream(seed, "choices", name)
    try:
        _play(chooser, world, jax.tree.map(lambda part: part[rows], levels), recorder, rng)
    except KeyboardInterrupt:
        raise PlayInterrupted(recorder.seen(graphs)) from None
    except MesascopeError as error:
        raise stopped(error, recorder.seen(graphs)) from error
    seen = recorder.seen(graphs)
    assert seen is not None
    return seen


def _play(
    chooser: Chooser,
    world: LevelWorld,
    levels: Any,
    recorder: Recorder,
    rng: np.random.Generator,
) -> None:
    """Play until every episode is over."""
    state, observation, number = _begin(world, levels)
    chooser.start(len(recorder.level_of))
    for time in range(world.horizon):
        alive = ~recorder.ended
        if not alive.any():
            return
        actions = chooser.choose(np.asarray(observation), rng, alive)
        before = np.asarray(number)
        state, observation, number, rewards, over = _advance(
            world, levels, state, actions.astype(np.int32), recorder.ended
        )
        on = np.flatnonzero(alive)
        recorder.add(on, before[on], actions[on], np.asarray(rewards, np.float64)[on], time)
        recorder.ended = np.array(over)
    recorder.ended[:] = True
