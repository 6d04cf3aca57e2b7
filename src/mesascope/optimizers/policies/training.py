"""Training, stage by stage: many seeds at once, and anything that was reached can be gone on from.

A stage is one compiled call: levels are drawn, and the policy is updated some times on them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float, PRNGKeyArray

from mesascope.core.errors import BadRequest
from mesascope.optimizers.policies import ppo
from mesascope.optimizers.policies.settings import Settings
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.networks.network import Network
from mesascope.systems.networks.spec import NetworkSpec
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.world import Level, LevelWorld


class State(NamedTuple):
    """All that training goes on from; every array has a leading axis of seeds."""

    learner: ppo.Learner
    playing: ppo.Playing
    key: Array
    stage: Array


@dataclass(frozen=True, eq=False)
class Stage:
    """Where training stands.

    Attributes:
        world, settings, share, seeds: what is trained, how, on which levels, from which seeds.
        steps: environment steps until now, of each seed.
        returns: by goal, the mean discounted return of the episodes that ended in this stage, for
            each seed; NaN where none did.
        state: what training goes on from.
    """

    world: LevelWorld
    settings: Settings
    share: float
    seeds: tuple[int, ...]
    steps: int
    returns: dict[str, Float[np.ndarray, " k"]]
    state: State

    def network(self, index: int) -> Network:
        """Return the network of the seed at this place in `seeds`."""
        network: Network = jax.tree.map(lambda leaf: leaf[index], self.state.learner.network)
        return network


def spec_of(world: LevelWorld, settings: Settings) -> NetworkSpec:
    """Return the network that training on a world begins with."""
    level = jax.eval_shape(partial(world.draw, apart=jnp.bool_(False)), jax.random.key(0))
    seen = jax.eval_shape(lambda level: world.observe(level, world.reset(level)), level)
    return NetworkSpec(
        settings.kind, seen.shape, len(world.actions), settings.width, settings.depth
    )


@partial(jax.jit, static_argnames=("world", "settings"))
def start(world: LevelWorld, settings: Settings, seeds: Array, share: Array) -> State:
    """Return the state at the start."""

    def one(seed: Array) -> State:
        key, for_network, for_levels = jax.random.split(jax.random.key(seed), 3)
        network = make_network(spec_of(world, settings), for_network)
        momentum = ppo.optimizer(settings).init(network)
        levels = levels_for(world, for_levels, settings.rows, share)
        playing = ppo.begin(world, network, levels)
        learner = ppo.Learner(network, momentum)
        return State(learner, playing, jax.random.key_data(key), jnp.int32(0))

    return jax.vmap(one)(seeds)


def levels_for(world: LevelWorld, key: PRNGKeyArray, count: int, share: Array) -> Level:
    """Return levels of the training distribution, inside compiled code."""
    apart, rest = jax.random.split(key)
    kinds = jax.random.bernoulli(apart, share, (count,))
    return jax.vmap(world.draw)(jax.random.split(rest, count), kinds)


def mean_returns(steps: ppo.Steps) -> tuple[Float[Array, " g"], Float[Array, ""]]:
    """Return the sum of the returns of episodes that ended, and their number."""
    return (steps.gained * steps.ended[..., None]).sum((0, 1)), steps.ended.sum()


@partial(jax.jit, static_argnames=("world", "settings"))
def advance(
    world: LevelWorld, settings: Settings, state: State, share: Array
) -> tuple[State, Float[Array, "k g"]]:
    """Train for a stage: the state afterwards, and the mean returns."""

    def one(state: State) -> tuple[State, Float[Array, " g"]]:
        key = jax.random.fold_in(jax.random.wrap_key_data(state.key), state.stage)
        for_levels, rest = jax.random.split(key)
        pool = levels_for(world, for_levels, settings.levels, share)

        def pick(key: PRNGKeyArray, now: Level) -> Level:
            which = jax.random.randint(key, (settings.rows,), 0, settings.levels)
            return jax.tree.map(lambda part: part[which], pool)

        def update(
            carry: tuple[ppo.Learner, ppo.Playing], key: PRNGKeyArray
        ) -> tuple[tuple[ppo.Learner, ppo.Playing], tuple[Array, Array]]:
            learner, playing = carry
            for_play, for_learn = jax.random.split(key)
            after, steps, last = ppo.rollout(
                world, learner.network, playing, for_play, pick, settings
            )
            part = ppo.Part(playing.memory, steps, ppo.advantages(steps, last, settings))
            learner = ppo.learn(learner, part, for_learn, settings)
            return (learner, after), mean_returns(steps)

        keys = jax.random.split(rest, settings.updates)
        (learner, playing), (gained, ended) = lax.scan(update, (state.learner, state.playing), keys)
        after = State(learner, playing, state.key, state.stage + 1)
        return after, gained.sum(axis=0) / ended.sum()

    return jax.vmap(one)(state)


def train(
    world: LevelWorld,
    settings: Settings | None = None,
    *,
    seeds: Sequence[int],
    share: float = 0.0,
    budget: int,
    resume: State | None = None,
) -> Iterator[Stage]:
    """Train a policy by PPO for each seed, all of them side by side.

    Stop whenever you like: each stage is whole, and `resume` goes on from its state, to the same
    bits as if nothing had happened.

    Args:
        world: whose levels; the reward is that of its first goal.
        settings: how; the standard ones where None.
        seeds: one policy for each.
        share: of disambiguating levels.
        budget: environment steps for each seed in all, rounded up to whole stages.
        resume: the state of an earlier stage of the same world, settings and seeds.

    Raises:
        BadRequest: no seed, a negative one, no such share, or a budget below 1.
    """
    settings = settings or Settings()
    check(seeds, budget)
    draw_levels(world, jax.random.key(0), 1, share)  # refuses a share that is none
    part = jnp.float32(share)
    state = start(world, settings, jnp.array(seeds), part) if resume is None else resume
    done = int(state.stage[0])
    while done * settings.per_stage < budget:
        state, returns = advance(world, settings, state, part)
        done += 1
        by_goal = {g: np.asarray(returns[:, i]) for i, g in enumerate(world.goals)}
        yield Stage(world, settings, share, tuple(seeds), done * settings.per_stage, by_goal, state)


def check(seeds: Sequence[int], budget: int) -> None:
    """Refuse seeds and budgets that make no sense."""
    if not seeds or min(seeds) < 0:
        raise BadRequest(f"the seeds are {list(seeds)}; at least one is expected, from 0 on")
    if budget < 1:
        raise BadRequest(f"the budget is {budget} steps; at least 1 is expected")


def last_of(stages: Iterator[Any]) -> Any:
    """Return the last of some stages."""
    for stage in stages:
        last = stage
    return last
