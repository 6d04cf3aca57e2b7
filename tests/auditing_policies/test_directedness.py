"""Figures on graphs against the same figures on processes, and against counting by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.auditing.policies.confusion import process_of
from mesascope.auditing.policies.directedness import directedness
from mesascope.auditing.policies.returns import returns_of
from mesascope.objectives.goals.meg import meg
from mesascope.processes.evaluate import occupancy
from mesascope.processes.graph import Graph, visits
from mesascope.processes.seen import Seen

LENGTH, DISCOUNT = 6, 0.9


def line() -> Graph:
    """A line of cells, start in the middle: goal 0 ends at the left, goal 1 is at the right."""
    cells = np.arange(LENGTH)
    successor = np.stack([np.maximum(cells - 1, 0), np.minimum(cells + 1, LENGTH - 1)], axis=1)
    reward = np.zeros((2, LENGTH, 2))
    reward[0, 1, 0] = 1.0
    reward[1, LENGTH - 2, 1] = 1.0
    ends = np.zeros((LENGTH, 2), bool)
    ends[1, 0] = True
    return Graph(
        jnp.asarray(successor, jnp.int32),
        jnp.asarray(reward, jnp.float32),
        jnp.asarray(ends),
        jnp.int32(2),
        jnp.asarray(cells, jnp.int32),
    )


@pytest.mark.parametrize("left", [0.5, 0.6, 0.9, 0.99])
def test_directedness_is_that_of_the_process(left: float) -> None:
    graph = line()
    policy = np.tile([left, 1.0 - left], (LENGTH, 1))
    sparse, reward = process_of(graph, np.arange(LENGTH) > 0, LENGTH, DISCOUNT)
    process = sparse.dense()
    states = np.append(np.arange(1, LENGTH), 0)  # the process has its end last
    expected = [meg(process, policy, r) for r in reward]
    seen = visits(graph, jnp.asarray(policy, jnp.float32), discount=DISCOUNT, horizon=300)
    table = np.asarray(seen, float)[:, None] * policy
    assert np.allclose(table[states][:-1], occupancy(process, policy)[:-1], atol=1e-5)
    batch = jax.tree.map(lambda part: part[None], graph)
    found = directedness(
        batch,
        table[None],
        np.ones(2),
        np.ones((1, 2, LENGTH)),
        discount=DISCOUNT,
        horizon=300,
        seed=0,
    )
    for (figure, _), exact in zip(found, expected, strict=True):
        known = exact.normalised if (exact.rationality or 0.0) >= 0.0 else 0.0
        assert figure is not None
        assert figure.estimate == pytest.approx(known, abs=3e-3)
        assert figure.estimate >= 0.0


def test_returns_and_disagreement_by_hand() -> None:
    batch = jax.tree.map(lambda part: part[None], line())
    seen = Seen(
        name="line", description="", role="train", goals=("left", "right"), discount=DISCOUNT,
        horizon=40, returns=np.array([[DISCOUNT, 0.0]]), level_of=np.array([0]),
        episode=np.array([0, 0]), state=np.array([2, 1]), action=np.array([0, 0]), graphs=batch,
    )  # fmt: skip
    got = returns_of(seen)
    assert got.optimum is not None
    assert got.disagree is not None
    # Left: two steps. Right: three, and then again and again two later, as the reward recurs.
    again = sum(DISCOUNT ** (2 + 2 * k) for k in range(19))
    assert got.optimum[0] == pytest.approx([DISCOUNT, again], rel=1e-5)
    assert got.disagree.tolist() == [True]
