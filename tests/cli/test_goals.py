"""`mesascope goals`: from a file to goal-directedness, a posterior, and agent or device."""

import numpy as np
import pytest

from mesascope.objectives.goals.sample import sample
from mesascope.processes.evaluate import uniform
from mesascope.tasks.finite.ascender import ascender, near_optimal
from tests.cli.inside import mesascope, refused
from tests.cli.shell import document

PROCESS, REWARD = ascender(10)
POLICY = near_optimal(PROCESS, REWARD)
BASE = {"transition": PROCESS.transition, "initial": PROCESS.initial, "discount": 0.9}


def save(path, **arrays):
    np.savez(path, **(BASE | arrays))
    return str(path)


def ask(path, *words):
    found = mesascope("goals", path, *words, "--json")
    assert found.returncode == 0, found.stderr
    return document(found.stdout)


def test_a_policy_with_candidates(tmp_path):
    path = save(tmp_path / "p.npz", policy=POLICY, reward_true=REWARD, reward_minus=-REWARD)
    found = ask(path)
    assert found["meg"]["unknown"] == pytest.approx(2.38217, abs=5e-6)
    assert found["meg_bound"] == pytest.approx(np.log(2) / 0.1)
    assert found["meg"]["true"] <= found["meg"]["unknown"]
    assert found["rationality"]["minus"] < 0.0 < found["rationality"]["true"]
    assert found["posterior"]["true"] > 0.99
    assert sum(found["posterior"].values()) == pytest.approx(1.0)
    assert found["agency"]["agent"] > 0.99
    assert found["undecided"] == ["true"]


def test_the_uniform_policy_wants_nothing(tmp_path):
    found = ask(save(tmp_path / "u.npz", policy=uniform(PROCESS), reward_true=REWARD))
    assert found["meg"] == {"unknown": 0.0, "true": 0.0}
    assert found["agency"]["device"] > 0.5


def test_trajectories_with_intervals_and_what_chance_would_score(tmp_path):
    seen = sample(PROCESS, POLICY, 20, 12, seed=1)
    rows = np.stack([seen.states, seen.actions], axis=-1)
    path = save(tmp_path / "t.npz", trajectories=rows, reward_true=REWARD)
    found = ask(path)
    inside = found["intervals"]["true"]
    assert inside["low"] <= found["meg"]["true"] <= inside["high"]
    assert found["noise"]["true"] < found["meg"]["true"]
    assert found["observed"] == "trajectories"
    told = mesascope("goals", path).stdout
    assert "agent or device?" in told
    assert "by chance" in told


def test_equivalent_candidates_stay_undecided_and_a_change_that_tells_is_named(tmp_path):
    potential = np.linspace(0.0, 3.0, 10)
    twin = REWARD[:, None, None] + 0.9 * potential[None, None, :] - potential[:, None, None]
    twin = twin * np.ones((10, 2, 10))
    found = ask(save(tmp_path / "e.npz", policy=POLICY, reward_a=REWARD, reward_b=twin))
    assert sorted(found["undecided"]) == ["a", "b"]
    (pair,) = found["pairs"]
    assert pair["equivalent"]
    assert pair["state"] is None
    assert "would tell the two apart" in pair["change"]


@pytest.mark.slow
def test_features_are_weighed(tmp_path):
    features = np.stack([np.eye(10)[8], np.eye(10)[0]], axis=1)
    found = ask(save(tmp_path / "f.npz", policy=POLICY, features=features))
    assert found["weights"][0]["mean"] > 0.0
    assert "agree" in found["sampler"] or "Not converged" in found["sampler"]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({}, "neither `policy`"),
        ({"policy": POLICY, "trajectories": np.zeros((1, 2), int)}, "both were given"),
        ({"policy": POLICY[:9]}, "policy has shape (9, 2)"),
        ({"policy": 2 * POLICY}, "policy[0] sums to 2"),
        ({"policy": POLICY, "reward_unknown": REWARD}, "cannot be called 'unknown'"),
        ({"policy": POLICY, "reward_x": REWARD[:3]}, "has shape (3,)"),
        ({"policy": POLICY, "features": np.full((10, 2), np.nan)}, "features[0, 0] is nan"),
        ({"trajectories": np.array([[0.5, 1.0]])}, "dtype float64"),
        ({"trajectories": np.array([[[4, 1], [99, 0]]])}, "99"),
        ({"trajectories": np.array([[[4, 1], [2, 0]]])}, "demonstrations"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, arrays, words):
    assert words in refused("goals", save(tmp_path / "bad.npz", **arrays))


def test_options_that_make_no_sense_are_refused(tmp_path):
    path = save(tmp_path / "p.npz", policy=POLICY)
    assert "--choices is 0" in refused("goals", path, "--choices", "0")
    assert "discount is 2" in refused("goals", path, "--discount", "2")
