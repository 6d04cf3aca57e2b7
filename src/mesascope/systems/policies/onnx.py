"""Policies in ONNX files, run by onnxruntime: with or without a memory."""

from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.errors import CannotLoad, IllegalOutput
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.named import Named, named
from mesascope.systems.policies.onnx_signature import Signature, read_signature
from mesascope.systems.policies.remembering import Carry, Remembering, Slot


class OnnxLogits:
    """An ONNX model without a memory, as a function of observations."""

    def __init__(self, session: Any, signature: Signature) -> None:
        self._session, self._signature = session, signature

    def __call__(self, observations: np.ndarray) -> np.ndarray:
        values = self._signature.values(observations)
        if not self._signature.singly:
            return _as_logits(self._run(values))
        rows = [self._run(values[i : i + 1]) for i in range(len(values))]
        return _as_logits(np.concatenate(rows))

    def _run(self, values: np.ndarray) -> np.ndarray:
        logits: np.ndarray = self._session.run(None, {self._signature.given: values})[0]
        return logits


class OnnxStep:
    """An ONNX model with a memory, as a function of observations and of what it remembers."""

    def __init__(self, session: Any, signature: Signature) -> None:
        self._session, self._signature = session, signature
        self._names = [signature.answer, *(memory.after for memory in signature.memories)]

    def __call__(self, observations: np.ndarray, carry: Carry) -> tuple[np.ndarray, Carry]:
        values = self._signature.values(observations)
        if not self._signature.singly:
            logits, carry = self._run(values, carry)
            return _as_logits(logits), carry
        rows = [
            self._run(values[i : i + 1], tuple(part[i] for part in carry))
            for i in range(len(values))
        ]
        logits = np.concatenate([answer for answer, _ in rows])
        return _as_logits(logits), tuple(
            np.stack([after[number] for _, after in rows]) for number in range(len(carry))
        )

    def _run(self, values: np.ndarray, carry: Carry) -> tuple[np.ndarray, Carry]:
        """Run the model, the batch of each memory turned to where the model has it, and back."""
        given = {self._signature.given: values}
        for memory, part in zip(self._signature.memories, carry, strict=True):
            turned = part if memory.axis is None else np.moveaxis(part, 0, memory.axis)
            given[memory.given] = np.ascontiguousarray(turned)
        logits, *found = self._session.run(self._names, given)
        after = []
        for memory, new in zip(self._signature.memories, found, strict=True):
            if new.shape != given[memory.given].shape:
                raise IllegalOutput(
                    f"the memory {memory.given} of shape {given[memory.given].shape} came out as "
                    f"{memory.after} of shape {new.shape}; the two must be alike. Export inputs "
                    "and outputs in the same order"
                )
            after.append(new if memory.axis is None else np.moveaxis(new, memory.axis, 0))
        return logits, tuple(after)


def load_onnx(path: Path) -> Named:
    """Return the policy that an ONNX file holds, one with a memory where it has one.

    Raises:
        CannotLoad: it cannot be read, or is no policy.
        MissingExtra: onnxruntime is not installed.
    """
    session = session_of(str(path), str(path))
    signature = read_signature(session, str(path))
    told = f"The graph in {path.name} is run by onnxruntime, its output taken to be logits, or "
    told += "probabilities where it looks like them"
    if signature.memories:
        names = ", ".join(memory.given for memory in signature.memories)
        told += f", and {names} to be its memory, zero at the start of an episode"
    return named(
        onnx_policy(session, signature),
        path.name,
        f"{told}; that it is the policy as trained, with the same preprocessing, was not verified.",
        signature.interface,
    )


def onnx_policy(session: Any, signature: Signature) -> OnnxLogits | Remembering:
    """Return the policy of a session, one with a memory where the model has one."""
    if not signature.memories:
        return OnnxLogits(session, signature)
    slots = [Slot(memory.shape, memory.dtype) for memory in signature.memories]
    return Remembering(slots, OnnxStep(session, signature))


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
