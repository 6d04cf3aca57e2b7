"""Graphs of different sizes side by side, and what was seen on them, as one."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.core.errors import BadRequest
from mesascope.processes.graph import Graph, quality
from mesascope.processes.seen import Seen
from mesascope.processes.stacked import joined, rounded, stacked


def random_graph(rng: np.random.Generator, states: int) -> Graph:
    return Graph(
        successor=jax.numpy.asarray(rng.integers(states, size=(states, 3)), "int32"),
        reward=jax.numpy.asarray(rng.normal(size=(2, states, 3)), "float32"),
        terminated=jax.numpy.asarray(rng.random((states, 3)) < 0.3),
        start=jax.numpy.int32(rng.integers(states)),
        place=jax.numpy.asarray(rng.integers(9, size=states), "int32"),
    )


def walk(graph: Graph, rng: np.random.Generator, steps: int) -> tuple[list[int], list[int]]:
    here, states, actions = int(graph.start), [], []
    for _ in range(steps):
        states.append(here)
        actions.append(int(rng.integers(3)))
        here = int(graph.successor[here, actions[-1]])
    return states, actions


def seen_on(graphs: list[Graph], rng: np.random.Generator, seeds: tuple[int, ...]) -> Seen:
    """Return two episodes on each of some levels."""
    walks = [walk(graph, rng, 4) for graph in graphs for _ in range(2)]
    return Seen(
        name="one",
        description="",
        role="shift",
        goals=("a", "b"),
        discount=0.9,
        horizon=4,
        returns=rng.normal(size=(len(walks), 2)),
        level_of=np.repeat(np.arange(len(graphs)), 2),
        episode=np.repeat(np.arange(len(walks)), 4),
        state=np.concatenate([states for states, _ in walks]),
        action=np.concatenate([actions for _, actions in walks]),
        graphs=stacked(graphs),
        notes=("as it is",),
        seeds=seeds,
    )


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.integers(0, 99))
def test_values_are_those_of_each_graph_alone(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    graphs = [random_graph(rng, size) for size in sizes]
    together = stacked(graphs)
    assert together.place.shape == (len(sizes), 128)
    for i, (graph, size) in enumerate(zip(graphs, sizes, strict=True)):
        mine = jax.tree.map(lambda part, i=i: part[i], together)
        q = quality(mine, discount=0.9, horizon=5)
        assert np.allclose(q[:, :size], quality(graph, discount=0.9, horizon=5))
        assert not np.asarray(q[:, size:]).any()
        assert (np.asarray(mine.place[size:]) == -1).all()
        assert int(mine.start) == int(graph.start)


@given(st.integers(1, 5000))
def test_sizes_are_few_and_not_much_larger(size: int) -> None:
    found = rounded(size)
    assert found in {128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144}
    assert size <= found <= max(128, size * 1.5)
    assert rounded(found) == found


def test_what_was_seen_in_parts_is_what_was_seen_together() -> None:
    rng = np.random.default_rng(0)
    graphs = [random_graph(rng, size) for size in (3, 5, 2)]
    parts = [seen_on(graphs[:2], rng, (7, 8)), seen_on(graphs[2:], rng, (9,))]
    whole = joined(parts)
    assert whole.levels == 3
    assert whole.level_of.tolist() == [0, 0, 1, 1, 2, 2]
    assert whole.seeds == (7, 8, 9)
    assert whole.notes == ("as it is",)
    assert whole.graphs is not None
    assert jax.tree.all(
        jax.tree.map(lambda a, b: bool((a == b).all()), whole.graphs, stacked(graphs))
    )
    for episode in range(6):
        part, local = (parts[0], episode) if episode < 4 else (parts[1], episode - 4)
        mine, theirs = whole.episode == episode, part.episode == local
        assert (whole.state[mine] == part.state[theirs]).all()
        assert (whole.action[mine] == part.action[theirs]).all()
        assert (whole.returns[episode] == part.returns[local]).all()


def test_levels_with_and_without_graphs_are_not_one() -> None:
    rng = np.random.default_rng(0)
    seen = seen_on([random_graph(rng, 3)], rng, (7,))
    blind = replace(seen, graphs=None)
    assert joined([blind, blind]).graphs is None
    for parts in ([], [seen, blind]):
        with pytest.raises(BadRequest, match="as one"):
            joined(parts)
