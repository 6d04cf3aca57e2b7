"""A stage of training: where it stands, and what it goes on from."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from mesascope.optimizers.policies import ppo
from mesascope.optimizers.policies.settings import Settings
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.networks.network import Network
from mesascope.systems.networks.spec import NetworkSpec
from mesascope.tasks.levels.world import Level, LevelWorld

# Of XLA: compiles in half the time of the standard level, or less, into code that runs as fast. Its
# products of matrices this small take longer when they are split among threads than on one.
QUICK = {"xla_backend_optimization_level": 1, "xla_cpu_multi_thread_eigen": False}


class State(NamedTuple):
    """All that training goes on from; every array has a leading axis of seeds.

    Attributes:
        learner: the network, with the state of its optimizer.
        rest: what the method keeps beside it.
        key: data of the key that everything is drawn from, together with `stage`.
        stage: how many stages are done.
        steps: environment steps taken.
    """

    learner: ppo.Learner
    rest: Any
    key: Array
    stage: Int[Array, ""]
    steps: Int[Array, ""]


@dataclass(frozen=True, eq=False)
class Stage:
    """Where training stands.

    Attributes:
        world, settings, share, seeds: what is trained, how, on which levels, from which seeds.
        steps: environment steps until now, of one seed; the mean where seeds differ.
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
    """Return the architecture that training on a world begins with."""
    key = jax.eval_shape(lambda: jax.random.key(0))
    level = jax.eval_shape(lambda key: world.draw(key, jnp.bool_(False)), key)
    seen = jax.eval_shape(lambda level: world.observe(level, world.reset(level)), level)
    return NetworkSpec(
        settings.kind, seen.shape, len(world.actions), settings.width, settings.depth
    )


def first(
    world: LevelWorld, settings: Settings, seed: Int[Array, ""]
) -> tuple[State, PRNGKeyArray]:
    """Return the state of one seed before anything is learned, and a key for its `rest`."""
    key, for_network, for_rest = jax.random.split(jax.random.key(seed), 3)
    network = make_network(spec_of(world, settings), for_network)
    learner = ppo.Learner(network, ppo.optimizer(settings).init(network))
    zero = jnp.int32(0)
    return State(learner, (), jax.random.key_data(key), zero, zero), for_rest


def key_of(state: State) -> PRNGKeyArray:
    """Return the key of the stage that comes next."""
    return jax.random.fold_in(jax.random.wrap_key_data(state.key), state.stage)


def levels_for(world: LevelWorld, key: PRNGKeyArray, count: int, share: Array) -> Level:
    """Return levels of the training distribution, inside compiled code."""
    apart, rest = jax.random.split(key)
    kinds = jax.random.bernoulli(apart, share, (count,))
    return jax.vmap(world.draw)(jax.random.split(rest, count), kinds)


def totals(steps: ppo.Steps) -> tuple[Float[Array, " g"], Int[Array, ""]]:
    """Return the sum of the returns of the episodes that ended, by goal, and their number."""
    return (steps.gained * steps.ended[..., None]).sum((0, 1)), steps.ended.sum()
