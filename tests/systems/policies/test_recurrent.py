"""RecurrentPPO of sb3-contrib: the model, its zip and its export, against the library itself."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mesascope.core.errors import CannotLoad
from mesascope.core.policy import RecurrentPolicy
from mesascope.systems.policies import export_onnx
from tests.cli.inside import mesascope
from tests.cli.shell import document
from tests.systems.policies.models import (
    Payload,
    images,
    load_plain,
    need_extras,
    normal,
    pickled,
    rewrite,
    torch_file,
)

need_extras("torch", "stable_baselines3", "sb3_contrib", "onnx", "onnxruntime", "onnxscript")

ROWS, MOMENTS = 5, 6
SMALL = {"lstm_hidden_size": 6}


def saved(folder: Path, env: Any = "CartPole-v1", **kwargs: Any) -> tuple[Any, Path]:
    """Return a model whose weights are large enough for its memory to matter, and its zip."""
    import torch
    from sb3_contrib import RecurrentPPO

    kwargs = {"policy_kwargs": SMALL, **kwargs}
    policy = kwargs.pop("policy", "MlpLstmPolicy")
    model = RecurrentPPO(policy, env, n_steps=8, seed=0, device="cpu", **kwargs)
    with torch.no_grad():
        for name, weight in model.policy.named_parameters():
            weight.mul_(100.0 if name.startswith("action_net") else 2.0)
    model.save(folder / "model.zip")
    return model, folder / "model.zip"


def told(model: Any, moments: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the library's log-probabilities, (T, N, A): its own loop, with its own resets."""
    import torch

    layers, _, units = model.policy.lstm_hidden_state_shape
    states: Any = (torch.zeros(layers, len(starts[0]), units),) * 2
    out = []
    for observations, start in zip(moments, starts, strict=True):
        given, _ = model.policy.obs_to_tensor(observations)
        with torch.no_grad():
            found, states = model.policy.get_distribution(
                given, states, torch.as_tensor(start, dtype=torch.float32)
            )
        out.append(found.distribution.logits.numpy())
    return np.stack(out)


def played(policy: Any, moments: np.ndarray, starts: np.ndarray) -> np.ndarray:
    assert isinstance(policy, RecurrentPolicy)
    carry: Any = policy.reset(len(starts[0]))
    out = []
    for observations, start in zip(moments, starts, strict=True):
        logits, carry = policy.step(observations, policy.forget(carry, start))
        out.append(normal(logits))
    return np.stack(out)


def sampled(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return what is seen, (T, N, …), and where episodes start, (T, N)."""
    rng = np.random.default_rng(0)
    space = model.observation_space
    space.seed(0)
    seen = np.stack([[space.sample() for _ in range(ROWS)] for _ in range(MOMENTS)])
    if seen.dtype == np.float32:  # CartPole's speeds are unbounded
        seen = rng.normal(size=seen.shape).astype(np.float32)
    starts = rng.random((MOMENTS, ROWS)) < 0.3
    starts[0] = True
    return seen, starts


@pytest.mark.parametrize(
    "settings",
    [
        lambda: {},
        lambda: {"policy_kwargs": {**SMALL, "n_lstm_layers": 2, "net_arch": [7]}},
        lambda: {"policy_kwargs": {**SMALL, "enable_critic_lstm": False, "net_arch": []}},
        lambda: {
            "policy_kwargs": {**SMALL, "enable_critic_lstm": False, "shared_lstm": True},
            "env": "FrozenLake-v1",
        },
        lambda: {"env": images(36, 39), "policy": "CnnLstmPolicy"},
    ],
    ids=["plain", "two layers", "critic without", "shared", "looking"],
)
def test_model_zip_and_export_answer_as_the_library_does(settings: Any, tmp_path: Path) -> None:
    model, path = saved(tmp_path, **settings())
    seen, starts = sampled(model)
    expected = told(model, seen, starts)
    forgetful = told(model, seen, np.ones_like(starts))
    assert np.abs(expected - forgetful).max() > 0.01, "memory matters"
    for source in (model, path, export_onnx(model, tmp_path / "model.onnx")):
        found = played(load_plain(source), seen, starts)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    trusted = load_plain(path, trust=True)
    np.testing.assert_allclose(played(trusted, seen, starts), expected, rtol=1e-4, atol=1e-4)
    assert "ran the code" in trusted.provenance
    assert "without running code" in load_plain(path).provenance


def test_nothing_pickled_in_it_runs(tmp_path: Path) -> None:
    import base64

    _, path = saved(tmp_path)
    mark = tmp_path / "ran"
    hostile = base64.b64encode(pickled(Payload(mark))).decode()

    def poison(settings: dict[str, Any]) -> None:
        for value in settings.values():
            if isinstance(value, dict) and ":serialized:" in value:
                value[":serialized:"] = hostile

    load_plain(rewrite(path, data=poison))
    with pytest.raises(CannotLoad, match="was not run"):
        load_plain(rewrite(path, policy_pth=torch_file({"x": Payload(mark)})))
    assert not mark.exists()


def test_weights_of_another_memory_are_refused(tmp_path: Path) -> None:
    import torch

    _, path = saved(tmp_path)
    with zipfile.ZipFile(path) as file, file.open("policy.pth") as content:
        weights = dict(torch.load(content, weights_only=True))
    name = "lstm_actor.weight_ih_l0"

    def refused(changed: dict[str, Any], said: str) -> None:
        with pytest.raises(CannotLoad, match=said):
            load_plain(rewrite(path, policy_pth=torch_file(changed)))

    refused({key: w for key, w in weights.items() if key != name}, "other layers.*weight_ih_l0")
    refused({**weights, name: weights[name][:, :2]}, "contradicts itself")
    refused({**weights, name: weights[name][:-1]}, "contradicts itself")
    refused({**weights, "lstm_actor.weight_hh_l0": torch.tensor(1.0)}, "contradicts itself")
    refused({**weights, "lstm_actor.weight_hr_l0": torch.ones(2, 6)}, "other layers.*weight_hr_l0")
    two = {key.replace("l0", "l1"): w for key, w in weights.items() if key.startswith("lstm_a")}
    refused({**weights, **two}, "contradicts itself")
    rewrite(path, data=lambda settings: settings["policy_kwargs"].update(lstm_kwargs={}))
    with pytest.raises(CannotLoad, match=r"lstm_kwargs.*--trust"):
        load_plain(path)


def test_it_is_audited_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lake = "FrozenLake-v1?is_slippery=False"
    saved(tmp_path, "FrozenLake-v1", learning_rate=1e-3)
    ran = mesascope("audit", "model.zip", "--env", lake, "--quick", "--json")
    assert ran.returncode == 0, ran.stderr
    assert "RecurrentActorCriticPolicy" in str(document(ran.stdout))
