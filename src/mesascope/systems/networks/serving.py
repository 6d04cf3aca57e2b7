"""A network as a policy of `core`: NumPy in, NumPy out."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.core.policy import Policy, RecurrentPolicy
from mesascope.systems.networks.network import Memory, Network, forget


@jax.jit
def _step(network: Network, observations: Array, memory: Memory) -> tuple[Array, Memory]:
    logits, _, memory = network.step(observations, memory)
    return logits, memory


def _checked(network: Network, observations: np.ndarray) -> np.ndarray:
    given, expected = np.shape(observations)[1:], network.spec.observation
    if given != expected:
        raise BadRequest(
            f"observations of shape {given} were given to a network for {expected}; "
            "give it the environment that it was trained on"
        )
    return observations


class NetworkPolicy:
    """A network without a memory."""

    def __init__(self, network: Network) -> None:
        self.network, self.interface = network, network.spec.interface

    def __call__(self, observations: np.ndarray) -> Float[np.ndarray, "n a"]:
        logits, _ = _step(self.network, _checked(self.network, observations), ())
        return np.asarray(logits)


class RecurrentNetworkPolicy:
    """A network with a memory."""

    def __init__(self, network: Network) -> None:
        self.network, self.interface = network, network.spec.interface

    def reset(self, count: int) -> Any:
        return self.network.start(count)

    def step(self, observations: np.ndarray, carry: Any) -> tuple[Float[np.ndarray, "n a"], Any]:
        logits, carry = _step(self.network, _checked(self.network, observations), carry)
        return np.asarray(logits), carry

    def forget(self, carry: Any, ended: np.ndarray) -> Any:
        return forget(carry, jnp.asarray(ended, bool))


def as_policy(network: Network) -> Policy | RecurrentPolicy:
    """Return the policy that a network is; its critic is left out.

    Raises:
        BadRequest: when it is called on observations of another shape.
    """
    if jax.tree.leaves(network.start(1)):
        return RecurrentNetworkPolicy(network)
    return NetworkPolicy(network)
