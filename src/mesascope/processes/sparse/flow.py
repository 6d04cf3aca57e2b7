"""One step of a recursion over states: a gather along transitions, then a sum for each target.

On one core of a CPU, JAX's segment sum takes about twice as long as SciPy's product of a CSR
matrix and a vector, and three times as long for eight vectors at once; `benchmarks/sparse.py`
prints both. It is used because the same code takes more cores and can run on a GPU, and because
the solvers make up for it by needing fewer or smaller products. A batch is the last axis
everywhere, so that the members lie side by side in memory and one gather serves them all.
"""

from typing import NamedTuple, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int

from mesascope.processes.sparse.process import SparseProcess


class Links(NamedTuple):
    """`weight[n]` of what is in `source[n]` counts towards `target[n]`; targets ascend."""

    target: Int[Array, " n"]
    source: Int[Array, " n"]
    weight: Float[Array, " n"]


def links_of(process: SparseProcess) -> Links:
    """Return G = γ T[s, a, s'] where s' is not terminal, as links from s' to s A + a."""
    weight = process.discount * process.probability * ~process.terminal[process.next_state]
    return _padded(process.pair, process.next_state, weight, process.states * process.actions)


def chain_of(
    process: SparseProcess, policy: Float[np.ndarray, "s a"] | Bool[np.ndarray, "s a"]
) -> Links:
    """Return G_π of one policy, as links from s' to s; what it never does is left out."""
    chance = policy.ravel()[process.pair]
    kept = np.flatnonzero((chance > 0.0) & ~process.terminal[process.next_state])
    weight = process.discount * process.probability[kept] * chance[kept]
    state = process.pair[kept] // process.pair.dtype.type(process.actions)
    return _padded(state, process.next_state[kept], weight, process.states)


def _padded(
    target: Int[np.ndarray, " n"],
    source: Int[np.ndarray, " n"],
    weight: Float[np.ndarray, " n"],
    targets: int,
) -> Links:
    """Return links with a few of weight 0 after them, so that not many lengths occur.

    Functions are compiled for each length, and policies differ in how many links they have.
    """
    count = len(target)
    unit = max(64, 1 << max(0, count.bit_length() - 5))
    more = max(1, -(-count // unit)) * unit - count
    return Links(
        jnp.asarray(np.pad(target, (0, more), constant_values=targets - 1)),
        jnp.asarray(np.pad(source, (0, more))),
        jnp.asarray(np.pad(weight, (0, more))),
    )


def gather(links: Links, value: Float[Array, "s b"], count: int) -> Float[Array, "z b"]:
    """Return Σ weight · value[source] for each of `count` targets."""
    parts = links.weight[:, None] * value.at[links.source].get(mode="promise_in_bounds")
    return jax.ops.segment_sum(
        parts, links.target, count, indices_are_sorted=True, mode="promise_in_bounds"
    )


def scatter(links: Links, value: Float[Array, "z b"], count: int) -> Float[Array, "s b"]:
    """Return Σ weight · value[target] for each of `count` sources: the transpose of `gather`."""
    parts = links.weight[:, None] * value.at[links.target].get(mode="promise_in_bounds")
    return jax.ops.segment_sum(parts, links.source, count, mode="promise_in_bounds")


def backed(links: Links, r: Float[Array, "s a b"], value: Float[Array, "s b"]) -> Array:
    """Return r + G v, of shape (S, A, B)."""
    return r + gather(links, value, r.shape[0] * r.shape[1]).reshape(r.shape)


class Along(NamedTuple):
    """v ↦ G_π v, for one policy."""

    links: Links

    def __call__(self, value: Float[Array, "s b"]) -> Float[Array, "s b"]:
        return gather(self.links, value, value.shape[0])


class Against(NamedTuple):
    """d ↦ G_πᵀ d, for one policy."""

    links: Links

    def __call__(self, value: Float[Array, "s b"]) -> Float[Array, "s b"]:
        return scatter(self.links, value, value.shape[0])


class AlongEach(NamedTuple):
    """v ↦ G_π v, with a policy (S, A, B) for each member of the batch."""

    links: Links
    policy: Array

    def __call__(self, value: Float[Array, "s b"]) -> Float[Array, "s b"]:
        s, a, b = self.policy.shape
        return (self.policy * gather(self.links, value, s * a).reshape(s, a, b)).sum(1)


class AgainstEach(NamedTuple):
    """d ↦ G_πᵀ d, with a policy (S, A, B) for each member of the batch."""

    links: Links
    policy: Array

    def __call__(self, value: Float[Array, "s b"]) -> Float[Array, "s b"]:
        s, a, b = self.policy.shape
        return scatter(self.links, (self.policy * value[:, None, :]).reshape(s * a, b), s)


Step: TypeAlias = Along | Against | AlongEach | AgainstEach  # linear maps that jit takes as data
