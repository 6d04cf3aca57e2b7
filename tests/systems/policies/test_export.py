"""Models of Stable-Baselines3 written as ONNX, against the library; and what cannot be written."""

import importlib
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest

from mesascope.core.errors import BadRequest, CannotLoad, IllegalOutput, MissingExtra
from mesascope.systems.policies import export, export_onnx, load_policy
from tests.systems.policies.models import (
    images,
    load_plain,
    need_extras,
    normal,
    save_model,
    shown,
    small_eyes,
    truth,
)

need_extras()

SMALL = (36, 39)  # the least that NatureCNN looks at, and not square


def looking(height: int, width: int, **kwargs: Any) -> dict[str, Any]:
    return {"env": images(height, width), "policy": "CnnPolicy", **kwargs}


def own_eyes() -> dict[str, Any]:
    settings = {"features_extractor_class": small_eyes()}
    return looking(7, 8, policy_kwargs=settings, n_steps=8, batch_size=8)


def unlike() -> dict[str, Any]:
    """Return settings that leave nothing as it is by default."""
    import torch

    settings = {
        "share_features_extractor": False,
        "normalize_images": False,
        "net_arch": [9],
        "activation_fn": torch.nn.ELU,
    }
    return looking(*SMALL, policy_kwargs=settings)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("PPO", lambda: {"env": "CartPole-v1"}),
        ("A2C", lambda: {"env": "CliffWalking-v1"}),
        ("PPO", lambda: {"env": images(7, 8)}),
        ("PPO", lambda: {"env": shown(gymnasium.spaces.MultiBinary((2, 3)))}),
        ("PPO", lambda: {"env": shown(gymnasium.spaces.MultiDiscrete([3, 4, 2]))}),
        ("A2C", lambda: looking(*SMALL)),
        ("PPO", unlike),
        ("PPO", own_eyes),
    ],
)
def test_an_exported_model_has_the_models_logits(kind: str, settings: Any, tmp_path: Path) -> None:
    import torch

    model, _ = save_model(tmp_path, kind, **settings())
    with torch.no_grad():
        model.policy.action_net.weight.mul_(100.0)  # fresh policies answer nearly evenly
    space = model.observation_space
    space.seed(0)
    observations = np.stack([space.sample() for _ in range(9)])
    exported = load_policy(export_onnx(model, tmp_path / "model.onnx"))
    expected = truth(model, observations)
    assert np.ptp(expected, axis=0).max() > 0.01, "answers differ"
    np.testing.assert_allclose(normal(exported(observations)), expected, rtol=1e-4, atol=1e-4)
    if observations.ndim == 4:
        turned = observations.transpose(0, 2, 3, 1)  # as the environment has them
        np.testing.assert_array_equal(exported(turned), exported(observations))
        with pytest.raises(BadRequest, match=r"\(5, 5, 3\)"):
            exported(np.zeros((1, 5, 5, 3)))


def test_dqn_takes_its_largest_value(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "DQN", policy_kwargs={"net_arch": [5]})
    observations = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    logits = load_policy(export_onnx(model, tmp_path / "model.onnx"))(observations)
    best = model.predict(observations, deterministic=True)[0]
    assert len(set(best.tolist())) == 2
    np.testing.assert_array_equal(logits, np.where(np.arange(2) == best[:, None], 0.0, -np.inf))
    np.testing.assert_array_equal(logits, load_plain(path)(observations))


def test_an_export_that_differs_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, _ = save_model(tmp_path, "PPO")
    monkeypatch.setattr(export, "model_policy", lambda _: lambda x: np.eye(2)[[0] * len(x)])
    with pytest.raises(IllegalOutput, match="differs"):
        export_onnx(model, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


class Parts(gymnasium.Env[Any, Any]):
    """An environment whose observations have parts."""

    observation_space = gymnasium.spaces.Dict({"at": gymnasium.spaces.Box(0, 1, (2,))})
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, **_: Any) -> Any:
        return {"at": np.zeros(2, np.float32)}, {}


def test_observations_in_parts_are_refused(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "PPO", Parts(), policy="MultiInputPolicy")
    with pytest.raises(CannotLoad, match=r"observations of PPO are Dict\(.*FlattenObservation"):
        export_onnx(model, tmp_path / "model.onnx")
    with pytest.raises(CannotLoad, match=r"MultiInputActorCriticPolicy; .*FlattenObservation"):
        load_policy(path)
    with pytest.raises(CannotLoad, match=r"observations of PPO are Dict\("):
        load_policy(path, trust=True)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotLoad, match="object has neither"):
        export_onnx(object(), tmp_path / "model.onnx")


def test_what_cannot_be_traced_is_refused_with_the_reason(tmp_path: Path) -> None:
    import torch

    class Odd(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            raise RuntimeError("no eyes today")

    model, _ = save_model(tmp_path, "PPO")
    model.policy.pi_features_extractor = Odd()
    with pytest.raises(CannotLoad, match=r"cannot trace .* PPO .*no eyes today.*model itself"):
        export_onnx(model, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = save_model(tmp_path, "PPO")
    real = importlib.import_module

    def without(name: str) -> Any:
        if name == "onnxscript":
            raise ModuleNotFoundError("No module named 'onnxscript'", name="onnxscript")
        return real(name)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(MissingExtra, match=r"onnxscript .*mesascope\[sb3\]"):
        export_onnx(model, tmp_path / "model.onnx")
