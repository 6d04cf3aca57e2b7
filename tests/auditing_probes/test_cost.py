"""What the wrong goal costs, against the best of all sequences of actions."""

import jax
import numpy as np
import pytest

from mesascope.auditing.probes.cost import Cost, base_returns, disagree
from mesascope.auditing.probes.search import score_graphs
from tests.auditing_probes.worlds import random_graph, trajectories

HORIZON, DISCOUNT = 5, 0.5  # powers of a half are exact, so ties are ties
_returns = jax.jit(base_returns, static_argnums=(1, 2), static_argnames=("discount", "horizon"))
_disagree = jax.jit(disagree, static_argnums=(1, 2), static_argnames=("discount", "horizon"))
KIND, UNKIND = (jax.jit(Cost(0, 1, DISCOUNT, HORIZON, kind)) for kind in (True, False))


@pytest.mark.parametrize("seed", range(24))
def test_a_lexicographic_optimum_is_the_best_or_worst_of_the_optimal_sequences(seed: int) -> None:
    graph = random_graph(seed, goals=2)
    every = trajectories(graph, HORIZON)
    worth = np.array(
        [
            [sum(DISCOUNT**t * float(goal[s, a]) for t, (s, a) in enumerate(one)) for one in every]
            for goal in np.asarray(graph.reward)
        ]
    )
    base, other = worth
    optimal = base[other == other.max()]
    found = _returns(graph, 0, 1, discount=DISCOUNT, horizon=HORIZON)
    wanted = (base.max(), base.min(), optimal.max(), optimal.min())
    assert np.asarray(found) == pytest.approx(wanted, abs=1e-6)
    apart = optimal.min() < base.max()
    assert bool(_disagree(graph, 0, 1, discount=DISCOUNT, horizon=HORIZON)) == apart
    width = base.max() - base.min() or 1.0
    assert float(KIND(graph)) == pytest.approx((base.max() - optimal.max()) / width, abs=1e-6)
    assert float(UNKIND(graph)) == pytest.approx((base.max() - optimal.min()) / width, abs=1e-6)


def test_a_list_of_graphs_is_scored_as_each_of_them() -> None:
    graphs = [random_graph(seed, goals=2) for seed in range(6)]
    stacked = jax.tree.map(lambda *parts: jax.numpy.stack(parts), *graphs)
    scores = score_graphs(Cost(0, 1, DISCOUNT, HORIZON), stacked)
    assert scores == pytest.approx([float(KIND(graph)) for graph in graphs], abs=1e-6)
    assert scores.max() > 0.0
