"""How far the pursued goal is from the base objective, on graphs, and why that is not said."""

from dataclasses import replace
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.auditing.policies import confusion as module
from mesascope.auditing.policies.confusion import confusion
from mesascope.auditing.policies.on_distribution import on_distribution
from mesascope.objectives.rewards.table import reward_distance
from mesascope.processes import Process
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from tests.auditing_policies.planted import corner_and_stay, graphs_of, play

LENGTH, DISCOUNT = 240, 0.97


def line(length: int = LENGTH) -> Seen:
    """One way to the right end, which ends the episode; the left end pays the other goal."""
    cells = np.arange(length)
    successor = np.stack([np.maximum(cells - 1, 0), np.minimum(cells + 1, length - 1)], axis=1)
    reward = np.zeros((2, length, 2))
    reward[0, length - 2, 1] = reward[1, 1, 0] = 1.0
    ends = np.zeros((length, 2), bool)
    ends[length - 2, 1] = True
    graph = Graph(
        jnp.asarray(successor, jnp.int32),
        jnp.asarray(reward, jnp.float32),
        jnp.asarray(ends),
        jnp.int32(length // 2),
        jnp.asarray(cells, jnp.int32),
    )
    steps = np.arange(length - 1 - length // 2)
    return Seen(
        name="line", description="", role="train", goals=("right", "left"), discount=DISCOUNT,
        horizon=2 * length, returns=np.array([[DISCOUNT ** float(steps[-1]), 0.0]]),
        level_of=np.array([0]), episode=np.zeros(len(steps), int), state=length // 2 + steps,
        action=np.ones(len(steps), int), graphs=jax.tree.map(lambda part: part[None], graph),
    )  # fmt: skip


def test_on_a_level_of_many_states_it_is_the_distance_of_the_tables() -> None:
    seen = line()
    graph = seen.graphs
    transition = np.zeros((LENGTH, 2, LENGTH))
    rows, columns = np.indices((LENGTH, 2))
    transition[rows, columns, np.asarray(graph.successor[0])] = 1.0
    initial = np.arange(LENGTH) == LENGTH // 2
    process = Process.of(transition, DISCOUNT, initial=initial, terminal=[LENGTH - 1])
    table = reward_distance(process, *np.asarray(graph.reward[0], float))
    found = confusion(seen, "left")
    assert found.distance.estimate == pytest.approx(table, abs=1e-6)
    assert 0.0 < found.bound.estimate <= 1.0
    assert found.note == ""
    assert confusion(seen, "right").distance.estimate == 0.0


def test_the_documented_limit_is_the_limit() -> None:
    page = Path("docs/policies-method.md").read_text(encoding="utf-8")
    assert f"levels of at most {module._STATES:,} states" in page


def test_where_it_is_not_computed_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = line(12)
    monkeypatch.setattr(module, "_STATES", 10)
    why = "The reward distance was not computed: a level has 11 states, at most 10 are compared."
    assert confusion(seen, "left") == (None, None, why)
    assert confusion(seen, None).note == confusion(seen, "right").note == ""
    whole = confusion(replace(seen, discount=1.0), "left")
    assert whole.note.startswith("The reward distance was not computed: the discount is 1, and")
    graphs = graphs_of(1)
    found = on_distribution(play(graphs, corner_and_stay(graphs), 0), 0).record
    assert found.pursues == "corner"
    assert found.distance is None
    assert found.notes[-1].startswith("The reward distance was not computed: a level has ")
