"""Sampled distances: near the exact ones, with intervals, and a floor that equal rewards reach."""

import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import metric
from mesascope.objectives.rewards.rollouts import dard_form, val_form
from mesascope.objectives.rewards.sampled import PearsonDistance as Pearson
from mesascope.objectives.rewards.sampled import UnitDistance, epic_form, sampled_distance
from mesascope.objectives.rewards.table import distances
from mesascope.objectives.rewards.tabular_draws import TabularSimulator, draws_from, table_reward
from mesascope.processes import BadArray, shaped
from tests.objectives.rewards.toys import SHAPE, process, reward


def both(p, count, way, *, seed=0):
    tables = {"a": reward(1), "b": reward(1) + 0.5 * reward(2)}
    tables["same"] = shaped(p, 2.0 * tables["a"], np.arange(5.0))
    functions = {name: table_reward(table) for name, table in tables.items()}
    over = Coverage.of(p)
    found = sampled_distance(functions, draws_from(over, count), 0.9, way=way(over), seed=seed)
    return found, over, np.stack(list(tables.values()))


WAYS = {
    "epic": lambda over: (epic_form, Pearson),
    "dard": lambda over: (dard_form(TabularSimulator(over)), UnitDistance),
    "starc-val": lambda over: (val_form(TabularSimulator(over), rollouts=16), UnitDistance),
}


@pytest.mark.parametrize("name", WAYS)
def test_intervals_hold_the_exact_distance(name):
    inside = 0
    for seed in range(12):
        found, over, tables = both(process(1), 300, WAYS[name], seed=seed)
        exact = distances(over, tables, metric(name))[0, 1]
        interval = found.distances["a", "b"]
        floor = found.noise_floor["a", "b"]
        inside += interval.low - floor <= exact <= interval.high + floor
    assert inside >= 9  # of 12 at 95 %: fewer has a probability below .003


def test_noise_makes_equal_rewards_differ_and_the_floor_says_by_how_much():
    few, *_ = both(process(1), 30, WAYS["epic"])
    many, *_ = both(process(1), 1000, WAYS["epic"])
    assert 0.0 < many.noise_floor["a", "a"] < few.noise_floor["a", "a"]
    assert few.distances["a", "same"].estimate <= few.noise_floor["a", "same"]


def test_the_same_seed_gives_the_same_figures():
    one, other = (both(process(1), 50, WAYS["dard"])[0] for _ in range(2))
    assert one.distances == other.distances
    assert one.noise_floor == other.noise_floor


def test_what_cannot_be_sampled_is_refused():
    over = Coverage.of(process(0))
    with pytest.raises(BadRequest, match="at least 2"):
        sampled_distance({"a": table_reward(reward(0))}, draws_from(over, 1), 0.9)
    broken = {"a": lambda s, a, t: np.full(len(s), np.nan)}
    with pytest.raises(BadArray, match="what a reward returned"):
        sampled_distance(broken, draws_from(over, 10), 0.9)
    flat = {"a": lambda s, a, t: np.zeros((len(s), 2))}
    with pytest.raises(BadArray, match="one per transition"):
        sampled_distance(flat, draws_from(over, 10), 0.9)


def test_a_constant_reward_has_no_sampled_distance():
    over = Coverage.of(process(0))
    pair = {"a": table_reward(reward(0)), "flat": table_reward(np.ones(SHAPE))}
    found = sampled_distance(pair, draws_from(over, 50), 0.9)
    assert found.distances["a", "flat"] is None
