"""The kinds of network: an MLP, convolutions as shifted matrix products, and a GRU."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from mesascope.systems.networks.network import Dense, Memory, Network, forget
from mesascope.systems.networks.spec import NetworkSpec

SMALL = 0.01  # the gain of the head, so that training starts near the uniform policy


class Mlp(Network):
    """Dense layers with ReLU on the flattened observation."""

    layers: list[Dense]
    head: Dense
    spec: NetworkSpec = eqx.field(static=True)

    def features(self, observations: Float[Array, "n ..."]) -> Float[Array, "n f"]:
        x = observations.reshape(observations.shape[0], -1)
        for layer in self.layers:
            x = jax.nn.relu(layer(x))
        return x


class Conv(Network):
    """3 × 3 convolutions with ReLU that keep height and width, then a dense layer.

    A convolution is the sum of nine matrix products, one for each offset: inside `lax.scan`, XLA on
    a CPU runs `lax.conv` far slower than that (`python -m benchmarks.ppo` shows both).
    """

    kernels: list[Float[Array, "9 i o"]]
    biases: list[Float[Array, " o"]]
    dense: Dense
    head: Dense
    spec: NetworkSpec = eqx.field(static=True)

    def features(self, observations: Float[Array, "n h w c"]) -> Float[Array, "n f"]:
        x = observations
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            x = jax.nn.relu(convolve(x, kernel) + bias)
        return jax.nn.relu(self.dense(x.reshape(x.shape[0], -1)))


def convolve(x: Float[Array, "n h w i"], kernel: Float[Array, "9 i o"]) -> Float[Array, "n h w o"]:
    """Return the 3 × 3 cross-correlation with zeros beyond the edges; offsets are row by row."""
    _, height, width, _ = x.shape
    wide = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    offsets = [(i, j) for i in range(3) for j in range(3)]
    parts = [wide[:, i : i + height, j : j + width] for i, j in offsets]
    return sum((part @ kernel[k] for k, part in enumerate(parts[1:], 1)), parts[0] @ kernel[0])


class Gru(Network):
    """Dense layers with ReLU, then a gated recurrent unit, as in arXiv 1406.1078 (Cho et al.)."""

    layers: list[Dense]
    gates: Dense
    recur: Dense
    head: Dense
    spec: NetworkSpec = eqx.field(static=True)

    def start(self, count: int) -> Memory:
        return jnp.zeros((count, self.spec.width))

    def features(self, observations: Float[Array, "n ..."]) -> Float[Array, "n f"]:
        x = observations.reshape(observations.shape[0], -1)
        for layer in self.layers:
            x = jax.nn.relu(layer(x))
        return self.gates(x)

    def _remember(self, seen: Float[Array, "n g"], memory: Float[Array, "n f"]) -> Array:
        own = self.recur(memory)
        (r, z, n), (rm, zm, nm) = jnp.split(seen, 3, axis=-1), jnp.split(own, 3, axis=-1)
        z = jax.nn.sigmoid(z + zm)
        return (1.0 - z) * jnp.tanh(n + jax.nn.sigmoid(r + rm) * nm) + z * memory

    def step(
        self, observations: Array, memory: Memory
    ) -> tuple[Float[Array, "n a"], Float[Array, " n"], Memory]:
        memory = self._remember(self.features(observations.astype(jnp.float32)), memory)
        return *self.read(memory), memory

    def unroll(
        self, observations: Array, memory: Memory, fresh: Bool[Array, "t n"]
    ) -> tuple[Float[Array, "t n a"], Float[Array, "t n"]]:
        flat = observations.reshape(-1, *self.spec.observation).astype(jnp.float32)
        seen = self.features(flat).reshape(*fresh.shape, -1)

        def on(memory: Memory, now: tuple[Array, Array]) -> tuple[Memory, Array]:
            memory = self._remember(now[0], forget(memory, now[1]))
            return memory, memory

        _, memories = jax.lax.scan(on, memory, (seen, fresh))
        return self.read(memories)


def _stack(key: PRNGKeyArray, spec: NetworkSpec) -> list[Dense]:
    sizes = [spec.inputs, *[spec.width] * spec.depth]
    keys = jax.random.split(key, spec.depth)
    return [Dense.draw(*one) for one in zip(keys, sizes[:-1], sizes[1:], strict=True)]


def make_network(spec: NetworkSpec, key: PRNGKeyArray) -> Network:
    """Return a network with random weights."""
    body, more, again, for_head = jax.random.split(key, 4)
    width = spec.width
    head = Dense.draw(for_head, width, spec.actions + 1, SMALL)
    if spec.kind == "mlp":
        return Mlp(layers=_stack(body, spec), head=head, spec=spec)
    if spec.kind == "gru":
        gates = Dense.draw(more, width, 3 * width, 1.0)
        recur = Dense.draw(again, width, 3 * width, 1.0)
        layers = _stack(body, spec)
        return Gru(layers=layers, gates=gates, recur=recur, head=head, spec=spec)
    channels = [spec.observation[-1], *[width] * spec.depth]
    keys = jax.random.split(body, spec.depth)
    kernels = [
        jax.random.normal(k, (9, i, o)) * (2.0 / (9 * i)) ** 0.5
        for k, i, o in zip(keys, channels[:-1], channels[1:], strict=True)
    ]
    flat = spec.observation[0] * spec.observation[1] * width
    dense = Dense.draw(more, flat, width)
    biases = [jnp.zeros(width)] * spec.depth
    return Conv(kernels=kernels, biases=biases, dense=dense, head=head, spec=spec)
