"""What goes into an ONNX model of a policy and what comes out: observations, logits, memory.

The first input is the observations, (N, …), and the first output the logits, (N, A). Every further
input is a memory, and every further output what it is afterwards, in the same order. The batch
is that axis of a memory that has no size, wherever it is; every other axis has one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.core.interface import Interface, fits
from mesascope.systems.policies.preprocessing import channels_first, either_way

_DTYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}
_REALS = ("tensor(float)", "tensor(double)", "tensor(float16)")


@dataclass(frozen=True)
class Memory:
    """A memory that a model is given and gives back.

    Attributes:
        given, after: names of the input and the output.
        dtype: of both.
        shape: of one episode's memory.
        axis: which axis of input and output the batch is, beside `shape`; None where the model
            takes one observation at a time, and `shape` is all there is.
    """

    given: str
    after: str
    dtype: Any
    shape: tuple[int, ...]
    axis: int | None


@dataclass(frozen=True)
class Signature:
    """Inputs and outputs of a policy's model.

    Attributes:
        given, answer: names of the input of observations and the output of logits.
        dtype, shape: of one observation; an axis of any size is no number.
        actions: how many logits there are, where the file says so.
        singly: whether it takes one observation at a time.
        memories: in order; empty for a policy without a memory.
    """

    given: str
    answer: str
    dtype: Any
    shape: tuple[Any, ...]
    actions: int | None
    singly: bool
    memories: tuple[Memory, ...]

    @property
    def interface(self) -> Interface:
        """What it takes and how many actions there are; images may have their channels last."""
        sizes = tuple(size if isinstance(size, int) else None for size in self.shape)
        return Interface(either_way(sizes), self.actions)

    def values(self, observations: np.ndarray) -> np.ndarray:
        """Return observations as the model takes them; channels come first where only that fits.

        Raises:
            BadRequest: they have another shape.
        """
        values: np.ndarray = np.asarray(observations).astype(self.dtype)
        if not fits(values.shape[1:], self.shape) and values.ndim == 4:
            values = channels_first(values)
        if not fits(values.shape[1:], self.shape):
            raise BadRequest(
                f"observations of shape {np.shape(observations)[1:]} were given to a model for "
                f"{tuple(self.shape)}; give it the environment that it was trained on"
            )
        return values


def read_signature(session: Any, what: str) -> Signature:
    """Return what an onnxruntime session takes and gives.

    Args:
        session: of a model.
        what: the file, for messages.

    Raises:
        CannotLoad: that is not what a policy takes and gives; says which.
    """
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if not inputs or len(inputs) != len(outputs):
        raise CannotLoad(
            f"{what} has {_several(inputs, 'input')} and {_several(outputs, 'output')}; expected "
            "are observations in and logits out, and for a memory one more of both, in the same "
            "order. Export the logits alone, such as with `export_onnx`, or each memory twice"
        )
    given, answer = inputs[0], outputs[0]
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
    memories = tuple(
        _memory(one, other, batch, what) for one, other in zip(inputs[1:], outputs[1:], strict=True)
    )
    actions = answer.shape[1] if answer.shape and isinstance(answer.shape[1], int) else None
    return Signature(
        given=given.name,
        answer=answer.name,
        dtype=_DTYPES[given.type],
        shape=tuple(given.shape[1:]),
        actions=actions,
        singly=batch == 1,
        memories=memories,
    )


def _memory(given: Any, after: Any, batch: Any, what: str) -> Memory:
    """Return the memory that an input and an output are."""
    sized = [(one, other) for one, other in zip(given.shape, after.shape, strict=False)]
    agree = not after.shape or (  # it may have no shape, and is looked at when it is there
        len(given.shape) == len(after.shape)
        and all(
            one == other for one, other in sized if isinstance(one, int) and isinstance(other, int)
        )
    )
    if given.type != after.type or given.type not in _DTYPES or not agree:
        raise CannotLoad(
            f"a memory goes into {what} as {given.name}, a {given.type} of shape {given.shape}, "
            f"and comes out as {after.name}, a {after.type} of shape {after.shape}; the two must "
            "be alike. Export inputs and outputs in the same order"
        )
    free = [i for i, size in enumerate(given.shape) if not isinstance(size, int)]
    dtype = _DTYPES[given.type]
    if batch == 1 and len(free) <= 1:
        sizes = tuple(size if isinstance(size, int) else 1 for size in given.shape)
        return Memory(given.name, after.name, dtype, sizes, None)
    if len(free) != 1:
        raise CannotLoad(
            f"the memory {given.name} of {what} has the shape {given.shape}, and the observations "
            f"any number of rows, so that one axis without a size is expected, the batch. Export "
            "it with that axis dynamic, and the others not"
        )
    sizes = tuple(size for size in given.shape if isinstance(size, int))
    return Memory(given.name, after.name, dtype, sizes, free[0])


def _several(found: list[Any], kind: str) -> str:
    names = ", ".join(one.name for one in found) or "none"
    return f"{len(found)} {kind}{'' if len(found) == 1 else 's'} ({names})"
