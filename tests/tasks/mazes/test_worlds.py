"""The maze worlds: what they pay, by hand; they pass the check; they are found by name."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.tasks.levels.check import check_task
from mesascope.tasks.mazes import grid
from mesascope.tasks.mazes.catalogue import WORLDS, make_world
from mesascope.tasks.mazes.follow import FollowLevel
from mesascope.tasks.mazes.keys import KeysLevel, KeysState
from mesascope.tasks.mazes.prize import PrizeLevel

UP, LEFT, DOWN, RIGHT = range(4)
OPEN = jnp.asarray(grid.border(5))
KEY = jax.random.key(0)


def play(world, level, actions):
    """Return the rewards by goal, and whether the episode ended, after each action."""
    state, told = world.reset(level), []
    for action in actions:
        moved = world.step(KEY, level, state, jnp.int32(action))
        paid = tuple(float(moved.info[goal]) for goal in world.goals)
        told.append((*paid, bool(moved.terminated)))
        state = moved.state
    return told


@pytest.mark.parametrize("name", WORLDS)
def test_every_world_passes_the_check(name):
    size = 6 if name == "keys" else 5
    world = make_world(name, size=size, horizon=32, layout="blocks")
    report = check_task(world, levels=8, apart=0.3)
    assert min(report.confounded.values()) >= 0.9


def test_the_dish_pays_once_and_the_cheese_ends():
    level = PrizeLevel(OPEN, jnp.int32(6), jnp.int32(8), jnp.int32(7))
    told = play(make_world("dish", size=5), level, [RIGHT, LEFT, RIGHT, RIGHT])
    assert told == [(0, 1, False), (0, 0, False), (0, 0, False), (1, 0, True)]


def test_any_row_of_the_last_column_is_the_end():
    level = PrizeLevel(OPEN, jnp.int32(6), jnp.int32(17), jnp.int32(18))
    told = play(make_world("coin", size=5), level, [RIGHT, RIGHT, DOWN, DOWN, LEFT])
    assert told == [(0, 0, False), (0, 1, False), (0, 0, False), (0, 0, False), (1, 0, True)]


def test_a_chest_takes_a_key_and_uses_it_up():
    # On a grid of 6: the mouse, a chest and a key side by side, two chests below the key.
    level = KeysLevel(
        jnp.asarray(grid.border(6)),
        jnp.int32(7),
        jnp.array([9, 8, 15, 21]),
        jnp.array([True, False, False, False]),
        jnp.array([0, 5, 2, 1]),
    )
    told = play(make_world("keys", size=6, few=1, many=3), level, [RIGHT, RIGHT, DOWN])
    assert told == [(0, 0, False), (0, 1, False), (1, 0, True)]


@given(st.data())
def test_keys_are_seen_from_where_the_mouse_is(data):
    size, reach = 6, 3
    inner = [row * size + column for row in range(1, 5) for column in range(1, 5)]
    mouse, *things = data.draw(st.permutations(inner))[:5]
    is_key = data.draw(st.lists(st.booleans(), min_size=4, max_size=4))
    gone = data.draw(st.lists(st.booleans(), min_size=4, max_size=4))
    pocket = data.draw(st.permutations(range(size)))[:4]
    world = make_world("keys", size=size, few=1, many=3)
    level = KeysLevel(
        jnp.asarray(grid.border(size)), jnp.int32(mouse), *map(jnp.array, (things, is_key, pocket))
    )
    seen = np.asarray(world.observe(level, KeysState(level.mouse, jnp.array(gone), jnp.int32(0))))
    row, column = divmod(mouse, size)
    held = sum((1 if key else -1) for key, away in zip(is_key, gone, strict=True) if away)
    expected = np.zeros((2 * reach + 1, 2 * reach + 1, 4), bool)
    for cell in range(size * size):
        down, right = cell // size - row + reach, cell % size - column + reach
        here = [is_key[i] for i in range(4) if things[i] == cell and not gone[i]]
        if 0 <= down <= 2 * reach and 0 <= right <= 2 * reach:
            expected[down, right, :3] = grid.border(size)[cell], False in here, True in here
        else:
            assert not here, "every thing is in view"
    expected[0, pocket[: max(held, 0)], 3] = True
    assert world.channels == ("wall", "chest", "key", "held")
    np.testing.assert_array_equal(seen, expected)


def test_the_guide_waits_and_only_the_right_order_pays():
    # Beacons at 7, 8, 13 in the order that pays; the guide goes to 8, 7, 13.
    level = FollowLevel(OPEN, jnp.int32(6), jnp.array([7, 8, 13]), jnp.array([1, 0, 2]))
    told = play(make_world("follow", size=5), level, [RIGHT, RIGHT, DOWN])
    assert told == [(1, 0, False), (1, 1, False), (1, 0, True)]


def test_the_next_beacon_to_pay_shows_until_it_has_paid():
    world = make_world("follow", size=5)
    level = FollowLevel(OPEN, jnp.int32(6), jnp.array([7, 8, 13]), jnp.array([1, 0, 2]))
    state = world.reset(level)

    def shown(state, name):
        observation = world.observe(level, state)
        where = [i for i, channel in enumerate(world.channels) if channel == name]
        maps = {tuple(jnp.flatnonzero(observation[..., i]).tolist()) for i in where}
        (cells,) = maps
        return cells

    assert [shown(state, name) for name in ("beacon", "next beacon", "guide")] == [
        (7, 8, 13), (7,), (8,)
    ]  # fmt: skip
    state = world.step(KEY, level, state, jnp.int32(RIGHT)).state
    assert [shown(state, name) for name in ("beacon", "next beacon", "guide")] == [
        (8, 13), (8,), (8,)
    ]  # fmt: skip


def test_pictures_name_what_is_there():
    level = PrizeLevel(OPEN, jnp.int32(6), jnp.int32(8), jnp.int32(8))
    world = make_world("dish", size=5)
    assert world.picture(level, world.reset(level))[:2] == [
        ["#"] * 5,
        ["#", "mouse", "", "dish+cheese", "#"],
    ]


def test_blocks_always_leave_room():
    draw = jax.jit(jax.vmap(lambda key: grid.draw_room(key, 5, "blocks", 6)))
    walls, reach = draw(jax.random.split(KEY, 500))
    assert bool((reach.sum(axis=1) >= 5).all())
    assert not bool((walls & reach).any())


@pytest.mark.parametrize(
    ("name", "settings", "error", "words"),
    [
        ("cornr", {}, UnknownName, "Did you mean 'corner'"),
        ("dish", {"sise": 7}, UnknownName, "Did you mean 'size'"),
        ("dish", {"layout": "opn"}, UnknownName, "no layout"),
        ("dish", {"size": "7"}, BadRequest, "int is expected"),
        ("dish", {"size": 3}, BadRequest, "at least 5"),
        ("dish", {"dish_channels": 0}, BadRequest, "at least 1"),
        ("keys", {"few": 3}, BadRequest, "fewer than"),
        ("keys", {"size": 5}, BadRequest, "do not fit"),
        ("coin", {"rows": 9}, BadRequest, "from 1 to 7"),
        ("follow", {"beacons": 5}, BadRequest, "from 2 to 4"),
        ("follow", {"guide_channels": 0}, BadRequest, "at least 1"),
        ("corner", {"region": 8}, BadRequest, "from 1 to 7"),
    ],
)
def test_bad_requests(name, settings, error, words):
    with pytest.raises(error, match=words):
        make_world(name, **settings)
