"""Gymnasium's tables as arrays, against stepping through the table."""

import sys

import gymnasium
import numpy as np
import pytest

import mesascope
from mesascope.core.errors import BadRequest, MissingExtra, UnknownName
from mesascope.processes import BadArray
from mesascope.processes.plan import plan
from mesascope.processes.toy_text import from_gymnasium

TAXI = next(name for name in gymnasium.registry if name.startswith("Taxi-"))
CLIFF = next(name for name in gymnasium.registry if name.startswith("CliffWalking-"))


def best(table, gamma, states, sweeps=4000):
    """Optimal values by sweeping over the table as it is."""
    value = np.zeros(states)
    for _ in range(sweeps):
        new = np.array(
            [
                max(
                    sum(p * (r + gamma * value[t] * (not end)) for p, t, r, end in rows)
                    for rows in table[s].values()
                )
                for s in range(states)
            ]
        )
        if np.abs(new - value).max() < 1e-12:
            break
        value = new
    return value


@pytest.mark.parametrize("name", ["FrozenLake-v1", CLIFF])
def test_optimal_values_are_those_of_the_table(name):
    env = gymnasium.make(name)
    found = from_gymnasium(env, 0.95)
    plain = best(env.unwrapped.P, 0.95, env.observation_space.n)
    values = plan(found.process, found.reward).values
    live = ~found.process.terminal
    assert not found.added_end
    assert values[live] == pytest.approx(plain[live], abs=1e-9)
    assert found.process.initial == pytest.approx(env.unwrapped.initial_state_distrib)


def test_published_values():
    lake = from_gymnasium("FrozenLake-v1", 0.99)
    assert plan(lake.process, lake.reward).values[0] == pytest.approx(0.5420, abs=1e-4)
    assert lake.process.terminal.nonzero()[0].tolist() == [5, 7, 11, 12, 15]
    cliff = from_gymnasium(CLIFF, 0.999999)
    assert plan(cliff.process, cliff.reward).values[36] == pytest.approx(-13.0, abs=1e-3)


def test_the_taxi_ends_where_it_delivers():
    taxi = from_gymnasium(TAXI, 0.9)
    assert taxi.process.states == 500
    assert taxi.process.episodic
    assert not (taxi.process.initial > 0.0)[taxi.process.terminal].any()


class Table:
    """An environment of our own."""

    def __init__(self, table):
        self.P = table
        self.unwrapped = self


def test_a_state_that_is_entered_both_ways_gets_an_end_beside_it():
    table = {
        0: {0: [(0.5, 1, 1.0, True), (0.25, 1, 3.0, False), (0.25, 1, 7.0, False)]},
        1: {0: [(1.0, 0, 2.0, False)]},
    }
    found = from_gymnasium(Table(table), 0.9)
    assert found.added_end
    assert found.process.terminal.tolist() == [False, False, True]
    assert found.process.transition[0, 0].tolist() == [0.0, 0.5, 0.5]
    assert found.reward[0, 0].tolist() == [0.0, 5.0, 1.0]
    values = plan(found.process, found.reward).values
    assert values[0] == pytest.approx(0.5 * 1.0 + 0.5 * (5.0 + 0.9 * values[1]))


def test_a_comparison_on_an_environment():
    still = np.zeros((16, 4))
    found = mesascope.compare("FrozenLake-v1", {"still": still}, metrics=["starc-val"], pairs=0)
    assert found.rewards == ["environment", "still"]
    assert found.regret["environment"]["still"] > 0.0


def test_what_has_no_table_is_refused():
    with pytest.raises(UnknownName, match="Did you mean 'FrozenLake-v1'"):
        from_gymnasium("FrozenLak-v1")
    with pytest.raises(BadRequest, match="CartPoleEnv has no table"):
        from_gymnasium(gymnasium.make("CartPole-v1"))
    with pytest.raises(BadArray, match="no entry for action 0 in state 1"):
        from_gymnasium(Table({0: {0: [(1.0, 0, 0.0, False)], 1: [(1.0, 1, 0.0, False)]}, 1: {}}))
    with pytest.raises(BadArray, match="leads to state 9"):
        from_gymnasium(Table({0: {0: [(1.0, 9, 0.0, False)]}}))


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtra, match=r"mesascope\[gymnasium\]"):
        from_gymnasium("FrozenLake-v1")
