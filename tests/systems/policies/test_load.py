"""ONNX, safetensors, imported names and objects; and what is refused."""

import importlib
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from mesascope.core.errors import BadRequest, CannotLoad, MissingExtra
from mesascope.core.policy import RecurrentPolicy
from mesascope.systems.networks.files import save_network
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.networks.spec import NetworkSpec
from mesascope.systems.policies import from_actions, load_policy
from tests.systems.policies.models import need_extras, save_model

need_extras()


def graph(path: Path, shape: list[Any], outputs: int = 1, kind: str = "FLOAT") -> Path:
    """Write a model that gives back its input, `outputs` times."""
    import onnx

    element = getattr(onnx.TensorProto, kind)
    info = onnx.helper.make_tensor_value_info
    names = [f"y{i}" for i in range(outputs)]
    nodes = [onnx.helper.make_node("Identity", ["x"], [name]) for name in names]
    made = onnx.helper.make_graph(
        nodes, "g", [info("x", element, shape)], [info(name, element, shape) for name in names]
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(made, opset_imports=opset, ir_version=8), path)
    return path


@pytest.mark.parametrize("batch", [1, "N"])
def test_an_onnx_model_runs_row_by_row_if_it_must(batch: Any, tmp_path: Path) -> None:
    policy = load_policy(graph(tmp_path / "m.onnx", [batch, 3]))
    observations = np.arange(12).reshape(4, 3)
    assert (policy(observations) == observations).all()
    with pytest.raises(BadRequest, match=r"\(5,\)"):
        policy(np.zeros((4, 5)))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"shape": ["N", 3], "outputs": 2}, "2 outputs"),
        ({"shape": ["N", 3], "kind": "INT64"}, "logits are expected"),
        ({"shape": ["N", 3, 3]}, "logits are expected"),
        ({"shape": [4, 3]}, "exactly 4"),
        ({"shape": ["N", 3], "kind": "STRING"}, "of numbers"),
    ],
)
def test_other_onnx_models_are_refused(options: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(CannotLoad, match=said):
        load_policy(graph(tmp_path / "m.onnx", **options))


@pytest.mark.parametrize("ending", [".zip", ".onnx", ".safetensors"])
def test_files_that_are_nothing(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"m{ending}"
    with pytest.raises(CannotLoad, match="no file"):
        load_policy(path)
    path.touch()
    with pytest.raises(CannotLoad, match="empty"):
        load_policy(path)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(CannotLoad, match=r"cannot (be )?read"):
        load_policy(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(CannotLoad, match="directory"):
        load_policy(path)


def test_another_ending_and_a_misplaced_activation(tmp_path: Path) -> None:
    (tmp_path / "m.pt").write_bytes(b"x")
    with pytest.raises(CannotLoad, match=r"\.safetensors, \.onnx, \.zip"):
        load_policy(tmp_path / "m.pt")
    with pytest.raises(BadRequest, match="leave it out"):
        load_policy(tmp_path / "m.onnx", activation="relu")


@pytest.mark.parametrize(
    ("package", "ending", "extra"), [("torch", ".zip", "sb3"), ("onnxruntime", ".onnx", "onnx")]
)
def test_a_missing_extra_is_named(
    package: str, ending: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = save_model(tmp_path, "PPO")
    path = path.rename(path.with_suffix(ending))
    real = importlib.import_module

    def without(name: str) -> Any:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(MissingExtra, match=rf"mesascope\[{extra}\]"):
        load_policy(path)


@pytest.mark.parametrize("kind", ["mlp", "gru"])
def test_a_network_of_ours(kind: str, tmp_path: Path) -> None:
    network = make_network(NetworkSpec(kind, (5,), 3), jax.random.key(0))
    save_network(tmp_path / "m.safetensors", network)
    plain: Any = as_policy(network)
    observations = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    for loaded in (load_policy(tmp_path / "m.safetensors"), load_policy(network)):
        assert loaded.name
        assert loaded.provenance
        given: Any = loaded
        if isinstance(plain, RecurrentPolicy):
            assert isinstance(loaded, RecurrentPolicy)
            carry = plain.reset(4)
            first, after = loaded.step(observations, loaded.reset(4))
            assert (first == plain.step(observations, carry)[0]).all()
            ended = loaded.forget(after, np.ones(4, bool))
            assert (loaded.step(observations, ended)[0] == first).all()
        else:
            assert not isinstance(loaded, RecurrentPolicy)
            assert (given(observations) == plain(observations)).all()


def test_a_torch_module(tmp_path: Path) -> None:
    import torch

    module = torch.nn.Linear(4, 3)
    observations = np.arange(8).reshape(2, 4)
    weight, bias = module.weight.detach().numpy(), module.bias.detach().numpy()
    np.testing.assert_allclose(
        load_policy(module)(observations), observations @ weight.T + bias, rtol=1e-5
    )


def test_an_imported_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "brought_here.py").write_text("def play(x):\n    return x * 2\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = load_policy("brought_here:play")
    assert (loaded(np.ones((2, 3))) == 2).all()
    assert loaded.name == "brought_here:play"
    assert "runs its code" in loaded.provenance
    with pytest.raises(CannotLoad, match="play"):
        load_policy("brought_here:plya")


def test_actions_as_a_policy() -> None:
    policy = load_policy(from_actions(lambda x: x[:, 0].astype(int), 3))
    assert (policy(np.array([[2], [0]])).argmax(axis=1) == [2, 0]).all()
    with pytest.raises(BadRequest, match="0 to 2"):
        policy(np.array([[3]]))
    with pytest.raises(BadRequest, match="whole number"):
        from_actions(lambda x: x, 3)(np.ones((2, 1)))


def test_what_is_no_policy() -> None:
    with pytest.raises(CannotLoad, match="int is no policy"):
        load_policy(3)


def test_probabilities_in_an_onnx_file_are_not_taken_for_logits(tmp_path: Path) -> None:
    import onnx

    info, element = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    made = onnx.helper.make_graph(
        [onnx.helper.make_node("Softmax", ["x"], ["p"], axis=-1)],
        "policy",
        [info("x", element, ["n", 3])],
        [info("p", element, ["n", 3])],
    )
    opset = [onnx.helper.make_opsetid("", 17)]
    onnx.save(onnx.helper.make_model(made, opset_imports=opset, ir_version=8), tmp_path / "p.onnx")
    given = np.array([[0.0, 2.0, -1.0], [5.0, 5.0, 0.0]], np.float32)
    found = load_policy(tmp_path / "p.onnx")(given)
    apart = found - given
    assert np.ptp(apart, axis=1) == pytest.approx([0.0, 0.0], abs=1e-5)  # equal up to a constant
