"""Episodes to be replayed: what parts from the base objective's way, and where."""

import jax
import numpy as np
import pytest

from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from mesascope.studies.episodes import Stage, episode_records, telling_episodes

LEFT, RIGHT = 0, 1


def corridor(start: int, actions: list[int]) -> tuple[Graph, list[int]]:
    """Five cells in a row: `end` pays at cell 4 `home` at cell 0; both end the episode."""
    cells = np.arange(5)
    successor = np.stack([np.maximum(cells - 1, 0), np.minimum(cells + 1, 4)], axis=1)
    reward = np.zeros((2, 5, 2), np.float32)
    reward[0, 3, RIGHT] = 1.0
    reward[1, 1, LEFT] = 1.0
    ended = np.zeros((5, 2), bool)
    ended[3, RIGHT] = ended[1, LEFT] = True
    graph = Graph(successor, reward, ended, np.int32(start), cells.astype(np.int32))
    states = [start]
    for action in actions[:-1]:
        states.append(int(successor[states[-1], action]))
    return graph, states


def seen_on(ways: list[tuple[int, list[int]]]) -> Seen:
    graphs, states, actions, episode, returns = [], [], [], [], []
    for i, (start, way) in enumerate(ways):
        graph, visited = corridor(start, way)
        graphs.append(graph)
        states += visited
        actions += way
        episode += [i] * len(way)
        gain = np.zeros(2)
        for t, (state, action) in enumerate(zip(visited, way, strict=True)):
            gain += 0.9**t * graph.reward[:, state, action]
        returns.append(gain)
    return Seen(
        "apart", "", "shift", ("end", "home"), 0.9, 12, np.array(returns), np.arange(len(ways)),
        np.array(episode), np.array(states), np.array(actions),
        jax.tree.map(lambda *parts: np.stack(parts), *graphs),
    )  # fmt: skip


def picture(level: int, state: int) -> list[list[str]]:
    return [["mouse" if i == state else "" for i in range(5)]]


def test_an_episode_is_told_as_it_went_and_parts_where_something_is_given_up():
    seen = seen_on([(2, [RIGHT, LEFT, LEFT, LEFT])])
    (record,) = episode_records(seen, Stage(picture, ("left", "right")), [0], "home")
    assert record.path == [(0, c) for c in (2, 3, 2, 1, 0)]
    assert record.actions == ["right", "left", "left", "left"]
    assert record.parts == 1
    assert record.others == {
        "end": [(0, 2), (0, 3), (0, 4)],
        "home": [(0, 2), (0, 1), (0, 0)],
    }
    assert record.level.values["end"][0][:4] == pytest.approx([0.9**3, 0.9**2, 0.9, 1.0])
    assert record.returns == pytest.approx({"end": 0.0, "home": 0.9**3})


def test_the_way_that_the_base_objective_would_take_never_parts():
    seen = seen_on([(2, [RIGHT, RIGHT])])
    (record,) = episode_records(seen, Stage(picture, ("left", "right")), [0], None)
    assert record.parts is None
    assert list(record.level.values) == ["end"]


def test_what_cost_most_is_shown_first_and_each_level_once():
    seen = seen_on([(3, [RIGHT]), (3, [LEFT, LEFT, LEFT]), (2, [LEFT, LEFT])])
    assert telling_episodes(seen, 2) == [1, 2]


def test_without_graphs_or_pictures_nothing_is_shown():
    seen = seen_on([(3, [RIGHT])])
    assert episode_records(seen, Stage(None, ("left", "right")), [0], None) == []
    blind = Seen(**{**vars(seen), "graphs": None})
    assert telling_episodes(blind, 2) == []
