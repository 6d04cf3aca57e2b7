"""Proximal policy optimization, the whole of it: play, advantages, loss, update.

Schulman et al., arXiv 1707.06347; advantages as in arXiv 1506.02438. Everything is a pure function
that `jax.jit`, `jax.lax.scan` and `jax.vmap` over seeds take as it is.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import lax
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from mesascope.optimizers.policies.settings import Settings
from mesascope.systems.networks.network import Memory, Network, forget
from mesascope.tasks.levels.world import Level, LevelWorld, State

Pick = Callable[[PRNGKeyArray, Level], Level]  # from the levels of N rows, the next ones


class Playing(NamedTuple):
    """N episodes in the middle of it.

    Attributes:
        level, state, memory: of each row.
        fresh: whether its episode is about to start, (N,).
        weight: γ to the power of the time, (N,).
        gained: discounted return by each goal until now, (N, G).
    """

    level: Level
    state: State
    memory: Memory
    fresh: Bool[Array, " n"]
    weight: Float[Array, " n"]
    gained: Float[Array, "n g"]


class Steps(NamedTuple):
    """What was seen, T moments of N rows.

    Attributes:
        observation, fresh, action, value, chance: before the step, (T, N, …); chance is the log
            probability of the action.
        reward, terminated, truncated: of the step, (T, N).
        gained: return of the episode until now by each goal, (T, N, G); whole where it ended.
    """

    observation: Array
    fresh: Bool[Array, "t n"]
    action: Int[Array, "t n"]
    value: Float[Array, "t n"]
    chance: Float[Array, "t n"]
    reward: Float[Array, "t n"]
    terminated: Bool[Array, "t n"]
    truncated: Bool[Array, "t n"]
    gained: Float[Array, "t n g"]

    @property
    def ended(self) -> Bool[Array, "t n"]:
        """Where an episode came to its end, one way or the other."""
        return self.terminated | self.truncated


class Learner(NamedTuple):
    """A network in training, with the state of its optimizer."""

    network: Network
    momentum: optax.OptState


def begin(world: LevelWorld, network: Network, level: Level) -> Playing:
    """Return the start of an episode on each of N levels."""
    rows = len(jax.tree.leaves(level)[0])
    return Playing(
        level,
        jax.vmap(world.reset)(level),
        network.start(rows),
        jnp.ones(rows, bool),
        jnp.ones(rows),
        jnp.zeros((rows, len(world.goals))),
    )


def where(rows: Bool[Array, " n"], yes: State, no: State) -> State:
    """Return `yes` in some rows of a pytree, and `no` in the others."""
    return jax.tree.map(
        lambda a, b: jnp.where(rows.reshape(-1, *[1] * (a.ndim - 1)), a, b), yes, no
    )


def rollout(
    world: LevelWorld,
    network: Network,
    playing: Playing,
    key: PRNGKeyArray,
    pick: Pick,
    settings: Settings,
) -> tuple[Playing, Steps, Float[Array, " n"]]:
    """Play on. A row whose episode ends starts another on the level that `pick` gives.

    Returns:
        Where play stands, what was seen, and the value of what comes next, (N,).
    """
    rows = playing.fresh.shape[0]
    for_noise, for_steps = jax.random.split(key)
    noise = jax.random.gumbel(for_noise, (settings.steps, rows, len(world.actions)))

    def step(playing: Playing, now: tuple[Array, Array]) -> tuple[Playing, Steps]:
        noise, key = now
        for_world, for_pick = jax.random.split(key)
        seen = jax.vmap(world.observe)(playing.level, playing.state)
        logits, value, memory = network.step(seen, playing.memory)
        action = jnp.argmax(logits + noise, axis=-1)  # Gumbel's trick: a draw from the policy
        moved = jax.vmap(world.step)(
            jax.random.split(for_world, rows), playing.level, playing.state, action
        )
        rewards = jnp.stack([moved.info[goal] for goal in world.goals], axis=-1)
        gained = playing.gained + playing.weight[:, None] * rewards
        truncated = moved.truncated & ~moved.terminated
        seen_now = Steps(
            seen, playing.fresh, action, value, log_chance(logits, action), moved.reward,
            moved.terminated, truncated, gained,
        )  # fmt: skip
        ended = moved.terminated | truncated
        level = where(ended, pick(for_pick, playing.level), playing.level)
        after = Playing(
            level,
            where(ended, jax.vmap(world.reset)(level), moved.state),
            forget(memory, ended),
            ended,
            jnp.where(ended, 1.0, playing.weight * settings.discount),
            jnp.where(ended[:, None], 0.0, gained),
        )
        return after, seen_now

    keys = jax.random.split(for_steps, settings.steps)
    playing, steps = lax.scan(step, playing, (noise, keys))
    _, last, _ = network.step(jax.vmap(world.observe)(playing.level, playing.state), playing.memory)
    return playing, steps, last


def log_chance(logits: Float[Array, "*n a"], action: Int[Array, "*n"]) -> Float[Array, "*n"]:
    """Return the log probability of actions."""
    chosen = action[..., None] == jnp.arange(logits.shape[-1])
    return jnp.where(chosen, jax.nn.log_softmax(logits), 0.0).sum(axis=-1)


def advantages(steps: Steps, last: Float[Array, " n"], settings: Settings) -> Float[Array, "t n"]:
    """Return generalised advantages.

    A step that was truncated tells nothing of what would have come, so its advantage is 0: what
    led to it is worth the value of the state before it.
    """
    after = jnp.concatenate([steps.value[1:], last[None]])
    on = settings.discount * ~steps.terminated
    surprise = jnp.where(steps.truncated, 0.0, steps.reward + on * after - steps.value)

    def back(later: Array, now: tuple[Array, Array]) -> tuple[Array, Array]:
        surprise, ended = now
        later = surprise + settings.discount * settings.trace * ~ended * later
        return later, later

    _, out = lax.scan(back, jnp.zeros_like(last), (surprise, steps.ended), reverse=True)
    return out


class Part(NamedTuple):
    """What the loss looks at, T moments of some rows."""

    memory: Memory
    steps: Steps
    advantage: Float[Array, "t n"]


def loss(network: Network, part: Part, settings: Settings) -> Float[Array, ""]:
    """Return the clipped surrogate, plus half the value's squared error, less the entropy bonus."""
    steps = part.steps
    logits, value = network.unroll(steps.observation, part.memory, steps.fresh)
    better = part.advantage
    normal = (better - better.mean()) / (better.std() + 1e-8)
    ratio = jnp.exp(log_chance(logits, steps.action) - steps.chance)
    clipped = jnp.clip(ratio, 1.0 - settings.clip, 1.0 + settings.clip)
    policy = -jnp.minimum(ratio * normal, clipped * normal).mean()
    error = jnp.square(value - steps.value - better).mean()
    logs = jax.nn.log_softmax(logits)
    entropy = -(jnp.exp(logs) * logs).sum(axis=-1).mean()
    return policy + 0.5 * error - settings.entropy * entropy


def optimizer(settings: Settings) -> optax.GradientTransformation:
    """Return Adam on gradients of norm at most a half."""
    return optax.chain(optax.clip_by_global_norm(0.5), optax.adam(settings.learning_rate, eps=1e-5))


def learn(learner: Learner, part: Part, key: PRNGKeyArray, settings: Settings) -> Learner:
    """Return the learner after some epochs on what was seen, in minibatches of whole rows.

    Rows know nothing of each other, so which of them make a minibatch does not change: only the
    order of the minibatches is drawn. Slices are copied where shuffled rows would be gathered one
    by one, a third of the time.
    """
    adam, count = optimizer(settings), settings.minibatches

    def split(part: Array, axis: int) -> Array:
        shape = (*part.shape[:axis], count, -1, *part.shape[axis + 1 :])
        return jnp.moveaxis(part.reshape(shape), axis, 0)

    parts = Part(
        jax.tree.map(lambda m: split(m, 0), part.memory),
        jax.tree.map(lambda s: split(s, 1), part.steps),
        split(part.advantage, 1),
    )

    def minibatch(learner: Learner, chosen: Int[Array, ""]) -> tuple[Learner, None]:
        slope = jax.grad(loss)(learner.network, jax.tree.map(lambda p: p[chosen], parts), settings)
        change, momentum = adam.update(slope, learner.momentum)
        return Learner(optax.apply_updates(learner.network, change), momentum), None

    orders = jax.vmap(lambda key: jax.random.permutation(key, count))(
        jax.random.split(key, settings.epochs)
    )
    return lax.scan(minibatch, learner, orders.ravel())[0]
