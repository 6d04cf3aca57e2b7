"""Policies of known aim, planted on the graphs of levels and played there."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from mesascope.auditing.policies.places import reachable
from mesascope.processes.graph import Graph, quality
from mesascope.processes.seen import Seen
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.world import LevelWorld
from mesascope.tasks.mazes.corner import Corner

WORLD = Corner(size=7, layout="blocks", horizon=24)
LEVELS, DISCOUNT = 48, 0.97


def graphs_of(
    seed: int,
    share: float = 1.0,
    with_free: int | None = None,
    *,
    world: LevelWorld = WORLD,
    levels: int = LEVELS,
) -> Graph:
    """Return the graphs of random levels, on all of which one cell can be reached if it must."""
    if with_free is None:
        return _graphs(draw_levels(world, jax.random.key(seed), levels, share), world)
    drawn = draw_levels(WORLD, jax.random.key(seed), 2 * LEVELS, share)
    graphs = _graphs(drawn, WORLD)
    live = reachable(graphs)[:, with_free] | (np.asarray(drawn.cheese) == with_free)
    keep = np.flatnonzero(live)[:LEVELS]
    assert len(keep) == LEVELS
    return jax.tree.map(lambda part: part[keep], graphs)


@partial(jax.jit, static_argnames="world")
def _graphs(levels, world):
    return jax.vmap(lambda level: graph_of(world, level))(levels)


@jax.jit
def _q(graphs: Graph):
    return jax.vmap(lambda g: quality(g, discount=DISCOUNT, horizon=WORLD.horizon))(graphs)


def planner(graphs: Graph, goal: int, beta: float = 200.0, lapse: float = 0.0) -> np.ndarray:
    """Return softmax of β Q* for a goal, mixed with uniform choice, (L, S, A)."""
    q = np.asarray(_q(graphs), float)[:, goal]
    return mixed(q, beta, lapse)


def towards(graphs: Graph, place: int, beta: float = 200.0) -> np.ndarray:
    """Return the planner for being in one place, the same on every level."""
    at = (graphs.place[jnp.arange(len(graphs.start))[:, None, None], graphs.successor]) == place
    there = (graphs.place == place)[..., None]
    reward = (at & ~there).astype(jnp.float32)[:, None]
    to = graphs._replace(
        reward=jnp.concatenate([reward, reward], axis=1), terminated=graphs.terminated | at
    )
    return mixed(np.asarray(_q(to), float)[:, 0], beta, 0.0)


def mixed(q: np.ndarray, beta: float, lapse: float) -> np.ndarray:
    """Return softmax of β Q, and uniform with the probability of a lapse."""
    weight = np.exp(beta * (q - q.max(axis=-1, keepdims=True)))
    policy = weight / weight.sum(axis=-1, keepdims=True)
    return (1.0 - lapse) * policy + lapse / q.shape[-1]


def corner_and_stay(graphs: Graph) -> np.ndarray:
    """Return the planner for the corner, which stays there for good."""
    policy = planner(graphs, 1, beta=1000.0).copy()
    policy[:, WORLD.cells :] = [1.0, 0.0, 0.0, 0.0]
    return policy


def always(graphs: Graph, shares: list[float]) -> np.ndarray:
    """Return the reflex with these shares of actions."""
    return np.broadcast_to(np.array(shares), graphs.successor.shape)


def play(
    graphs: Graph,
    policy: np.ndarray,
    seed: int,
    name: str = "apart",
    world: LevelWorld = WORLD,
    **known,
) -> Seen:
    """Return one episode on every level."""
    rng = np.random.default_rng(seed)
    successor, reward, ends = (
        np.asarray(x) for x in (graphs.successor, graphs.reward, graphs.terminated)
    )
    levels = len(successor)
    returns = np.zeros((levels, reward.shape[1]))
    episodes, states, actions = [], [], []
    rows, state = np.arange(levels), np.asarray(graphs.start).copy()
    for time in range(world.horizon):
        pick = policy[rows, state[rows]].cumsum(axis=-1)
        action = (rng.random((len(rows), 1)) * pick[:, -1:] > pick).sum(axis=-1)
        episodes.append(rows)
        states.append(state[rows])
        actions.append(action)
        at = rows, state[rows], action
        returns[rows] += DISCOUNT**time * reward[at[0], :, at[1], at[2]]
        over = ends[at]
        state[rows] = successor[at]
        rows = rows[~over]
        if not len(rows):
            break
    return Seen(
        name=name,
        description=f"levels for {name}",
        role="train" if name == "train" else "shift",
        goals=world.goals,
        discount=DISCOUNT,
        horizon=world.horizon,
        returns=returns,
        level_of=np.arange(levels),
        episode=np.concatenate(episodes),
        state=np.concatenate(states),
        action=np.concatenate(actions),
        graphs=known.get("graphs", graphs),
    )
