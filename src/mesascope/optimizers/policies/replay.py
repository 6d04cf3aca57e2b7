"""Prioritised level replay: PPO on the levels where the policy still has the most to gain.

New levels of the training distribution are only tried, and kept where their score is high; the
policy learns on kept ones alone, drawn by score and staleness. (Robust PLR, arXiv 2110.02439, after
arXiv 2010.03934; with changed levels among the new ones as in ACCEL, arXiv 2203.01302.)
"""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from mesascope.optimizers.policies import ppo
from mesascope.optimizers.policies.evaluation import best_on
from mesascope.optimizers.policies.settings import ReplaySettings
from mesascope.optimizers.policies.stage import QUICK, State, first, key_of, levels_for, totals
from mesascope.systems.networks.network import Network
from mesascope.tasks.levels.world import Level, LevelWorld


class Pool(NamedTuple):
    """The levels that are kept, P of them.

    Attributes:
        level: with a leading axis of P.
        best: the best base return on each: the optimum for exact regret, else the best seen, (P,).
        score: how much there is to gain, (P,).
        seen: the update that each was last played in, (P,).
        now: the number of updates until now.
    """

    level: Level
    best: Float[Array, " p"]
    score: Float[Array, " p"]
    seen: Int[Array, " p"]
    now: Int[Array, ""]


def best_known(world: LevelWorld, settings: ReplaySettings, level: Level) -> Float[Array, " n"]:
    """Return what is known of the best base return on levels before they are played."""
    if settings.score == "exact":
        return best_on(world, level, settings.discount)
    return jnp.zeros(len(jax.tree.leaves(level)[0]))


@partial(jax.jit, static_argnames=("world", "settings"), compiler_options=QUICK)
def start(
    world: LevelWorld, settings: ReplaySettings, seeds: Int[Array, " k"], share: Float[Array, ""]
) -> State:
    """Return the state at the start: untrained networks, and levels of which nothing is known."""

    def one(seed: Array) -> State:
        state, key = first(world, settings, seed)
        level = levels_for(world, key, settings.levels, share)
        none = jnp.zeros(settings.levels)
        best = best_known(world, settings, level)
        never = jnp.zeros(settings.levels, jnp.int32)
        return state._replace(rest=Pool(level, best, none, never, jnp.int32(1)))

    return jax.vmap(one)(seeds)


def draw(key: PRNGKeyArray, pool: Pool, settings: ReplaySettings) -> Int[Array, " n"]:
    """Return different levels of the pool, drawn with weights of score and staleness."""
    score = jnp.maximum(pool.score, 1e-6)
    score = (score / score.max()) ** (1.0 / settings.temperature)
    stale = (pool.now - pool.seen).astype(jnp.float32)
    weight = (1.0 - settings.staleness) * score / score.sum()
    weight = weight + settings.staleness * stale / stale.sum()
    noisy = jnp.log(weight) + jax.random.gumbel(key, weight.shape)
    return lax.top_k(noisy, settings.rows)[1]


def scores(
    steps: ppo.Steps,
    advantage: Float[Array, "t n"],
    best: Float[Array, " n"],
    settings: ReplaySettings,
) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
    """Return the score of the levels that were played, and the best return known afterwards.

    `exact` is the optimum less the mean return, `maxmc` the mean of the best return seen less the
    value, and `value` the mean positive advantage (positive value loss).
    """
    base, ended = steps.gained[..., 0], steps.ended
    if settings.score == "exact":
        episodes = ended.sum(axis=0)
        mean = (base * ended).sum(axis=0) / jnp.maximum(episodes, 1)
        return best - jnp.where(episodes > 0, mean, base[-1]), best
    best = jnp.maximum(best, base.max(axis=0))
    if settings.score == "maxmc":
        return (best - steps.value).mean(axis=0), best
    return jnp.maximum(advantage, 0.0).mean(axis=0), best


def keep(pool: Pool, level: Level, best: Array, score: Array) -> Pool:
    """Return the pool with new levels in the place of those whose score is lower, worst first."""
    worst = jnp.argsort(pool.score)[: len(score)]
    order = jnp.argsort(-score)
    better = score[order] > pool.score[worst]

    def put(old: Array, new: Array) -> Array:
        rows = better.reshape(-1, *[1] * (old.ndim - 1))
        return old.at[worst].set(jnp.where(rows, new[order], old[worst]))

    return Pool(
        jax.tree.map(put, pool.level, level),
        put(pool.best, best),
        put(pool.score, score),
        put(pool.seen, jnp.full(len(score), pool.now)),
        pool.now,
    )


@partial(jax.jit, static_argnames=("world", "settings"), compiler_options=QUICK)
def advance(
    world: LevelWorld, settings: ReplaySettings, state: State, share: Float[Array, ""]
) -> tuple[State, Float[Array, "k g"]]:
    """Train for a stage; half of the steps are on new levels, and nothing is learned from them.

    Returns:
        The state afterwards, and the mean return on replayed levels by goal.
    """

    def play(network: Network, level: Level, key: PRNGKeyArray) -> tuple[ppo.Part, ppo.Steps]:
        playing = ppo.begin(world, network, level)
        _, steps, last = ppo.rollout(world, network, playing, key, lambda _, now: now, settings)
        return ppo.Part(playing.memory, steps, ppo.advantages(steps, last, settings)), steps

    def explore(pool: Pool, learner: ppo.Learner, key: PRNGKeyArray) -> Pool:
        for_new, for_kind, for_draw, for_change, for_play = jax.random.split(key, 5)
        new = levels_for(world, for_new, settings.rows, share)
        if settings.mutations:
            chosen = draw(for_draw, pool, settings)
            old = jax.tree.map(lambda part: part[chosen], pool.level)
            changed = jax.vmap(world.mutate)(jax.random.split(for_change, settings.rows), old)
            kinds = jax.random.bernoulli(for_kind, settings.mutations, (settings.rows,))
            new = ppo.where(kinds, changed, new)
        part, steps = play(learner.network, new, for_play)
        score, best = scores(steps, part.advantage, best_known(world, settings, new), settings)
        return keep(pool, new, best, score)

    def update(
        carry: tuple[ppo.Learner, Pool], key: PRNGKeyArray
    ) -> tuple[tuple[ppo.Learner, Pool], tuple[Array, Array]]:
        learner, pool = carry
        for_new, for_draw, for_play, for_learning = jax.random.split(key, 4)
        pool = explore(pool, learner, for_new)
        chosen = draw(for_draw, pool, settings)
        level = jax.tree.map(lambda part: part[chosen], pool.level)
        part, steps = play(learner.network, level, for_play)
        learner = ppo.learn(learner, part, for_learning, settings)
        score, best = scores(steps, part.advantage, pool.best[chosen], settings)
        pool = pool._replace(
            best=pool.best.at[chosen].set(best),
            score=pool.score.at[chosen].set(score),
            seen=pool.seen.at[chosen].set(pool.now),
            now=pool.now + 1,
        )
        return (learner, pool), totals(steps)

    def one(state: State) -> tuple[State, Float[Array, " g"]]:
        keys = jax.random.split(key_of(state), settings.updates)
        (learner, pool), (gained, ended) = lax.scan(update, (state.learner, state.rest), keys)
        taken = 2 * settings.rows * settings.steps * settings.updates
        after = State(learner, pool, state.key, state.stage + 1, state.steps + taken)
        return after, gained.sum(axis=0) / ended.sum()

    return jax.vmap(one)(state)
