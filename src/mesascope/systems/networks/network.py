"""Actor-critic networks: from observations to a logit per action and a value.

Every network unrolls over time. One without a memory takes all moments as one batch, so that
training it is a few large matrix products.
"""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from mesascope.systems.networks.spec import NetworkSpec

Memory = Any  # a pytree of arrays with a leading axis of rows; () where there is no memory


class Dense(eqx.Module):
    """An affine map of the last axis."""

    weight: Float[Array, "i o"]
    bias: Float[Array, " o"]

    @staticmethod
    def draw(key: PRNGKeyArray, inputs: int, outputs: int, gain: float = 2.0**0.5) -> "Dense":
        """Return one with Gaussian weights of variance gain² / inputs, and no bias."""
        weight = jax.random.normal(key, (inputs, outputs)) * gain / inputs**0.5
        return Dense(weight, jnp.zeros(outputs))

    def __call__(self, x: Float[Array, "*n i"]) -> Float[Array, "*n o"]:
        return x @ self.weight + self.bias


class Network(eqx.Module):
    """What all kinds share: the spec, and a head that gives logits and value in one product."""

    spec: eqx.AbstractVar[NetworkSpec]
    head: eqx.AbstractVar[Dense]

    def start(self, count: int) -> Memory:
        """Return the memory of `count` rows at the start of their episodes."""
        return ()

    @abstractmethod
    def features(self, observations: Float[Array, "n ..."]) -> Float[Array, "n f"]:
        """Return what is read from observations alone."""

    def read(self, x: Float[Array, "*n f"]) -> tuple[Float[Array, "*n a"], Float[Array, "*n"]]:
        """Return logits and value."""
        out = self.head(x)
        return out[..., :-1], out[..., -1]

    def step(
        self, observations: Array, memory: Memory
    ) -> tuple[Float[Array, "n a"], Float[Array, " n"], Memory]:
        """Return logits, values and the memory afterwards for one moment of N rows."""
        logits, value = self.read(self.features(observations.astype(jnp.float32)))
        return logits, value, memory

    def unroll(
        self, observations: Array, memory: Memory, fresh: Bool[Array, "t n"]
    ) -> tuple[Float[Array, "t n a"], Float[Array, "t n"]]:
        """Return logits and values over T moments.

        Args:
            observations: (T, N, …).
            memory: before the first moment.
            fresh: where an episode starts, so that the memory is as at the start.
        """
        flat = observations.reshape(-1, *self.spec.observation).astype(jnp.float32)
        logits, value = self.read(self.features(flat))
        return logits.reshape(*fresh.shape, -1), value.reshape(fresh.shape)


def forget(memory: Memory, ended: Bool[Array, " n"]) -> Memory:
    """Return the memory with rows as at the start, which is zero, where an episode ended."""
    return jax.tree.map(lambda m: jnp.where(ended.reshape(-1, *[1] * (m.ndim - 1)), 0.0, m), memory)
