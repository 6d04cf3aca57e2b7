"""Policies: functions of observations, ours or anybody's, with or without a memory."""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float


@runtime_checkable
class Policy(Protocol):
    """A function of a batch of observations, that gives the logits of its choices."""

    def __call__(self, observations: np.ndarray) -> Float[np.ndarray, "n a"]:
        """Return a logit for each action, up to a constant for each observation.

        Args:
            observations: (N, …), as the environment gives them, stacked.
        """
        ...


@runtime_checkable
class RecurrentPolicy(Protocol):
    """A policy with a memory, which the caller carries from step to step."""

    def reset(self, count: int) -> Any:
        """Return the memory of `count` episodes that are about to start."""
        ...

    def step(self, observations: np.ndarray, carry: Any) -> tuple[Float[np.ndarray, "n a"], Any]:
        """Return the logits for a batch of observations, and the memory afterwards.

        `forget` is what an episode's end does to the memory of its row.
        """
        ...

    def forget(self, carry: Any, ended: np.ndarray) -> Any:
        """Return the memory with the rows where `ended`, (N,) booleans, as at the start."""
        ...
