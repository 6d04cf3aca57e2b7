"""Policies in ONNX files: one input of observations, one output of logits."""

from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.named import NamedPolicy

_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}
_REALS = ("tensor(float)", "tensor(double)", "tensor(float16)")


class OnnxLogits:
    """An ONNX model as a function of observations."""

    def __init__(self, session: Any, what: str) -> None:
        """Take an onnxruntime session.

        Raises:
            CannotLoad: its inputs or outputs are not those of a policy; says which.
        """
        given = _only(session.get_inputs(), "input", what)
        answer = _only(session.get_outputs(), "output", what)
        if given.type not in _DTYPES or not given.shape:
            raise CannotLoad(
                f"{what} takes a {given.type} of shape {given.shape}; a batch of observations, "
                "(N, …), of numbers is expected. Export it with such an input"
            )
        if answer.type not in _REALS or (answer.shape and len(answer.shape) != 2):
            raise CannotLoad(
                f"{what} gives a {answer.type} of shape {answer.shape}; logits are expected, (N, "
                "A), floating-point. Export the logits, not the actions or the values"
            )
        batch = given.shape[0]
        if isinstance(batch, int) and batch > 1:
            raise CannotLoad(
                f"{what} takes exactly {batch} observations at once; any number, or one, is "
                "expected. Export it with a dynamic batch axis"
            )
        self._session, self._input, self._dtype = session, given.name, _DTYPES[given.type]
        self._shape, self._singly = given.shape[1:], batch == 1

    def __call__(self, observations: np.ndarray) -> np.ndarray:
        values: np.ndarray = np.asarray(observations).astype(self._dtype)
        if not _fits(values.shape[1:], self._shape):
            raise BadRequest(
                f"observations of shape {values.shape[1:]} were given to a model for "
                f"{tuple(self._shape)}; give it the environment that it was trained on"
            )
        if not self._singly:
            return _as_logits(self._run(values))
        rows = [self._run(values[i : i + 1]) for i in range(len(values))]
        return _as_logits(np.concatenate(rows))

    def _run(self, values: np.ndarray) -> np.ndarray:
        logits: np.ndarray = self._session.run(None, {self._input: values})[0]
        return logits


def load_onnx(path: Path) -> NamedPolicy:
    """Return the policy that an ONNX file holds.

    Raises:
        CannotLoad: it cannot be read, or is no policy.
        MissingExtra: onnxruntime is not installed.
    """
    logits = OnnxLogits(session_of(str(path), str(path)), str(path))
    return NamedPolicy(
        logits,
        path.name,
        f"The graph in {path.name} is run by onnxruntime, its output taken to be logits, or "
        "probabilities where it looks like them; that it is the policy as trained, with the same "
        "preprocessing, was not verified.",
    )


def session_of(model: str | bytes, what: str) -> Any:
    """Return an onnxruntime session of one thread for a path, or for a model's bytes.

    Raises:
        CannotLoad: it is no model that onnxruntime can run.
    """
    runtime = need("onnxruntime", "onnx")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base of their own
        raise CannotLoad(
            f"onnxruntime cannot read {what}: {str(error).strip()}. Export it again"
        ) from error


def _as_logits(answer: np.ndarray) -> np.ndarray:
    """Return logits, of an answer that may be probabilities: none below 0, each row of sum 1.

    Many exports end in a softmax. Taken as logits its output would make the policy look far less
    decided than it is.
    """
    if (answer >= 0.0).all() and (np.abs(answer.sum(axis=-1) - 1.0) < 1e-3).all():
        with np.errstate(divide="ignore"):
            logits: np.ndarray = np.log(answer)
        return logits
    return answer


def _only(found: list[Any], kind: str, what: str) -> Any:
    if len(found) != 1:
        names = ", ".join(one.name for one in found) or "none"
        raise CannotLoad(
            f"{what} has {len(found)} {kind}s ({names}); one is expected: observations in, logits "
            "out. Export the logits alone, such as with `export_onnx`"
        )
    return found[0]


def _fits(given: tuple[int, ...], expected: list[Any]) -> bool:
    return len(given) == len(expected) and all(
        not isinstance(there, int) or there == here
        for here, there in zip(given, expected, strict=True)
    )
