"""Policies whose memory is arrays, each with a row for every episode and zero at its start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

Carry = tuple[np.ndarray, ...]  # of each slot, (N, …)


@dataclass(frozen=True)
class Slot:
    """A part of a memory.

    Attributes:
        shape: of one episode's part.
        dtype: of its numbers.
    """

    shape: tuple[int, ...]
    dtype: Any


@dataclass(frozen=True)
class Remembering:
    """A policy with such a memory.

    Attributes:
        slots: what the memory consists of.
        advance: from observations, (N, …), and a carry to logits, (N, A), and the carry afterwards.
    """

    slots: Sequence[Slot]
    advance: Callable[[np.ndarray, Carry], tuple[Float[np.ndarray, "n a"], Carry]]

    def reset(self, count: int) -> Carry:
        return tuple(np.zeros((count, *slot.shape), slot.dtype) for slot in self.slots)

    def step(self, observations: np.ndarray, carry: Carry) -> tuple[np.ndarray, Carry]:
        return self.advance(observations, carry)

    def forget(self, carry: Carry, ended: np.ndarray) -> Carry:
        return tuple(
            np.where(ended.reshape(-1, *[1] * (part.ndim - 1)), part.dtype.type(0), part)
            for part in carry
        )
