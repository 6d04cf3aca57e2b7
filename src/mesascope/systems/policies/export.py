"""Writing a Stable-Baselines3 policy as ONNX, which anybody can read without running code."""

from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.errors import CannotLoad, IllegalOutput
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.layers import Layers, find_layers
from mesascope.systems.policies.model import model_logits
from mesascope.systems.policies.onnx import OnnxLogits, session_of
from mesascope.systems.policies.onnx_signature import read_signature

_SAMPLES = 64
_TOLERANCE = 1e-5
_NODES = {"tanh": "Tanh", "relu": "Relu"}
_OPSET, _IR = 17, 8  # read by onnxruntime since 2022


def export_onnx(model: Any, path: str | Path) -> Path:
    """Write the MlpPolicy of a PPO or A2C model as an ONNX file; one of that name is replaced.

    The graph takes observations, (N, …), and gives logits, (N, A). Before it is written,
    onnxruntime must give the model's own logits, normalised, to 1e-5 on observations that are
    sampled from the model's observation space.

    Raises:
        CannotLoad: it is no such model: DQN, a CNN, another activation, or a space but a plain Box.
        IllegalOutput: the logits differ; nothing is written.
        MissingExtra: torch, onnx or onnxruntime is not installed.
    """
    layers, shape = _layers(model)
    content: bytes = _graph(layers, shape).SerializeToString()
    session = session_of(content, "the exported graph")
    exported = OnnxLogits(session, read_signature(session, "the exported graph"))
    samples = np.stack([model.observation_space.sample() for _ in range(_SAMPLES)])
    gap = np.abs(_normal(exported(samples)) - _normal(model_logits(model)(samples))).max()
    if not gap <= _TOLERANCE:
        raise IllegalOutput(
            f"the exported graph differs from the model by {gap:.3g} in log-probability; at most "
            f"{_TOLERANCE:.0e} is accepted, so nothing was written. Report this model's layers"
        )
    where = Path(path)
    where.write_bytes(content)
    return where


def _layers(model: Any) -> tuple[Layers, tuple[int, ...]]:
    policy: Any = getattr(model, "policy", None)
    space: Any = getattr(model, "observation_space", None)
    what = f"this {type(model).__name__}"
    bend = getattr(getattr(policy, "activation_fn", None), "__name__", "nothing").lower()
    if not hasattr(policy, "get_distribution") or bend not in _NODES:
        raise CannotLoad(
            f"{what} cannot be exported: expected PPO or A2C with Tanh or ReLU, found {bend}. "
            "Give the model itself to be audited"
        )
    image = len(getattr(space, "shape", None) or ()) == 3 and space.dtype == np.uint8
    if type(space).__name__ != "Box" or image:
        raise CannotLoad(
            f"{what} cannot be exported: its observations are {space}, and a Box of anything but "
            "images is expected. Give the model itself to be audited"
        )
    shape = tuple(space.shape)
    weights = {name: array.cpu().numpy() for name, array in policy.state_dict().items()}
    return find_layers(weights, int(np.prod(shape)), bend, what), shape


def _graph(layers: Layers, shape: tuple[int, ...]) -> Any:
    onnx = need("onnx", "sb3")
    make, kind = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [make.make_node("Flatten", ["observations"], ["x0"], axis=1)]
    constants = []
    last = len(layers.maps) - 1
    for i, pair in enumerate(layers.maps):
        for name, array in zip((f"w{i}", f"b{i}"), pair, strict=True):
            constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(array), name))
        out = "logits" if i == last else f"y{i}"
        nodes.append(make.make_node("Gemm", [f"x{i}", f"w{i}", f"b{i}"], [out], transB=1))
        if i < last:
            nodes.append(make.make_node(_NODES[layers.activation], [out], [f"x{i + 1}"]))
    given = make.make_tensor_value_info("observations", kind, ["N", *shape])
    answer = make.make_tensor_value_info("logits", kind, ["N", len(layers.maps[-1][1])])
    graph = make.make_graph(nodes, "policy", [given], [answer], constants)
    opset = [make.make_opsetid("", _OPSET)]
    made = make.make_model(graph, opset_imports=opset, ir_version=_IR, producer_name="mesascope")
    onnx.checker.check_model(made)
    return made


def _normal(logits: np.ndarray) -> np.ndarray:
    """Return log-probabilities in double precision."""
    x = np.asarray(logits, np.float64)
    x = x - x.max(axis=1, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=1, keepdims=True)))
