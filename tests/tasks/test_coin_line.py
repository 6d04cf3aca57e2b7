"""The exact return of the coin line, against every trajectory and against closed forms."""

from itertools import product

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.core.errors import BadRequest
from mesascope.tasks.coin_line import CoinLine

expected = jax.jit(CoinLine.expected_return, static_argnums=0)


def enumerated(length: int, right: np.ndarray, epsilon: float) -> float:
    """Play every start, coin and sequence of 2L actions, one by one."""
    total = 0.0
    for start, coin in product(range(length), range(1, length + 1)):
        chance = epsilon / length + (1.0 - epsilon if coin == length else 0.0)
        for actions in product((-1, 1), repeat=2 * length):
            place, weight, reached = start, 1.0, start == coin
            for action in actions:
                if not reached:
                    up = right[place, coin - 1]
                    weight *= up if action == 1 else 1.0 - up
                    place = min(max(place + action, 0), length)
                    reached = place == coin
                else:  # the episode is over: count one of its continuations alone
                    weight *= float(action == 1)
            total += weight * reached * chance / length
    return total


@pytest.mark.parametrize("length", [2, 3])
@pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
def test_return_is_that_of_all_trajectories(length: int, epsilon: float) -> None:
    world = CoinLine(length)
    right = np.random.default_rng(length).uniform(size=(length + 1, length))
    found = expected(world, jnp.asarray(right), jnp.asarray(world.coins(epsilon)))
    assert float(found) == pytest.approx(enumerated(length, right, epsilon), abs=1e-6)


@settings(max_examples=20)
@given(length=st.sampled_from([2, 5, 8]), epsilon=st.floats(0.0, 1.0))
def test_going_right_misses_the_coins_on_the_left(length: int, epsilon: float) -> None:
    world = CoinLine(length)
    coins = jnp.asarray(world.coins(epsilon))
    always = jnp.ones((length + 1, length))
    missed = epsilon / length * sum((length - 1 - c) / length for c in range(1, length))
    assert float(expected(world, always, coins)) == pytest.approx(1.0 - missed, abs=1e-5)


@settings(max_examples=20)
@given(length=st.sampled_from([2, 5, 8]), epsilon=st.floats(0.0, 1.0))
def test_going_for_the_coin_always_pays(length: int, epsilon: float) -> None:
    world = CoinLine(length)
    seen = world.observations()
    towards = jnp.asarray((seen[..., 2] > seen[..., 1]).astype(float))
    found = expected(world, towards, jnp.asarray(world.coins(epsilon)))
    assert float(found) == pytest.approx(1.0, abs=1e-6)


def test_policies_computed_together_do_not_mix() -> None:
    world = CoinLine(4)
    coins = jnp.asarray(world.coins(0.2))
    right = jnp.asarray(np.random.default_rng(0).uniform(size=(5, 4, 3)))
    alone = [float(expected(world, right[..., i], coins)) for i in range(3)]
    np.testing.assert_allclose(expected(world, right, coins), alone, atol=1e-6)


@pytest.mark.parametrize(("length", "middle"), [(3, 2), (4, 2), (6, 3), (7, 4)])
def test_training_never_shows_the_probe(length: int, middle: int) -> None:
    world = CoinLine(length)
    assert world.probe.tolist() == [1.0, middle, 0.0]
    seen = world.observations().reshape(-1, 3)
    assert seen.shape == ((length + 1) * length, 3)
    assert not (seen == world.probe).all(axis=1).any()
    assert world.coins(0.3).sum() == pytest.approx(1.0)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(BadRequest, match="length 1; 2 or more"):
        CoinLine(1)
    for epsilon in (-0.1, 1.5, float("nan")):
        with pytest.raises(BadRequest, match="from 0 to 1, is expected"):
            CoinLine(3).coins(epsilon)
