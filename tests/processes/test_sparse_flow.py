"""Products with the transitions against SciPy's, and linear equations against NumPy's."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings

from mesascope.processes import Process, sparse
from mesascope.processes.sparse.flow import (
    Against,
    AgainstEach,
    Along,
    AlongEach,
    backed,
    chain_of,
    links_of,
)
from mesascope.processes.sparse.krylov import correction
from tests.processes.worlds import garnet, garnets, going_on, policy_of


@settings(max_examples=20)
@given(world=garnets())
def test_products_are_those_of_the_matrices(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    s, a = process.states, process.actions
    listed, whole = sparse.from_dense(process), going_on(process)
    value, r = rng.normal(size=(s, 2)), rng.normal(size=(s, a, 2))
    policy = np.stack([policy_of(process, rng) for _ in range(2)], axis=2)
    chosen = np.eye(a, dtype=bool)[rng.integers(0, a, s)]
    each = np.einsum("sab,sat->bst", policy, whole)
    one, choice = (np.einsum("sa,sat->st", p, whole) for p in (policy[:, :, 0], chosen))
    with jax.enable_x64(True):
        links, wide = links_of(listed), jnp.asarray(value)
        chain, own = chain_of(listed, policy[:, :, 0]), jnp.asarray(policy)
        for found, true in (
            (backed(links, jnp.asarray(r), wide), r + np.einsum("sat,tb->sab", whole, value)),
            (Along(chain)(wide), one @ value),
            (Against(chain)(wide), one.T @ value),
            (Along(chain_of(listed, chosen))(wide), choice @ value),
            (AlongEach(links, own)(wide), np.einsum("bst,tb->sb", each, value)),
            (AgainstEach(links, own)(wide), np.einsum("bst,sb->tb", each, value)),
        ):
            np.testing.assert_allclose(found, true, atol=1e-13)


def test_what_a_policy_never_does_is_left_out() -> None:
    process = garnet(0, states=50, actions=4, branch=3)
    listed = sparse.from_dense(process)
    with jax.enable_x64(True):
        links = chain_of(listed, np.eye(4)[np.zeros(50, int)])
    assert int((np.asarray(links.weight) > 0.0).sum()) == 150
    assert len(links.weight) < 150 + 64


@pytest.mark.parametrize("sizes", [(1.0, 1.0), (1.0, 1e-200), (1e9, 0.0)])
def test_equations_are_solved_for_each_member(sizes: tuple[float, float]) -> None:
    process = garnet(1, states=12, discount=0.95, branch=4)
    rng = np.random.default_rng(1)
    policy = policy_of(process, rng)
    step = np.einsum("sa,sat->st", policy, going_on(process))
    b = rng.normal(size=(12, 2)) * sizes
    with jax.enable_x64(True):
        links = Along(chain_of(sparse.from_dense(process), policy))
        found, left, rounds = correction(links, jnp.asarray(b), 1e-10, 50)
    true = np.linalg.solve(np.eye(12) - step, b)
    for i in range(2):
        np.testing.assert_allclose(found[:, i], true[:, i], atol=1e-8 * np.abs(true[:, i]).max())
    assert np.asarray(left).max() <= 1e-10
    assert 0 < int(rounds) < 50


def test_an_equation_that_is_not_solved_says_so() -> None:
    """A ring: BiCGStab gets nowhere on it until it has been all the way round."""
    ring = sparse.from_successors(np.roll(np.arange(40), -1)[:, None], 0.999)
    with jax.enable_x64(True):
        links = Along(chain_of(ring, np.ones((40, 1))))
        b = jnp.asarray(np.eye(40)[:, :1])
        _, left, rounds = correction(links, b, 1e-6, 5)
    assert float(left[0]) > 0.1
    assert int(rounds) == 5
