"""Networks: against loops in NumPy and PyTorch's cells; over time as step by step."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.core.policy import Policy, RecurrentPolicy
from mesascope.systems.networks import kinds
from mesascope.systems.networks.kinds import Gru, convolve, make_network
from mesascope.systems.networks.network import forget
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.networks.spec import KINDS, NetworkSpec

_make = jax.jit(make_network, static_argnums=0)


def _made(kind, seed=0):
    network = _make(NetworkSpec(kind, (4, 5, 2), 3, width=6), jax.random.key(seed))
    # A head of its usual size is so small that mistakes would drown in it.
    return jax.tree.map(lambda w: w + 0.1, network)


def _seen(*shape):
    return np.random.default_rng(1).random((*shape, 4, 5, 2)) < 0.5


def test_a_convolution_is_that_of_torch():
    rng = np.random.default_rng(0)
    x, kernel = rng.normal(size=(2, 5, 4, 3)), rng.normal(size=(9, 3, 6))
    weight = torch.tensor(kernel.reshape(3, 3, 3, 6).transpose(3, 2, 0, 1))
    theirs = torch.nn.functional.conv2d(torch.tensor(x.transpose(0, 3, 1, 2)), weight, padding=1)
    ours = convolve(jnp.asarray(x, jnp.float32), jnp.asarray(kernel, jnp.float32))
    np.testing.assert_allclose(ours, theirs.numpy().transpose(0, 2, 3, 1), atol=1e-4)


def _climbing(network, seen):
    """Return what XLA is given, and what it makes of it, for gradient ascent in a loop."""

    def step(network, _):
        slope = jax.grad(lambda n: n.step(seen, ())[0].sum())(network)
        return jax.tree.map(jnp.add, network, slope), None

    def climb(network):
        return jax.lax.scan(step, network, length=3)[0]

    lowered = jax.jit(climb).lower(network)
    return lowered.as_text(), lowered.compile().as_text()


def test_learning_in_a_loop_runs_no_convolution_of_xla(monkeypatch):
    """XLA's is far slower inside a loop than outside, on a processor."""
    network, seen = _made("conv"), jnp.asarray(_seen(3))
    for program in _climbing(network, seen):
        assert "while" in program
        assert "convolution(" not in program

    def theirs(x, kernel):
        sides = ("NHWC", "HWIO", "NHWC")
        shaped = kernel.reshape(3, 3, *kernel.shape[1:])
        return jax.lax.conv_general_dilated(x, shaped, (1, 1), "SAME", dimension_numbers=sides)

    x, kernel = jnp.ones((1, 4, 5, 2)), network.kernels[0]
    np.testing.assert_allclose(theirs(x, kernel), convolve(x, kernel), atol=1e-5)
    monkeypatch.setattr(kinds, "convolve", theirs)
    for program in _climbing(network, seen):
        assert "convolution(" in program, "it would be seen"


def test_a_gru_is_that_of_torch():
    network = _made("gru")
    assert isinstance(network, Gru)
    seen = jnp.asarray(_seen(3), jnp.float32)
    x = np.asarray(seen).reshape(3, -1)
    for layer in network.layers:
        x = np.maximum(x @ np.asarray(layer.weight) + np.asarray(layer.bias), 0.0)
    cell = torch.nn.GRUCell(6, 6)
    theirs = {"ih": network.gates, "hh": network.recur}
    with torch.no_grad():
        for name, dense in theirs.items():
            getattr(cell, f"weight_{name}").copy_(torch.tensor(np.array(dense.weight).T))
            getattr(cell, f"bias_{name}").copy_(torch.tensor(np.array(dense.bias)))
        memory = np.random.default_rng(2).normal(size=(3, 6)).astype(np.float32)
        after = cell(torch.tensor(x), torch.tensor(memory)).numpy()
    np.testing.assert_allclose(network.step(seen, jnp.asarray(memory))[2], after, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_unrolled_over_time_is_step_by_step(kind):
    network, seen = _made(kind), jnp.asarray(_seen(5, 3))
    fresh = np.random.default_rng(3).random((5, 3)) < 0.4
    logits, value = network.unroll(seen, network.start(3), jnp.asarray(fresh))
    memory = network.start(3)
    for t in range(5):
        memory = forget(memory, jnp.asarray(fresh[t]))
        step_logits, step_value, memory = network.step(seen[t], memory)
        np.testing.assert_allclose(logits[t], step_logits, atol=1e-5)
        np.testing.assert_allclose(value[t], step_value, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_is_a_policy_of_core(kind):
    network, seen = _made(kind), _seen(4)
    policy, expected = as_policy(network), network.step(jnp.asarray(seen), network.start(4))[0]
    if kind != "gru":
        assert isinstance(policy, Policy)
        np.testing.assert_allclose(policy(seen), expected, atol=1e-6)
        with pytest.raises(BadRequest, match=r"\(4, 5\) were given to a network for \(4, 5, 2\)"):
            policy(seen[..., 0])
        return
    assert isinstance(policy, RecurrentPolicy)
    logits, memory = policy.step(seen, policy.reset(4))
    np.testing.assert_allclose(logits, expected, atol=1e-6)
    again, _ = policy.step(seen, policy.forget(memory, np.array([True, False, True, False])))
    np.testing.assert_allclose(again[[0, 2]], logits[[0, 2]], atol=1e-6)
    assert np.abs(again[[1, 3]] - logits[[1, 3]]).max() > 1e-3


def test_sizes_that_make_no_sense_are_refused():
    with pytest.raises(UnknownName, match=r"'mpl'\. Did you mean 'mlp'"):
        NetworkSpec("mpl", (3,), 2)
    with pytest.raises(BadRequest, match="below 1"):
        NetworkSpec("mlp", (3,), 0)
    with pytest.raises(BadRequest, match="no image"):
        NetworkSpec("conv", (3,), 2)
