"""Evolution strategies: no gradient of the policy, only returns of networks near to it.

Salimans et al., arXiv 1703.03864: antithetic Gaussian perturbations, centred ranks, Adam.
"""

from functools import partial

import jax
import jax.numpy as jnp
import optax
from jax import lax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float, Int, PRNGKeyArray

from mesascope.optimizers.policies import ppo
from mesascope.optimizers.policies.evaluation import episodes
from mesascope.optimizers.policies.settings import EvolutionSettings
from mesascope.optimizers.policies.stage import QUICK, State, first, key_of, levels_for
from mesascope.tasks.levels.world import LevelWorld


@partial(jax.jit, static_argnames=("world", "settings"), compiler_options=QUICK)
def start(
    world: LevelWorld, settings: EvolutionSettings, seeds: Int[Array, " k"], share: Array
) -> State:
    """Return the state at the start; evolution strategies keep nothing beside the network."""
    return jax.vmap(lambda seed: first(world, settings, seed)[0])(seeds)


def ranks(fitness: Float[Array, " m"]) -> Float[Array, " m"]:
    """Return ranks from -1/2 to 1/2; equal values share the mean of theirs."""
    below = (fitness[:, None] > fitness[None, :]).sum(axis=1)
    above = (fitness[:, None] < fitness[None, :]).sum(axis=1)
    return (below - above) / (2.0 * (len(fitness) - 1))


@partial(jax.jit, static_argnames=("world", "settings"), compiler_options=QUICK)
def advance(
    world: LevelWorld, settings: EvolutionSettings, state: State, share: Float[Array, ""]
) -> tuple[State, Float[Array, "k g"]]:
    """Train for a stage.

    Returns:
        The state afterwards, and the mean return of the perturbed networks by goal.
    """
    adam, half = ppo.optimizer(settings), settings.population // 2

    def generation(
        learner: ppo.Learner, key: PRNGKeyArray
    ) -> tuple[ppo.Learner, tuple[Array, Array]]:
        for_noise, for_levels, for_play = jax.random.split(key, 3)
        centre, shape = ravel_pytree(learner.network)
        noise = jax.random.normal(for_noise, (half, centre.size))
        noise = jnp.concatenate([noise, -noise])
        levels = levels_for(world, for_levels, settings.rows, share)

        def worth(offset: Array) -> tuple[Array, Array]:
            network = shape(centre + settings.sigma * offset)
            gained, steps = episodes(world, network, levels, for_play, settings.discount)
            return gained.mean(axis=0), steps

        gained, steps = jax.vmap(worth)(noise)
        slope = -ranks(gained[:, 0]) @ noise / (settings.population * settings.sigma)
        change, momentum = adam.update(shape(slope), learner.momentum)
        network = optax.apply_updates(learner.network, change)
        return ppo.Learner(network, momentum), (gained.mean(axis=0), steps.sum())

    def one(state: State) -> tuple[State, Float[Array, " g"]]:
        keys = jax.random.split(key_of(state), settings.updates)
        learner, (gained, steps) = lax.scan(generation, state.learner, keys)
        after = State(learner, (), state.key, state.stage + 1, state.steps + steps.sum())
        return after, gained.mean(axis=0)

    return jax.vmap(one)(state)
