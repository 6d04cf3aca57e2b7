"""Zips of Stable-Baselines3, against the library itself; nothing pickled in them runs."""

import base64
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from mesascope.core.errors import BadRequest, CannotLoad
from tests.systems.policies.models import (
    Payload,
    load_plain,
    need_extras,
    normal,
    pickled,
    rewrite,
    save_model,
    shown,
    torch_file,
    truth,
)

need_extras("torch", "stable_baselines3")


def relu() -> dict[str, Any]:
    import torch

    return {"activation_fn": torch.nn.ReLU, "net_arch": {"pi": [8, 7, 6], "vf": [9]}}


@pytest.mark.parametrize("kind", ["PPO", "A2C", "relu"])
def test_logits_are_the_librarys(kind: str, tmp_path: Path) -> None:
    kwargs = {"policy_kwargs": relu()} if kind == "relu" else {}
    model, path = save_model(tmp_path, "PPO" if kind == "relu" else kind, **kwargs)
    observations = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    expected = truth(model, observations)
    for loaded in (load_plain(path), load_plain(str(path), trust=True), load_plain(model)):
        np.testing.assert_allclose(normal(loaded(observations)), expected, atol=1e-5)
    assert load_plain(path).name == "model.zip"
    assert "VecNormalize" in load_plain(path).provenance
    assert "ran the code" in load_plain(path, trust=True).provenance


def test_dqn_takes_its_largest_value(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "DQN")
    observations = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32) * 3
    expected = model.predict(observations, deterministic=True)[0]
    for loaded in (load_plain(path), load_plain(path, trust=True), load_plain(model)):
        logits = loaded(observations)
        assert (logits.argmax(axis=1) == expected).all()
        assert (np.isinf(logits).sum(axis=1) == 1).all()


def test_discrete_observations_become_one_hot(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "PPO", "FrozenLake-v1")
    observations = np.arange(16)
    np.testing.assert_allclose(
        normal(load_plain(path)(observations)), truth(model, observations), atol=1e-5
    )
    with pytest.raises(BadRequest, match="16"):
        load_plain(path)(np.array([16]))


@pytest.mark.parametrize(
    "space",
    [
        spaces.MultiBinary(5),
        spaces.MultiBinary((2, 3)),
        spaces.MultiDiscrete([3, 4, 2]),
        spaces.MultiDiscrete([2] * 60),
    ],
)
@pytest.mark.parametrize("kind", ["PPO", "DQN"])
def test_several_numbers_are_read_as_the_library_reads_them(
    kind: str, space: Any, tmp_path: Path
) -> None:
    model, path = save_model(tmp_path, kind, shown(space))
    space.seed(0)
    observations = np.stack([space.sample() for _ in range(30)])
    loaded = load_plain(path)
    if kind == "DQN":
        best = model.predict(observations, deterministic=True)[0]
        assert (np.asarray(loaded(observations)).argmax(axis=1) == best).all()
    else:
        expected = truth(model, observations)
        np.testing.assert_allclose(normal(loaded(observations)), expected, atol=1e-5)
    assert loaded.interface == load_plain(model).interface


def test_a_number_that_is_not_in_the_space_is_named(tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO", shown(spaces.MultiDiscrete([3, 4])))
    for bad in (4, -1):
        with pytest.raises(BadRequest, match=rf"observation {bad} .* 0 to 3;"):
            load_plain(path)(np.array([[2, 3], [0, bad]]))


@pytest.mark.parametrize(
    ("name", "told"), [("nvec", "[3 4 ... 2]"), ("start", "[1 0]"), ("nvec", "[3 4 2]")]
)
def test_a_space_that_is_not_told_in_full_needs_trust(name: str, told: str, tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO", shown(spaces.MultiDiscrete([3, 4])))
    rewrite(path, data=lambda settings: settings["observation_space"].update({name: told}))
    with pytest.raises(CannotLoad, match=r"not told readably .*--trust"):
        load_plain(path)


def test_images_are_scaled_and_turned(tmp_path: Path) -> None:
    from stable_baselines3.common.envs import FakeImageEnv

    env = FakeImageEnv(screen_height=12, screen_width=10, n_channels=3, discrete=True)
    model, path = save_model(tmp_path, "A2C", env)
    observations = np.random.default_rng(0).integers(0, 256, (20, 12, 10, 3), np.uint8)
    np.testing.assert_allclose(
        normal(load_plain(path)(observations)), truth(model, observations), atol=1e-5
    )


def test_an_activation_that_cannot_be_known_is_asked_for(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "PPO", policy_kwargs=relu())
    rewrite(path, data=lambda settings: settings["policy_kwargs"].pop("activation_fn"))
    rewrite(path, data=lambda settings: settings["policy_kwargs"].pop("net_arch"))
    with pytest.raises(CannotLoad, match=r"--activation.*--trust"):
        load_plain(path)
    observations = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    expected = truth(model, observations)
    np.testing.assert_allclose(
        normal(load_plain(path, activation="relu")(observations)), expected, atol=1e-5
    )
    assert np.abs(normal(load_plain(path, activation="tanh")(observations)) - expected).max() > 1e-4
    with pytest.raises(BadRequest, match="gelu"):
        load_plain(path, activation="gelu")


def test_another_activation_needs_trust(tmp_path: Path) -> None:
    import torch

    _, path = save_model(tmp_path, "PPO", policy_kwargs={"activation_fn": torch.nn.ELU})
    with pytest.raises(CannotLoad, match=r"ELU.*--trust"):
        load_plain(path)


def test_continuous_actions_are_refused(tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "A2C", "Pendulum-v1")
    with pytest.raises(CannotLoad, match="Discrete"):
        load_plain(path)


def test_observations_of_another_shape_are_refused(tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO")
    with pytest.raises(BadRequest, match=r"\(5,\).*\(4,\)"):
        load_plain(path)(np.zeros((2, 5)))


def test_pickles_in_the_settings_are_not_opened(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "PPO")
    mark = tmp_path / "ran"
    blob = base64.b64encode(pickled(Payload(mark))).decode()

    def poison(settings: dict[str, Any]) -> None:
        for value in settings.values():
            if isinstance(value, dict) and ":serialized:" in value:
                value[":serialized:"] = blob

    observations = np.ones((3, 4), np.float32)
    loaded = load_plain(rewrite(path, data=poison))
    np.testing.assert_allclose(normal(loaded(observations)), truth(model, observations), atol=1e-5)
    assert not mark.exists()


def test_a_pickle_among_the_weights_does_not_run(tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO")
    mark = tmp_path / "ran"
    for content in (torch_file({"x": Payload(mark)}), pickled(Payload(mark))):
        with pytest.raises(CannotLoad, match="not run"):
            load_plain(rewrite(path, policy_pth=content))
        assert not mark.exists()


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"[" * 100_000])
def test_settings_that_are_no_json_object(content: bytes, tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO")
    with pytest.raises(CannotLoad, match="no JSON"):
        load_plain(rewrite(path, data=content))


def test_damaged_and_other_zips(tmp_path: Path) -> None:
    _, path = save_model(tmp_path, "PPO")
    whole = path.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(CannotLoad, match="cut short"):
            load_plain(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "hello")
    with pytest.raises(CannotLoad, match=r"without data and policy\.pth"):
        load_plain(path)


@pytest.mark.parametrize("kind", ["complex64", "int32", "bool", "sparse"])
def test_weights_that_are_no_real_numbers_are_named(kind: str, tmp_path: Path) -> None:
    import torch

    model, path = save_model(tmp_path, "PPO")
    weights = dict(model.policy.state_dict())
    there = weights["action_net.bias"]
    odd = there.to_sparse() if kind == "sparse" else there.to(getattr(torch, kind))
    content = torch_file({**weights, "action_net.bias": odd})
    with pytest.raises(CannotLoad, match=rf"action_net\.bias is .*{kind}.*floating-point"):
        load_plain(rewrite(path, policy_pth=content))


@pytest.mark.parametrize("kind", ["float16", "bfloat16", "float64"])
def test_weights_of_another_precision_are_read(kind: str, tmp_path: Path) -> None:
    import torch

    model, path = save_model(tmp_path, "PPO")
    dtype = getattr(torch, kind)
    changed = {name: one.to(dtype) for name, one in model.policy.state_dict().items()}
    loaded = load_plain(rewrite(path, policy_pth=torch_file(changed)))
    model.policy.load_state_dict(changed)  # rounded, in single precision
    observations = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    expected = truth(model, observations)
    np.testing.assert_allclose(normal(loaded(observations)), expected, atol=1e-5)


def test_weights_that_contradict_each_other(tmp_path: Path) -> None:
    model, path = save_model(tmp_path, "PPO")
    weights = dict(model.policy.state_dict())
    weights["action_net.weight"] = weights["action_net.weight"][:, :5]
    with pytest.raises(CannotLoad, match="contradicts"):
        load_plain(rewrite(path, policy_pth=torch_file(weights)))
    del weights["action_net.weight"]
    with pytest.raises(CannotLoad, match=r"action_net\.weight"):
        load_plain(rewrite(path, policy_pth=torch_file(weights)))
