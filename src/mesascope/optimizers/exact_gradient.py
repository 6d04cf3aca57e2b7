"""Ascent on a return that is known exactly, from many initialisations at once.

Where the return is a closed form, its gradient is exact too: what a run ends in depends on its
initialisation and nothing else, so a share of runs estimates a property of initialisation and
landscape, free of sampling noise in training.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"tanh": jnp.tanh, "relu": jax.nn.relu}
# Networks at a time, of few hidden units and of more: the quickest of 8 to 64 on the coin line.
_NARROW, _TOGETHER_NARROW, _TOGETHER = 32, 64, 8


class Net(NamedTuple):
    """Networks with one hidden layer and one logit; the last axis is which network.

    With the networks last, arithmetic runs over them in memory order, and fuses; a product of
    matrices for every network would be too small to be quick.

    Attributes:
        into: weights from inputs to hidden units.
        bias: of the hidden units.
        out: weights from hidden units to the logit of the second of two actions.
        offset: the bias of that logit.
    """

    into: Float[Array, "inputs width runs"]
    bias: Float[Array, "width runs"]
    out: Float[Array, "width runs"]
    offset: Float[Array, " runs"]


def draw(key: Array, inputs: int, width: int, runs: int, scale: float | Array) -> Net:
    """Return networks whose weights are independent and normal with mean 0, and whose biases are 0.

    Args:
        key: of all that is drawn.
        inputs, width, runs: numbers of inputs, hidden units and networks.
        scale: the standard deviation, the same for every weight.

    Raises:
        BadRequest: there is to be none of something.
    """
    if min(inputs, width, runs) < 1:
        raise BadRequest(
            f"{runs} networks with {inputs} inputs and {width} hidden units; 1 or more of each is "
            "expected. Ask for at least one."
        )
    first, second = jax.random.split(key)
    into = scale * jax.random.normal(first, (inputs, width, runs))
    out = scale * jax.random.normal(second, (width, runs))
    return Net(into, jnp.zeros_like(into[0]), out, jnp.zeros_like(out[0]))


def second_action(
    net: Net, observations: Float[Array, "*states inputs"], activation: str
) -> Float[Array, "*states runs"]:
    """Return the probability of the second of two actions, of each network in each state.

    σ(b′ + Σ w′ f(b + Σ w x)), σ the logistic function: the softmax of the logits 0 and that one.

    Raises:
        UnknownName: there is no such activation.
    """
    active = look_up("activation", activation, ACTIVATIONS)
    hidden = net.bias
    for i, weights in enumerate(net.into):
        hidden = hidden + observations[..., i, None, None] * weights
    return jax.nn.sigmoid((active(hidden) * net.out).sum(axis=-2) + net.offset)


def ascend(
    value: Callable[[Net], Float[Array, " runs"]], start: Net, *, rate: float, steps: int
) -> Net:
    """Return the networks after `steps` of θ ← θ + rate ∇ value(θ), each on its own value.

    The loop is one `lax.scan`; call this inside a compiled function. The gradient of the sum over
    networks is each network's own gradient, as no value depends on another network. Networks are
    taken a few at a time, so that what a step computes stays in the cache.
    """
    gradient = jax.grad(lambda net: value(net).sum())

    def step(net: Net, _: None) -> tuple[Net, None]:
        return jax.tree.map(lambda old, slope: old + rate * slope, net, gradient(net)), None

    def climb(net: Net) -> Net:
        return jax.lax.scan(step, net, None, length=steps)[0]

    runs = start.offset.shape[-1]
    narrow = start.out.shape[0] <= _NARROW
    few = math.gcd(runs, _TOGETHER_NARROW if narrow else _TOGETHER)

    def split(weights: Array) -> Array:
        return jnp.moveaxis(weights.reshape(*weights.shape[:-1], runs // few, few), -2, 0)

    def join(weights: Array) -> Array:
        together = jnp.moveaxis(weights, 0, -2)
        return together.reshape(*together.shape[:-2], runs)

    return jax.tree.map(join, jax.lax.map(climb, jax.tree.map(split, start)))
