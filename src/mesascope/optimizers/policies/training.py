"""Training, stage by stage: many seeds at once, and anything that was reached can be gone on from.

A stage is compiled as a whole, and lies between two checkpoints.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import check_seed
from mesascope.optimizers.policies import evolution_strategies, replay, uniform
from mesascope.optimizers.policies.settings import EvolutionSettings, ReplaySettings, Settings
from mesascope.optimizers.policies.stage import Stage, State
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.world import LevelWorld

MOST_STEPS = 10**9  # counted in JAX's whole numbers, which end at twice that


def method_of(settings: Settings) -> ModuleType:
    """Return the module, with `start` and `advance`, that settings are for."""
    if isinstance(settings, ReplaySettings):
        return replay
    return evolution_strategies if isinstance(settings, EvolutionSettings) else uniform


def train(
    world: LevelWorld,
    settings: Settings | None = None,
    *,
    seeds: Sequence[int],
    share: float = 0.0,
    budget: int,
    resume: State | None = None,
) -> Iterator[Stage]:
    """Train a policy for each seed, all of them side by side, by what the settings are for.

    Stop whenever you like: each stage is whole, and `resume` goes on from its state, to the same
    bits as if nothing had happened.

    Args:
        world: whose levels; the reward is that of its first goal.
        settings: `Settings` for PPO on levels as they are drawn, which is the standard;
            `ReplaySettings` for prioritised replay, `EvolutionSettings` for evolution strategies.
        seeds: one policy for each.
        share: of disambiguating levels.
        budget: environment steps for each seed in all, rounded up to whole stages.
        resume: the state of an earlier stage of the same world, settings, share and seeds.

    Raises:
        BadRequest: no seed, one out of range, no such share, or such a budget.
    """
    settings = settings or Settings()
    if not seeds or min(seeds) < 0:
        raise BadRequest(f"the seeds are {list(seeds)}; at least one is expected, from 0 on")
    for seed in seeds:
        check_seed(seed)
    if not 1 <= budget <= MOST_STEPS:
        raise BadRequest(
            f"the budget is {budget} steps; a number from 1 to {MOST_STEPS} is expected"
        )
    draw_levels(world, jax.random.key(0), 1, share)  # refuses a share that is none
    return _stages(world, settings, tuple(seeds), share, budget, resume)


def _stages(
    world: LevelWorld,
    settings: Settings,
    seeds: tuple[int, ...],
    share: float,
    budget: int,
    resume: State | None,
) -> Iterator[Stage]:
    method, part = method_of(settings), jnp.float32(share)
    state = resume or method.start(world, settings, jnp.array(seeds), part)
    compiled = False
    while float(state.steps.mean()) < budget:
        state, returns = _advance(method, world, settings, state, part, compiled=compiled)
        compiled = True
        steps = int(state.steps.mean())
        by_goal = {goal: np.asarray(returns[:, i]) for i, goal in enumerate(world.goals)}
        yield Stage(world, settings, share, seeds, steps, by_goal, state)


def _advance(
    method: ModuleType,
    world: LevelWorld,
    settings: Settings,
    state: State,
    share: Array,
    *,
    compiled: bool,
) -> tuple[State, Float[Array, "k g"]]:
    """Train all seeds for a stage: one call by vmap, or on processors one call for each seed.

    A network this small keeps one core busy and no more, so seeds are spread over the cores. What
    comes of a seed does not depend on which others are trained beside it.
    """
    seeds = len(state.stage)
    if seeds == 1 or jax.default_backend() != "cpu":
        found: tuple[State, Array] = method.advance(world, settings, state, share)
        return found

    def one(index: int) -> tuple[State, Array]:
        mine = jax.tree.map(lambda leaf: leaf[index : index + 1], state)
        done: tuple[State, Array] = method.advance(world, settings, mine, share)
        done[1].block_until_ready()
        return done

    done = [] if compiled else [one(0)]  # several threads would each compile for themselves
    with ThreadPoolExecutor(min(seeds, _cores())) as threads:
        done += threads.map(one, range(len(done), seeds))
    joined: tuple[State, Array] = jax.tree.map(lambda *parts: jnp.concatenate(parts), *done)
    return joined


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
