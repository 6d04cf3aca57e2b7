"""Episodes to be replayed: what parts from the base objective's way, and where."""

import dataclasses

import jax
import numpy as np
import pytest

from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from mesascope.studies.episodes import WorldStage, path_along, quality_of, telling_episodes
from mesascope.studies.pictures import Pictures, without

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


STAGE = WorldStage(picture, ("left", "right"))


def test_an_episode_is_told_as_it_went_and_parts_where_something_is_given_up():
    seen = seen_on([(2, [RIGHT, LEFT, LEFT, LEFT])])
    (record,) = STAGE.pictures(seen, [0], "home", 0).episodes
    assert record.path == [(0, c) for c in (2, 3, 2, 1, 0)]
    assert record.actions == ["right", "left", "left", "left"]
    assert record.parts == 1
    assert record.others == {
        "end": [(0, 2), (0, 3), (0, 4)],
        "home": [(0, 2), (0, 1), (0, 0)],
    }
    # Getting to a cell is worth what follows, a step later, and what is paid on the way in.
    assert record.level.values["end"][0] == pytest.approx([0.9**4, 0.9**3, 0.9**2, 0.9, 1.0])
    assert record.returns == pytest.approx({"end": 0.0, "home": 0.9**3})


def test_the_way_that_the_base_objective_would_take_never_parts():
    seen = seen_on([(2, [RIGHT, RIGHT])])
    (record,) = STAGE.pictures(seen, [0], None, 0).episodes
    assert record.parts is None
    assert list(record.level.values) == ["end"]


def test_what_cost_most_is_shown_first_and_each_level_once():
    seen = seen_on([(3, [RIGHT]), (3, [LEFT, LEFT, LEFT]), (2, [LEFT, LEFT])])
    assert telling_episodes(seen, 2) == [1, 2]


def test_without_graphs_or_pictures_nothing_is_shown_and_it_is_said_why():
    seen = seen_on([(3, [RIGHT]), (3, [LEFT, LEFT, LEFT])])
    blind = dataclasses.replace(seen, graphs=None)
    for pictures in (
        WorldStage(None, ("left", "right")).pictures(seen, [0], None, 0),
        STAGE.pictures(blind, [0], None, 0),
    ):
        assert pictures.episodes == ()
        assert "draws no picture" in pictures.why
    assert telling_episodes(blind, 2) == [1, 0]  # least return first


def way(graph: Graph) -> list[int]:
    q = quality_of(graph, discount=0.9, horizon=12)[0]
    return path_along(graph, q.argmax(axis=1), q.any(axis=1), 12).tolist()


def test_an_optimal_way_goes_on_where_all_is_loss_and_stops_where_it_would_go_in_circles():
    graph, _ = corridor(2, [RIGHT])
    toll = graph._replace(reward=np.where(graph.terminated, 0.0, -1.0)[None].astype(np.float32))
    assert way(toll) in ([2, 3, 4], [2, 1, 0])
    for_ever = graph._replace(
        reward=np.ones((1, 5, 2), np.float32), terminated=np.zeros((5, 2), bool)
    )
    assert way(for_ever) == [2, 1, 0, 0]


def test_a_long_episode_is_cut():
    way = [RIGHT, LEFT] * 150
    (record,) = STAGE.pictures(seen_on([(2, way)]), [0], None, 0).episodes
    assert len(record.frames) == len(record.path) == 251
    assert len(record.actions) == 250
    assert record.title.endswith("the first 250 of 300 steps")


def test_one_reason_for_several_distributions_is_told_once():
    why = Pictures(why="no\n reason. ")
    told = without([("train", why), ("apart", Pictures()), ("far", why), ("x", Pictures(why="b"))])
    assert (
        told == "There are no pictures of train and far: no reason. There are no pictures of x: b."
    )
    assert without([("train", Pictures())]) == ""
