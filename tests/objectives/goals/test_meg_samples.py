import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.meg import meg, unknown_meg
from mesascope.objectives.goals.meg_samples import sampled_meg
from mesascope.objectives.goals.sample import sample
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes.evaluate import uniform
from tests.objectives.goals.worlds import STATES, policy, world

FEW = {"resamples": 60, "replicates": 60}
UTILITY = np.array([1.0, -1.0, 0.5, 0.0])


def observed(process, made, episodes, length=30, seed=0):
    return sample(process, made, episodes, length, seed)


@pytest.mark.parametrize("episodic", [False, True])
@pytest.mark.parametrize("known", [False, True])
def test_many_trajectories_tell_what_the_policy_tells(episodic, known):
    process, made = world(0, episodic), policy(0)
    goal = {"utility": UTILITY} if known else {}
    exact = meg(process, made, UTILITY) if known else unknown_meg(process, made)
    found = sampled_meg(observed(process, made, 2000), **goal, resamples=30, replicates=5)
    assert found.meg.value == pytest.approx(exact.value, rel=0.15)
    assert found.meg.bound == pytest.approx(exact.bound, rel=0.05)
    assert found.interval.low <= exact.value <= found.interval.high
    assert found.interval.high - found.interval.low < 0.02 * exact.bound
    assert found.interval.samples == 2000
    assert found.above_noise
    assert found.noise < 0.02 * exact.bound


def test_counts_by_hand():
    # Discounted by .8 a step, state 0 was left by actions 0, 0 and 2; others were never seen.
    process = world(1)
    seen = Trajectories.of(
        process,
        [[[0, 0], [0, 0], [0, 2]], [[1, 1], [-1, -1], [-1, -1]], [[1, 1], [1, 1], [-1, -1]]],
    )
    made = uniform(process)
    made[0] = np.array([1.8, 0.0, 0.64]) / 2.44
    made[1] = [0, 1, 0]
    found = sampled_meg(seen, **FEW).meg
    assert found.value == pytest.approx(unknown_meg(process, made).value, abs=1e-10)
    found = sampled_meg(seen, UTILITY, **FEW).meg
    assert found.rationality == pytest.approx(meg(process, made, UTILITY).rationality, abs=1e-8)


def test_chance_scores_what_it_is_said_to():
    """Of samples of the uniform policy, about the promised share exceed the noise."""
    process = world(2)
    found = [
        sampled_meg(observed(process, uniform(process), 10, seed=n), resamples=1, replicates=60)
        for n in range(25)
    ]
    assert found[0].meg.value > 0.0
    assert found[0].noise > 0.0
    high = sum(f.above_noise for f in found)
    assert high <= 4  # 1 of 25 expected
    chances = [f.chance for f in found]
    assert 0.3 < np.mean(chances) < 0.7
    means = [f.meg.value for f in found]
    assert np.mean(means) == pytest.approx(np.mean([f.noise for f in found]), rel=0.25)


def test_fewer_trajectories_are_noisier():
    process, made = world(3), uniform(world(3))
    few, many = (sampled_meg(observed(process, made, n), **FEW) for n in (4, 40))
    assert few.noise > 2 * many.noise
    assert few.noise_high > many.noise_high


def test_features_of_each_state_are_the_same_again():
    process, made = world(4), policy(4)
    seen = observed(process, made, 6)
    first, second = sampled_meg(seen, **FEW), sampled_meg(seen, features=np.eye(STATES), **FEW)
    assert second.meg.value == pytest.approx(first.meg.value, abs=1e-9)
    assert second.interval.low == pytest.approx(first.interval.low, abs=1e-6)
    assert second.interval.high == pytest.approx(first.interval.high, abs=1e-6)
    assert second.noise == pytest.approx(first.noise, abs=1e-8)


def test_unanimity_is_no_certainty():
    process = world(5)
    made = np.tile([1.0, 0.0, 0.0], (STATES, 1))
    found = sampled_meg(observed(process, made, 8), **FEW)
    exact = unknown_meg(process, made).value
    assert found.interval.low < found.meg.value
    assert found.interval.low < 0.5 * exact
    assert exact <= found.interval.high


def test_the_same_seed_the_same_figures():
    seen = observed(world(6), policy(6), 5)
    first, second, third = (sampled_meg(seen, seed=n, **FEW) for n in (1, 1, 2))
    assert first.interval == second.interval
    assert first.noise == second.noise
    assert first.noise != third.noise
    assert first.meg.value == third.meg.value


def test_another_start():
    process, made = world(7), policy(7)
    seen = observed(process, made, 400)
    corner = np.eye(STATES)[2]
    found = sampled_meg(seen, start=corner, **FEW)
    exact = unknown_meg(process, made, start=corner).value
    assert found.meg.value == pytest.approx(exact, rel=0.2)
    assert found.meg.value != sampled_meg(seen, **FEW).meg.value


def test_mistakes_are_named():
    process = world(0)
    rows = Trajectories.of(process, [[0, 0, 1], [1, 0, 2]])
    with pytest.raises(BadRequest, match="whole trajectories"):
        sampled_meg(rows)
    with pytest.raises(BadRequest, match="at least 2"):
        sampled_meg(observed(process, policy(0), 1))
    seen = observed(process, policy(0), 3)
    with pytest.raises(BadRequest, match="both a utility and features"):
        sampled_meg(seen, UTILITY, np.eye(STATES))
    with pytest.raises(BadRequest, match=r"confidence is 1\.5"):
        sampled_meg(seen, confidence=1.5)
    with pytest.raises(BadRequest, match="resamples is 0"):
        sampled_meg(seen, resamples=0)
