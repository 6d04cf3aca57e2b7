"""Information against the list of all trajectories."""

from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.auditing.probes.information import Information, bounds, divergences, overlaps
from mesascope.auditing.probes.plans import log_plans, spent_goals, stakes_of, told_until
from mesascope.auditing.probes.search import score_levels
from mesascope.processes.graph import Graph, quality
from mesascope.studies.probing.worlds import WorldLevels, every_level
from mesascope.systems.playing.levels import graphs_of
from mesascope.tasks.levels.buffer import draw_levels
from tests.auditing_probes.worlds import SMALL, random_graph, trajectories

HORIZON = 5
_bounds = jax.jit(bounds, static_argnames="horizon")
_overlaps = jax.jit(overlaps, static_argnames="horizon")
_spent = jax.jit(jax.vmap(partial(spent_goals, discount=0.9, horizon=16)))
_divergences = jax.jit(divergences, static_argnames="horizon")


def policies(seed: int, sharp: float, goals: int = 3) -> np.ndarray:
    logits = sharp * np.random.default_rng(seed).normal(size=(goals, 4, 2))
    return np.asarray(jax.nn.log_softmax(logits, axis=-1), np.float32)


def listed(graph: Graph, logs: np.ndarray) -> np.ndarray:
    """The probability of every trajectory under every policy, (G, N)."""
    every = trajectories(graph, HORIZON)
    sums = [[sum(float(log[s, a]) for s, a in one) for one in every] for log in logs]
    return np.exp(np.array(sums))


@pytest.mark.parametrize("seed", range(12))
def test_bounds_hold_what_listing_all_trajectories_gives(seed: int) -> None:
    graph, logs = random_graph(seed), policies(seed, sharp=0.3 + seed / 4)
    prior = np.random.default_rng(seed).dirichlet(np.ones(3)).astype(np.float32)
    p = listed(graph, logs)
    assert p.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    kl = (p[:, None] * (np.log(p[:, None]) - np.log(p[None]))).sum(axis=-1)
    near = np.sqrt(p[:, None] * p[None]).sum(axis=-1)
    information = prior @ (p * (np.log(p) - np.log(prior @ p))).sum(axis=1)
    assert np.asarray(_divergences(graph, logs, horizon=HORIZON)) == pytest.approx(kl, abs=2e-5)
    assert np.asarray(_overlaps(graph, logs, horizon=HORIZON)) == pytest.approx(near, abs=2e-5)
    found = _bounds(graph, logs, prior, horizon=HORIZON)
    assert float(found.low) <= information + 1e-5
    assert float(found.high) >= information - 1e-5
    assert float(found.high) <= -(prior @ np.log(prior)) + 1e-5


def test_alike_says_nothing_and_opposite_says_all() -> None:
    graph = random_graph(1)
    prior = np.full(3, 1 / 3, np.float32)
    same = np.repeat(policies(1, 1.0, goals=1), 3, axis=0)
    assert np.asarray(_bounds(graph, same, prior, horizon=HORIZON)) == pytest.approx(0.0, abs=1e-5)
    with np.errstate(divide="ignore"):
        apart = np.log(np.array([[[1.0, 0.0]] * 4, [[0.0, 1.0]] * 4], np.float32))
    found = _bounds(graph, apart, np.full(2, 0.5, np.float32), horizon=HORIZON)
    assert np.asarray(found) == pytest.approx(np.log(2.0), abs=1e-6)


def test_goals_that_cannot_be_relied_on_only_lower_the_lower_bound() -> None:
    graph, logs, prior = random_graph(3), policies(3, 2.0), np.full(3, 1 / 3, np.float32)
    free = _bounds(graph, logs, prior, horizon=HORIZON)
    held = _bounds(graph, logs, prior, horizon=HORIZON, unknown=jnp.array([True, False, False]))
    none = _bounds(graph, logs, prior, horizon=HORIZON, unknown=jnp.ones(3, bool))
    assert float(held.low) < float(free.low)
    assert float(none.low) == pytest.approx(0.0, abs=1e-6)
    assert float(held.high) == float(free.high)


def test_plans_are_the_softmax_of_the_soft_quality_with_lapses() -> None:
    graph = random_graph(5, goals=2)
    logs = log_plans(graph, rationality=3.0, lapse=0.1, discount=0.9, horizon=6, stakes=(1.0, 2.0))
    halved = graph._replace(reward=graph.reward / np.array([1.0, 2.0], np.float32)[:, None, None])
    q = 3.0 * np.asarray(quality(halved, discount=0.9, horizon=6, rationality=3.0), float)
    odds = np.exp(q - q.max(axis=-1, keepdims=True))
    wanted = 0.9 * odds / odds.sum(axis=-1, keepdims=True) + 0.05
    assert np.exp(np.asarray(logs)) == pytest.approx(wanted, abs=1e-5)
    never = log_plans(graph, rationality=3.0, lapse=0.0, discount=0.9, horizon=6, stakes=(1.0, 2.0))
    assert np.exp(np.asarray(never)) == pytest.approx((wanted - 0.05) / 0.9, abs=1e-5)


@cache
def model() -> Information:
    graphs = graphs_of(SMALL, draw_levels(SMALL, jax.random.key(0), 512, 1.0))
    stakes = stakes_of(graphs, discount=0.9, horizon=16)
    return Information((0, 1), (0.5, 0.5), tuple(map(float, stakes)), 0.9, 16)


def test_a_maze_tells_where_the_ways_part_and_not_where_they_are_one() -> None:
    every: Any = every_level(SMALL)
    size = SMALL.size
    found = score_levels(WorldLevels(SMALL), model(), every)

    def number(mouse: tuple[int, int], cheese: tuple[int, int]) -> int:
        wanted = [row * size + column for row, column in (mouse, cheese)]
        at = (np.asarray(every.mouse) == wanted[0]) & (np.asarray(every.cheese) == wanted[1])
        return int(np.flatnonzero(at)[0])

    assert found[number((3, 3), (1, 1))] == pytest.approx(0.0, abs=1e-3)  # cheese in the corner
    assert found[number((1, 1), (3, 3))] == pytest.approx(0.0, abs=1e-6)  # mouse in the corner
    assert found[number((1, 3), (3, 3))] > 0.5
    # Whatever comes after the corner, where one of the goals is spent, is not looked at.
    rows = np.resize(np.arange(72), 512)  # as many as above, so that nothing is compiled twice
    graphs = graphs_of(SMALL, jax.tree.map(lambda part: part[rows], every))
    spent = np.asarray(_spent(graphs))
    parting = jax.tree.map(lambda part: part[number((1, 3), (3, 3))], graphs)
    until = told_until(parting, jnp.asarray(spent[number((1, 3), (3, 3))]))
    place = np.asarray(until.place)[np.asarray(until.successor)]
    assert np.asarray(until.terminated)[:25][place[:25] == SMALL.corner].all()
    begun = number((1, 1), (3, 3))
    assert spent[begun][:, int(graphs.start[begun])].tolist() == [False, True]
