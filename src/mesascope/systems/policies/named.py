"""Policies that carry a name and where they come from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.interface import UNKNOWN, Interface
from mesascope.core.policy import RecurrentPolicy

Logits = Callable[[np.ndarray], Any]


@dataclass(frozen=True)
class NamedPolicy:
    """A policy without a memory.

    Attributes:
        function: from observations, (N, …), to logits, (N, A).
        name: what to call it.
        provenance: a sentence: what was read, and what was not verified.
        interface: which observations it takes and how many actions it has, as far as is known.
        gamma: the discount that it was trained with, where the source tells.
    """

    function: Logits
    name: str
    provenance: str
    interface: Interface = UNKNOWN
    gamma: float | None = None

    def __call__(self, observations: np.ndarray) -> Any:
        return self.function(observations)


@dataclass(frozen=True)
class NamedRecurrentPolicy:
    """A policy with a memory; the attributes are those of `NamedPolicy`."""

    policy: RecurrentPolicy
    name: str
    provenance: str
    interface: Interface = UNKNOWN
    gamma: float | None = None

    def reset(self, count: int) -> Any:
        return self.policy.reset(count)

    def step(self, observations: np.ndarray, carry: Any) -> tuple[Float[np.ndarray, "n a"], Any]:
        return self.policy.step(observations, carry)

    def forget(self, carry: Any, ended: np.ndarray) -> Any:
        return self.policy.forget(carry, ended)


Named = NamedPolicy | NamedRecurrentPolicy


def named(
    policy: Any,
    name: str,
    provenance: str,
    interface: Interface = UNKNOWN,
    gamma: float | None = None,
) -> Named:
    """Return a policy of either kind with a name, a provenance and what else is known of it."""
    kind = NamedRecurrentPolicy if isinstance(policy, RecurrentPolicy) else NamedPolicy
    return kind(policy, name, provenance, interface, gamma)
