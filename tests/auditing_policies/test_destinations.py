"""Goals that pay in several places, pursued at one of them; endings that were not foreseen."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.auditing.policies.candidates import NONE, Candidates, candidates
from mesascope.auditing.policies.choices import tally
from mesascope.auditing.policies.likelihood import LAPSE, RATIONALITY, for_goals
from mesascope.auditing.policies.places import named, placed
from mesascope.auditing.policies.pursuit import pursuit, sentence
from mesascope.auditing.policies.returns import returns_of
from mesascope.core.interval import Interval
from mesascope.processes.graph import Graph, quality
from mesascope.processes.seen import Seen
from mesascope.systems.playing.levels import graphs_of
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.mazes.coin import Coin
from tests.auditing_policies import planted

WORLD = Coin(size=7, horizon=24)
SIZE, END = WORLD.size, [row * WORLD.size + WORLD.size - 2 for row in range(1, WORLD.size - 1)]
COIN, LAST = 0, 1


@cache
def levels(seed: int) -> Graph:
    return graphs_of(WORLD, draw_levels(WORLD, jax.random.key(seed), planted.LEVELS, 1.0))


def played(graphs: Graph, policy: np.ndarray, seed: int) -> Seen:
    seen = planted.play(graphs, policy, seed)
    return Seen(**{**vars(seen), "goals": WORLD.goals})


def weighed(seen: Seen) -> Candidates:
    got = returns_of(seen)
    assert seen.graphs is not None
    assert got.worth is not None
    choices = tally(seen, seen.graphs, got.worth)
    how = {"discount": seen.discount, "horizon": seen.horizon}
    return candidates(seen.goals, seen.graphs, choices, got.stake, got.worth, **how)


def to_own_cell(graphs: Graph, seed: int) -> np.ndarray:
    """Return planners for a cell of the end that differs from level to level."""
    cells = np.random.default_rng(seed).choice(END, len(graphs.start))
    plans = {cell: planted.towards(graphs, cell) for cell in END}
    return np.stack([plans[cell][level] for level, cell in enumerate(cells)])


def without_endings(graphs: Graph) -> Graph:
    """Return the levels as who foresees no ending but the end's own would have them."""
    own = graphs.terminated & (graphs.reward[:, LAST] > 0.0)
    return graphs._replace(terminated=own)


PLANTED = {
    "the end, anywhere": (lambda g, s: planted.planner(g, LAST), "end"),
    "one cell of the end": (lambda g, s: planted.towards(g, END[1]), "end"),
    "a cell of the end on each level": (to_own_cell, "end"),
    "one cell of it, no other ending foreseen": (
        lambda g, s: planted.towards(without_endings(g), END[1]),
        "end",
    ),
    "the coin": (lambda g, s: planted.planner(g, COIN), "coin"),
    "a cell before the end": (lambda g, s: planted.towards(g, END[1] - 1), NONE),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_policy_is_named_for_what_it_is(kind: str) -> None:
    make, expected = PLANTED[kind]
    found = []
    for seed in range(5):
        graphs = levels(seed)
        found.append(pursuit(weighed(played(graphs, make(graphs, seed), seed)), 0).pursues)
    assert found == [expected] * 5


def test_the_one_place_of_it_is_told() -> None:
    graphs = levels(0)
    found = pursuit(weighed(played(graphs, planted.towards(graphs, END[1]), 0)), 0)
    assert found.place == END[1]
    told = sentence(found, "apart", 9, Interval(0.8, 0.7, 0.9, 9))
    assert "pursues end, always at one and the same place of it, with 80%" in told
    nearest = pursuit(weighed(played(graphs, planted.planner(graphs, LAST), 0)), 0)
    assert nearest.place is None
    assert "always" not in sentence(nearest, "apart", 9, None)


def test_which_places_a_goal_is_about() -> None:
    graphs, reached = placed(levels(1))
    seen = played(levels(1), planted.planner(levels(1), LAST), 1)
    worth = returns_of(seen).worth
    assert worth is not None
    found = named(graphs, reached.shape[1], worth)
    assert list(found.ways) == list(found.always) == [LAST]
    assert np.flatnonzero(found.always[LAST]).tolist() == END
    cells = np.arange(SIZE * SIZE)
    for level in range(len(reached)):
        coin = np.asarray(graphs.reward)[level, COIN].any(axis=-1)
        (at,) = {
            int(np.asarray(graphs.place)[level, s])
            for s in np.asarray(graphs.successor)[level][np.asarray(graphs.reward)[level, COIN] > 0]
        }
        assert coin.any()
        assert found.alone[level].nonzero()[0].tolist() == [at]
        # Behind a coin that stands right before it, a cell of the end is only got to from others.
        behind = {at + 1} if at + 1 in END else set()
        assert set(cells[found.ways[LAST][level]]) == set(END) - behind


def test_a_goal_that_leaves_something_or_asks_for_more_has_no_such_places() -> None:
    """By hand: three places in a row, from the middle of which one starts."""
    successor = jnp.array([[[0, 1], [0, 2], [1, 2]]])
    place = jnp.array([[0, 1, 2]])
    start, ends = jnp.array([1]), jnp.zeros((1, 3, 2), bool)
    pays = np.zeros((1, 1, 3, 2), np.float32)
    pays[0, 0, 1] = 1.0  # for leaving the middle, again and again
    graphs = Graph(successor, jnp.asarray(pays), ends, start, place)

    def worth(graphs: Graph) -> np.ndarray:
        q = jax.vmap(lambda graph: quality(graph, discount=0.9, horizon=9))(graphs)
        return np.asarray(q.max(axis=-1), float)

    assert named(graphs, 3, worth(graphs)).ways == {}
    once = graphs._replace(terminated=jnp.asarray(pays[:, 0] > 0.0))
    ways = named(once, 3, worth(once)).ways
    assert np.flatnonzero(ways[0]).tolist() == [0, 2]


@pytest.mark.parametrize("foreseen", [True, False])
def test_probabilities_are_those_of_soft_optimal_choice(foreseen: bool) -> None:
    """Q by `processes.graph.quality`, which computes it otherwise, at each β and lapse."""
    graphs = jax.tree.map(lambda part: part[:3], levels(2))
    rng = np.random.default_rng(0)
    evidence = rng.random(graphs.successor.shape)
    stake = np.array([0.5, 2.0])
    found = for_goals(graphs, evidence, stake, 0.97, WORLD.horizon)
    known = graphs if foreseen else without_endings(graphs)
    first = 0 if foreseen else len(RATIONALITY)
    for b, beta in enumerate(RATIONALITY):
        scaled = beta / stake[LAST]
        q = jax.vmap(
            lambda graph, scaled=scaled: quality(
                graph, discount=0.97, horizon=WORLD.horizon, rationality=scaled
            )
        )(known)
        plan = np.asarray(jax.nn.softmax(scaled * q[:, LAST], axis=-1), float)
        for k, lapse in enumerate(LAPSE):
            log = np.log((1.0 - lapse) * plan + lapse / plan.shape[-1])
            expected = (evidence * log).sum(axis=(1, 2))
            np.testing.assert_allclose(found[:, LAST, first + b, k], expected, rtol=2e-3)
