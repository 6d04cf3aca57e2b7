"""Published numbers, with the normalisation that each source uses."""

import numpy as np
import pytest

from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import metric
from mesascope.objectives.rewards.sampled import Draws, sampled_distance
from mesascope.objectives.rewards.table import distances, reward_distance, stacked
from mesascope.tasks.finite.gridworld import gridworld, rewards

PROCESS = gridworld()
REWARDS = rewards(PROCESS)
POSSIBLE = PROCESS.transition  # the visitation of Gleave et al.: uniform over what can happen


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("sparse", "centre", 0.7500),
        ("sparse", "penalty", 1.0000),
        ("sparse", "path", 0.1602),
        ("sparse", "cliff", 0.3676),
        ("centre", "path", 0.7071),
        ("path", "cliff", 0.2672),
    ],
)
@pytest.mark.parametrize("coverage", [None, POSSIBLE])
def test_epic_on_the_gridworld(first, second, distance, coverage):
    over = {} if coverage is None else {"transitions": coverage}
    found = reward_distance(PROCESS, REWARDS[first], REWARDS[second], metric="epic", **over)
    assert found == pytest.approx(distance, abs=5e-5)


@pytest.mark.parametrize(
    "name", ["epic", "dard", "starc-val", "starc-valpotential", "starc-minimal", "npec"]
)
def test_equivalent_rewards_are_at_no_distance(name):
    alike = {k: REWARDS[k] for k in ("sparse", "dense", "transformed")}
    table = distances(Coverage.of(PROCESS), stacked(PROCESS, alike), metric(name))
    assert table.max() < 1e-12


@pytest.mark.parametrize(("name", "distance"), [("path", 0.304736), ("cliff", 0.760946)])
def test_dard_on_the_gridworld(name, distance):
    found = reward_distance(PROCESS, REWARDS["sparse"], REWARDS[name], metric="dard")
    assert found == pytest.approx(distance, abs=5e-7)


def test_epic_does_not_see_that_a_reward_was_moved_to_other_next_states():
    rng = np.random.default_rng(0)
    base = REWARDS["sparse"]
    hidden = np.where(PROCESS.transition > 0.0, 0.0, 3.0 * rng.standard_normal(base.shape))
    moved = base + hidden  # differs only where nothing can happen
    assert reward_distance(PROCESS, base, moved, metric="epic") > 0.5
    assert reward_distance(PROCESS, base, moved, metric="dard") > 0.5
    assert reward_distance(PROCESS, base, moved, metric="starc-val") < 1e-12
    assert reward_distance(PROCESS, base, moved, metric="starc-minimal") < 1e-12


def _point_mass(count):
    """PointMassLine: position, velocity and goal are standard normal, actions uniform."""

    def draw(rng):
        states, nexts, mean = (rng.standard_normal((count, 3)) for _ in range(3))
        actions, act = (rng.uniform(-1.0, 1.0, count) for _ in range(2))
        return Draws((states, actions, nexts), mean, act)

    return draw


def _sparse(s, a, t):
    return (np.abs(s[:, 0] - s[:, 2]) < 0.05) - a * a


def _truth(s, a, t):
    return -np.abs(t[:, 0] - t[:, 2]) - a * a


def _dense(s, a, t):
    ahead, here = (-np.abs(x[:, 0] - x[:, 2]) for x in (t, s))
    return _sparse(s, a, t) + 10.0 * (0.99 * ahead - here)


def test_epic_on_the_point_mass_line():
    kinds = {"sparse": _sparse, "dense": _dense, "truth": _truth}
    few = sampled_distance(kinds, _point_mass(512), 0.99, seed=1)
    assert few.distances["sparse", "dense"].estimate < 1e-6
    inside = few.distances["sparse", "truth"]
    assert inside.low < 0.572 < inside.high  # the notebook's figure, from 512 samples of its own
    many = sampled_distance(kinds, _point_mass(3000), 0.99, seed=2)
    assert many.distances["sparse", "truth"].estimate == pytest.approx(0.5524, abs=0.012)
    assert many.distances["dense", "truth"].estimate == pytest.approx(
        many.distances["sparse", "truth"].estimate, abs=1e-9
    )
