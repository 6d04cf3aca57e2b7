"""Domain randomisation: PPO on levels that are drawn uniformly from the training distribution."""

from functools import partial

import jax
from jax import lax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from mesascope.optimizers.policies import ppo
from mesascope.optimizers.policies.settings import Settings
from mesascope.optimizers.policies.stage import QUICK, State, first, key_of, levels_for, totals
from mesascope.tasks.levels.world import Level, LevelWorld


@partial(jax.jit, static_argnames=("world", "settings"), compiler_options=QUICK)
def start(
    world: LevelWorld, settings: Settings, seeds: Int[Array, " k"], share: Float[Array, ""]
) -> State:
    """Return the state at the start: untrained networks, and episodes about to begin."""

    def one(seed: Array) -> State:
        state, key = first(world, settings, seed)
        levels = levels_for(world, key, settings.rows, share)
        return state._replace(rest=ppo.begin(world, state.learner.network, levels))

    return jax.vmap(one)(seeds)


@partial(jax.jit, static_argnames=("world", "settings"), compiler_options=QUICK)
def advance(
    world: LevelWorld, settings: Settings, state: State, share: Float[Array, ""]
) -> tuple[State, Float[Array, "k g"]]:
    """Train for a stage, on levels drawn for it.

    Returns:
        The state afterwards, and the mean return of the episodes that ended, by goal.
    """

    def one(state: State) -> tuple[State, Float[Array, " g"]]:
        for_levels, rest = jax.random.split(key_of(state))
        pool = levels_for(world, for_levels, settings.levels, share)

        def pick(key: PRNGKeyArray, now: Level) -> Level:
            which = jax.random.randint(key, (settings.rows,), 0, settings.levels)
            return jax.tree.map(lambda part: part[which], pool)

        def update(
            carry: tuple[ppo.Learner, ppo.Playing], key: PRNGKeyArray
        ) -> tuple[tuple[ppo.Learner, ppo.Playing], tuple[Array, Array]]:
            learner, playing = carry
            for_play, for_learning = jax.random.split(key)
            after, steps, last = ppo.rollout(
                world, learner.network, playing, for_play, pick, settings
            )
            part = ppo.Part(playing.memory, steps, ppo.advantages(steps, last, settings))
            return (ppo.learn(learner, part, for_learning, settings), after), totals(steps)

        keys = jax.random.split(rest, settings.updates)
        (learner, playing), (gained, ended) = lax.scan(update, (state.learner, state.rest), keys)
        after = state._replace(
            learner=learner,
            rest=playing,
            stage=state.stage + 1,
            steps=state.steps + settings.rows * settings.steps * settings.updates,
        )
        return after, gained.sum(axis=0) / ended.sum()

    return jax.vmap(one)(state)
