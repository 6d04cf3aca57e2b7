"""Ascent on a return that is known exactly, from many initialisations at once.

Where the return is a closed form, its gradient is exact too: what a run ends in depends on its
initialisation and nothing else, so a share of runs estimates a property of initialisation and
landscape, free of sampling noise in training.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {"tanh": jnp.tanh, "relu": jax.nn.relu}


class Net(NamedTuple):
    """Networks with one hidden layer; the last axis of each weight is which network.

    With the networks last, the first layer of all of them is one product of matrices, and what
    follows runs over them in memory order: three times as quick as a vmap that puts them first.

    Attributes:
        into: from inputs to hidden units. A constant input is what stands for a bias.
        out: from hidden units to the logits of two actions.
    """

    into: Float[Array, "inputs width runs"]
    out: Float[Array, "width 2 runs"]


def draw(key: Array, inputs: int, width: int, runs: int, scale: float | Array) -> Net:
    """Return networks whose weights are independent and normal, with mean 0.

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
    return Net(
        scale * jax.random.normal(first, (inputs, width, runs)),
        scale * jax.random.normal(second, (width, 2, runs)),
    )


def second_action(
    net: Net, observations: Float[Array, "*states inputs"], activation: str
) -> Float[Array, "*states runs"]:
    """Return the probability of the second of two actions, of each network in each state.

    The softmax of two logits is the logistic function of their difference, so the difference of
    the output weights is taken before the hidden layer is summed, which halves the work.

    Raises:
        UnknownName: there is no such activation.
    """
    active = look_up("activation", activation, ACTIVATIONS)
    hidden = active(jnp.tensordot(observations.astype(net.into.dtype), net.into, axes=1))
    return jax.nn.sigmoid((hidden * (net.out[:, 1] - net.out[:, 0])).sum(axis=-2))


def ascend(
    value: Callable[[Net], Float[Array, " runs"]], start: Net, *, rate: float, steps: int
) -> Net:
    """Return the networks after `steps` of θ ← θ + rate ∇ value(θ), each on its own value.

    The loop is one `lax.scan`; call this inside a compiled function. The gradient of the sum over
    networks is each network's own gradient, as no value depends on another network.
    """
    gradient = jax.grad(lambda net: value(net).sum())

    def step(net: Net, _: None) -> tuple[Net, None]:
        return jax.tree.map(lambda old, slope: old + rate * slope, net, gradient(net)), None

    return jax.lax.scan(step, start, None, length=steps)[0]
