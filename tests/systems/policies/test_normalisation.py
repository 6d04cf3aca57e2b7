"""Statistics of VecNormalize, against Stable-Baselines3's own; a pickle of them is not opened."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.core.policy import RecurrentPolicy
from mesascope.systems.policies import export_normalisation, export_onnx, load_policy
from mesascope.systems.policies.normalisation import read_normalisation
from tests.cli.inside import mesascope
from tests.cli.shell import document
from tests.systems.policies.models import Payload, images, need_extras, normal, save_model, truth

need_extras()


@pytest.fixture(scope="module")
def venv() -> Any:
    """Return a VecNormalize that has seen something."""
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import VecNormalize

    made = VecNormalize(make_vec_env("CartPole-v1", seed=0), clip_obs=1.5, epsilon=1e-3)
    made.reset()
    for step in range(200):
        made.step([step % 2])
    return made


def seen() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)


def test_observations_are_scaled_as_by_the_library(venv: Any, tmp_path: Path) -> None:
    path = export_normalisation(venv, tmp_path / "s.npz")
    expected = venv.normalize_obs(seen())
    assert (np.abs(expected) == 1.5).any(), "some are clipped"
    for source in (path, str(path), venv):
        scaled = read_normalisation(source)(seen())
        assert scaled.dtype == np.float32
        np.testing.assert_allclose(scaled, expected, rtol=1e-6)
    with pytest.raises(BadRequest, match=r"\(5,\).*\(4,\)"):
        read_normalisation(path)(np.zeros((2, 5)))


def test_every_source_of_a_policy_sees_them_scaled(venv: Any, tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "PPO")
    expected = truth(model, venv.normalize_obs(seen()))
    statistics = export_normalisation(venv, tmp_path / "s.npz")
    onnx = export_onnx(model, tmp_path / "m.onnx")
    for source in (path, onnx, model, load_policy(model)):
        policy = load_policy(source, normalise=statistics)
        np.testing.assert_allclose(normal(policy(seen())), expected, atol=1e-5)
        assert "scaled by the statistics in s.npz" in policy.provenance
        assert "no statistics were given" not in policy.provenance
    for trust in (False, True):
        with pytest.raises(CannotLoad, match=r"model\.zip does not say .* \(--normalise none\) if"):
            load_policy(path, trust=trust)
        told = load_policy(path, trust=trust, normalise="none")
        np.testing.assert_allclose(normal(told(seen())), truth(model, seen()), atol=1e-5)
        assert "was said with the policy, and was not verified" in told.provenance
    assert "no statistics were given" in load_policy(model).provenance


@pytest.mark.parametrize("kind", ["images", "numbers"])
def test_what_was_seen_can_show_that_nothing_was_normalised(kind: str, tmp_path: Path) -> None:
    env = images() if kind == "images" else "FrozenLake-v1"
    _, path = save_model(tmp_path, "PPO", env, n_steps=8, batch_size=8)
    for trust in (False, True):
        assert "normalised none (VecNormalize)" in load_policy(path, trust=trust).provenance


def test_a_policy_with_a_memory_sees_them_scaled(venv: Any) -> None:
    class Sums:
        def reset(self, count: int) -> Any:
            return np.zeros((count, 4))

        def step(self, observations: np.ndarray, carry: Any) -> Any:
            return carry + observations, carry + observations

        def forget(self, carry: Any, ended: np.ndarray) -> Any:
            return np.where(ended[:, None], 0, carry)

    policy = load_policy(Sums(), normalise=venv)
    assert isinstance(policy, RecurrentPolicy)
    _, carry = policy.step(seen(), policy.reset(40))
    carry = policy.forget(carry, np.arange(40) % 2 == 0)
    found, _ = policy.step(seen(), carry)
    times = np.where(np.arange(40) % 2 == 0, 1, 2)[:, None]
    np.testing.assert_allclose(found, times * venv.normalize_obs(seen()), rtol=1e-6)


def test_a_model_that_holds_statistics_is_given_them(venv: Any, tmp_path: Path) -> None:
    from stable_baselines3.common.vec_env import VecNormalize

    model, _ = save_model(tmp_path, "PPO", venv)
    found = load_policy(model)
    expected = truth(model, venv.normalize_obs(seen()))
    np.testing.assert_allclose(normal(found(seen())), expected, atol=1e-5)
    assert "the VecNormalize that the model holds" in found.provenance
    assert "the model holds" not in load_policy(model, normalise=venv).provenance
    with pytest.raises(CannotLoad, match="scaled by VecNormalize already"):
        load_policy(found, normalise=venv)
    bare = load_policy(model, normalise="none")
    np.testing.assert_allclose(normal(bare(seen())), truth(model, seen()), atol=1e-5)
    model.set_env(VecNormalize(venv.venv, norm_obs=False))
    np.testing.assert_array_equal(load_policy(model)(seen()), bare(seen()))


def test_a_pickle_is_opened_on_trust_alone(venv: Any, tmp_path: Path) -> None:
    venv.save(tmp_path / "s.pkl")
    with pytest.raises(CannotLoad, match=r"not opened; write a \.npz .*--trust"):
        load_policy(lambda x: x, normalise=tmp_path / "s.pkl")
    policy = load_policy(lambda x: x, normalise=tmp_path / "s.pkl", trust=True)
    np.testing.assert_allclose(policy(seen()), venv.normalize_obs(seen()), rtol=1e-6)
    assert "because it was trusted" in policy.provenance

    mark = tmp_path / "ran"
    for name in ("s.pkl", "s.npz"):
        (tmp_path / name).write_bytes(pickle.dumps(Payload(mark)))
        with pytest.raises(CannotLoad):
            read_normalisation(tmp_path / name)
    np.savez(tmp_path / "s.npz", mean=np.array([Payload(mark)]), var=1, epsilon=0, clip=1)
    with pytest.raises(CannotLoad, match="arrays of numbers"):
        read_normalisation(tmp_path / "s.npz", trust=True)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"var": np.array([-1.0, 1.0])}, "no var below 0"),
        ({"mean": np.array([np.nan, 1.0])}, "are no statistics"),
        ({"mean": np.zeros(3)}, r"\(3,\) and \(2,\)"),
        ({"clip": 0.0}, "clip of 0"),
        ({"epsilon": np.nan}, "epsilon of nan"),
        ({"epsilon": np.zeros(2)}, "holds no statistics"),
        ({"clip": None}, "arrays of numbers called mean, var, epsilon, clip"),
    ],
)
def test_files_that_hold_no_statistics(changes: Any, says: str, tmp_path: Path) -> None:
    whole = {"mean": np.zeros(2), "var": np.ones(2), "epsilon": 1e-8, "clip": 10.0, **changes}
    np.savez(tmp_path / "s.npz", **{k: v for k, v in whole.items() if v is not None})
    with pytest.raises(CannotLoad, match=says):
        read_normalisation(tmp_path / "s.npz")


def test_what_normalises_no_observations_is_refused(venv: Any, tmp_path: Path) -> None:
    from stable_baselines3.common.vec_env import VecNormalize

    for source in (VecNormalize(venv.venv, norm_obs=False), venv.venv, object()):
        with pytest.raises(CannotLoad, match="no VecNormalize that normalises"):
            export_normalisation(source, tmp_path / "s.npz")
    with pytest.raises(CannotLoad, match="no file"):
        read_normalisation(tmp_path / "s.npz")


MINE = """
import gymnasium
import numpy as np

def leans(observations):  # to the right wherever numbers are below their mean
    return 60.0 * np.hstack([observations > 0, observations <= 0])

class Line(gymnasium.Env):
    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 9.0, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.lock = 5, (one for one in "ab")  # no copies, so no graphs, which take long
        return np.array([self.at], np.float32), {}

    def step(self, action):
        self.at += 2 * int(action) - 1
        ended = self.at in (0, 9)
        return np.array([self.at], np.float32), float(self.at == 9), ended, False, {}
"""


@pytest.mark.parametrize("mean", [0.0, 10.0])
def test_on_the_command_line(mean: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brought_scaled.py").write_text(MINE)
    np.savez(tmp_path / "s.npz", mean=[mean], var=[1.0], epsilon=0.0, clip=5.0)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    where = ["--env", "brought_scaled:Line", "--normalise", "s.npz", "--levels", "3", "--json"]
    done = mesascope("audit", "brought_scaled:leans", *where)
    assert done.returncode == 0, done.stderr
    told = document(done.stdout)
    assert "scaled by the statistics in s.npz" in str(told["ledger"])
    found = told["distributions"][0]["goals"][0]["returns"]["estimate"]
    assert found == pytest.approx(0.99**3 if mean else 0.0)
