"""Exact ascent, against finite differences in double precision and against plain NumPy."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.optimizers.exact_gradient import Net, ascend, draw, second_action
from mesascope.processes.precision import in_float64
from mesascope.tasks.coin_line import CoinLine

WORLD = CoinLine(2)
EPSILON = 0.2


def plain_return(weights: list[np.ndarray], activation: str) -> float:
    """The return of one network by the matrix of a Markov chain, without JAX."""
    into, bias, out, offset = weights
    total, n = 0.0, WORLD.length
    for coin in range(1, n + 1):
        chain = np.zeros((n + 1, n + 1))
        for place in range(n + 1):
            if place == coin:
                chain[place, place] = 1.0
                continue
            z = np.array([1.0, place, coin]) @ into + bias
            logit = (np.tanh(z) if activation == "tanh" else np.maximum(z, 0.0)) @ out + offset
            right = 1.0 / (1.0 + np.exp(-logit))
            chain[place, max(place - 1, 0)] += 1.0 - right
            chain[place, min(place + 1, n)] += right
        reached = np.linalg.matrix_power(chain, 2 * n)[:n, coin].mean()
        total += reached * (EPSILON / n + (1.0 - EPSILON if coin == n else 0.0))
    return float(total)


def value(net: Net, activation: str) -> jax.Array:
    right = second_action(net, jnp.asarray(WORLD.observations()), activation)
    return WORLD.expected_return(right, jnp.asarray(WORLD.coins(EPSILON)))


chances = jax.jit(second_action, static_argnames="activation")
compiled = jax.jit(draw, static_argnames=("inputs", "width", "runs"))


def drawn(key: jax.Array, *sizes: float) -> Net:
    """Draw into NumPy's arrays, whose arithmetic compiles nothing."""
    return Net(*map(np.array, compiled(key, *sizes)))


@partial(jax.jit, static_argnames=("activation", "steps"))
def climb(net: Net, activation: str = "tanh", steps: int = 1) -> Net:
    return ascend(lambda n: value(n, activation), net, rate=0.1, steps=steps)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@in_float64
def test_a_step_follows_the_gradient_by_finite_differences(activation: str) -> None:
    start = drawn(jax.random.key(0), 3, 3, 2, 0.5)
    start = start._replace(bias=0.2 + start.out, offset=start.offset - 0.3)
    after, size = climb(start, activation), 1e-5
    for run in range(2):
        weights = [np.array(part[..., run]) for part in start]
        for part, moved in enumerate(after):
            for index in np.ndindex(weights[part].shape):
                ends = []
                for sign in (1.0, -1.0):
                    nudged = [w.copy() for w in weights]
                    nudged[part][index] += sign * size
                    ends.append(plain_return(nudged, activation))
                slope = (ends[0] - ends[1]) / (2 * size)
                found = (float(np.asarray(moved)[*index, run]) - weights[part][index]) / 0.1
                assert found == pytest.approx(slope, abs=1e-8)


def test_networks_ascend_each_on_its_own_and_keep_their_places() -> None:
    start = drawn(jax.random.key(1), 3, 3, 32, 0.5)  # two batches of 16
    other = Net(*map(np.copy, start))
    for weights in other:
        weights[..., 17] += 0.5
    first, second = climb(start, steps=20), climb(other, steps=20)
    for before, after in zip(first, second, strict=True):
        differs = (np.asarray(before) != np.asarray(after)).reshape(-1, 32).any(axis=0)
        assert np.flatnonzero(differs).tolist() == [17]
    earned = jax.jit(value, static_argnums=1)
    assert (earned(first, "tanh") > earned(start, "tanh")).all()


def test_symmetries_of_networks() -> None:
    net = drawn(jax.random.key(3), 3, 8, 4, 0.5)
    net = net._replace(bias=net.bias + np.float32(0.3), offset=net.offset + np.float32(0.7))
    seen = WORLD.observations().astype(np.float32)
    right = chances(net, seen, "tanh")
    mirrored = net._replace(out=-net.out, offset=-net.offset)
    np.testing.assert_allclose(chances(mirrored, seen, "tanh"), 1.0 - np.asarray(right), atol=1e-6)
    order = np.array([3, 1, 0, 2, 7, 6, 5, 4])
    shuffled = Net(net.into[:, order], net.bias[order], net.out[order], net.offset)
    np.testing.assert_allclose(chances(shuffled, seen, "tanh"), right, atol=1e-6)
    odd = Net(-net.into, -net.bias, -net.out, net.offset)
    np.testing.assert_allclose(chances(odd, seen, "tanh"), right, atol=1e-6)
    into = net.into + np.array([1.0, 0.0, 0.0], np.float32)[:, None, None] * net.bias
    folded = net._replace(into=into, bias=0.0 * net.bias)
    np.testing.assert_allclose(chances(folded, seen, "tanh"), right, atol=1e-6)


def test_draws_are_normal_with_the_scale_asked_for() -> None:
    net = drawn(jax.random.key(4), 3, 32, 512, 0.5)
    for part in (net.into, net.out):
        assert float(part.mean()) == pytest.approx(0.0, abs=4 * 0.5 / part.size**0.5)
        assert float(part.std()) == pytest.approx(0.5, rel=4 / (2 * part.size) ** 0.5)
    assert not net.bias.any()
    assert not net.offset.any()


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(BadRequest, match="0 networks"):
        drawn(jax.random.key(0), 3, 8, 0, 0.5)
    net = drawn(jax.random.key(0), 3, 8, 4, 0.5)
    with pytest.raises(UnknownName, match="Did you mean 'relu'"):
        chances(net, jnp.ones(3), "rellu")
