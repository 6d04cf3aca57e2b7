"""Writing a policy of Stable-Baselines3 or sb3-contrib as ONNX, read without running code."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.errors import CannotLoad, IllegalOutput
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.model import model_policy
from mesascope.systems.policies.onnx import onnx_policy, session_of
from mesascope.systems.policies.onnx_signature import read_signature
from mesascope.systems.policies.remembering import Remembering

_SAMPLES, _MOMENTS = 64, 4
_TOLERANCE = 1e-5
_SPACES = ("Box", "Discrete", "MultiBinary", "MultiDiscrete")
_OPSET = 18  # onnxruntime has read it since 2023


def export_onnx(model: Any, path: str | Path) -> Path:
    """Write the policy of a PPO, A2C, DQN or RecurrentPPO model as an ONNX file; replaces any.

    PyTorch traces the policy's network, whatever its layers are, with what is done to observations
    before it, but for the statistics of VecNormalize. The graph takes observations as the model's
    space has them, (N, …), images channels first, and gives logits, (N, A); DQN's are 0 for the
    action of the largest value and -inf for others. RecurrentPPO's takes `hidden` and `cell` too,
    (layers, N, units), and gives `hidden_out` and `cell_out`. Before it is written, onnxruntime
    must give the model's own log-probabilities, to 1e-5 of 1 + the largest, on observations that
    are sampled from the space; with a memory, on four moments in turn.

    Raises:
        CannotLoad: the model has no choice among actions, observations in parts, or a network that
            PyTorch cannot trace.
        IllegalOutput: the logits differ; nothing is written.
        MissingExtra: torch, onnxscript or onnxruntime is not installed.
    """
    expected = model_policy(model)
    space = model.observation_space
    if type(space).__name__ not in _SPACES:
        raise CannotLoad(
            f"this {type(model).__name__} cannot be exported: its observations are {space}, and "
            f"one of {', '.join(_SPACES)} is expected. Give the model itself to be audited"
        )
    content = _traced(model)
    session = session_of(content, "the exported graph")
    exported = onnx_policy(session, read_signature(session, "the exported graph"))
    moments = [np.stack([space.sample() for _ in range(_SAMPLES)]) for _ in range(_MOMENTS)]
    gap = _gap(_answers(exported, moments), _answers(expected, moments))
    if not gap <= _TOLERANCE:
        raise IllegalOutput(
            f"the exported graph differs from the model by {gap:.3g} in log-probability; at most "
            f"{_TOLERANCE:.0e} is accepted, so nothing was written. Report this model's layers"
        )
    where = Path(path)
    where.write_bytes(content)
    return where


def _traced(model: Any) -> bytes:
    """Return the graph of the model's network, serialised."""
    torch = need("torch", "sb3")
    need("onnxscript", "sb3")
    policy, count = model.policy, torch.export.Dim("N")  # any number, though two are looked at
    two = np.stack([model.observation_space.sample() for _ in range(2)])
    given, names, axes = [torch.as_tensor(two, device=policy.device)], ["observations"], [0]
    if hasattr(policy, "lstm_actor"):
        layers, _, units = policy.lstm_hidden_state_shape
        given += [torch.zeros(layers, 2, units, device=policy.device) for _ in range(2)]
        names, axes = [*names, "hidden", "cell"], [0, 1, 1]
    try:
        with _quiet():
            program = torch.onnx.export(
                _network(policy, torch).eval(),
                tuple(given),
                input_names=names,
                output_names=["logits", *(f"{name}_out" for name in names[1:])],
                dynamic_shapes=tuple({axis: count} for axis in axes),
                opset_version=_OPSET,
                dynamo=True,
                verbose=False,
            )
        content: bytes = program.model_proto.SerializeToString()
    except Exception as error:  # a network may be anybody's, and fail in any way
        causes = [str(error.__cause__ or error).strip().partition("\n")[0], type(error).__name__]
        raise CannotLoad(
            f"PyTorch cannot trace the network of this {type(model).__name__} "
            f"({next(filter(None, causes))}). Give the model itself to be audited"
        ) from error
    return content


def _network(policy: Any, torch: Any) -> Any:
    """Return a module from observations to logits, as `model_policy` defines them."""
    policies: Any = need("stable_baselines3.common.policies", "sb3")

    def features(observations: Any) -> Any:  # the actor's alone, where it has its own
        extract = policies.BasePolicy.extract_features
        return extract(policy, observations, policy.pi_features_extractor)

    class Module(torch.nn.Module):  # type: ignore[misc] # mypy does not read torch, an extra: its base is Any
        def __init__(self) -> None:
            super().__init__()
            self.policy = policy

    class Actor(Module):
        def forward(self, observations: Any) -> Any:
            return policy.action_net(policy.mlp_extractor.forward_actor(features(observations)))

    class Recurrent(Module):
        def forward(self, observations: Any, hidden: Any, cell: Any) -> Any:
            found, states = policy.lstm_actor(features(observations)[None], (hidden, cell))
            return policy.action_net(policy.mlp_extractor.forward_actor(found[0])), *states

    class Largest(Module):
        def forward(self, observations: Any) -> Any:
            values = policy.q_net(observations)
            best = values.argmax(dim=1, keepdim=True)
            actions = torch.arange(values.shape[1], device=values.device)
            return torch.where(actions == best, 0.0, -torch.inf)

    if hasattr(policy, "lstm_actor"):
        return Recurrent()
    return Largest() if hasattr(policy, "q_net") else Actor()


def _answers(policy: Any, moments: list[np.ndarray]) -> np.ndarray:
    """Return logits of each moment, one after the other, whether anything is remembered or not."""
    if not isinstance(policy, Remembering):
        return np.concatenate([policy(observations) for observations in moments])
    carry, answers = policy.reset(len(moments[0])), []
    for observations in moments:
        logits, carry = policy.step(observations, carry)
        answers.append(logits)
    return np.concatenate(answers)


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what the exporter says of packages that are not needed here."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def _gap(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference of log-probabilities, beside 1 + the largest of a row."""
    one, other = _normal(found), _normal(expected)
    largest = np.abs(np.where(np.isfinite(other), other, 0.0)).max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        gap = np.where(one == other, 0.0, np.abs(one - other))
    return float((gap / (1.0 + largest)).max())


def _normal(logits: np.ndarray) -> np.ndarray:
    """Return log-probabilities in double precision."""
    x = np.asarray(logits, np.float64)
    x = x - x.max(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        return np.asarray(x - np.log(np.exp(x).sum(axis=1, keepdims=True)))
