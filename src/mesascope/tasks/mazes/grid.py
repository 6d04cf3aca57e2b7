"""A square grid with walls: cells as numbers, moves, layouts, and where things may stand."""

from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from mesascope.core.errors import BadRequest, UnknownName

ACTIONS = ("up", "left", "down", "right")
Layout = Literal["open", "blocks", "tree"]
BLOCKS = 0.2  # share of inner cells that are walls in the layout `blocks`


def deltas(size: int) -> Int[Array, "4"]:
    """Return what each action adds to the number of a cell; cells are numbered row by row."""
    return jnp.array([-size, -1, size, 1], jnp.int32)


def move(
    walls: Bool[Array, " n"], size: int, cell: Int[Array, ""], action: Int[Array, ""]
) -> Int[Array, ""]:
    """Return where a move leads: on, or nowhere if there is a wall. The border is wall."""
    ahead = cell + deltas(size)[action]
    return jnp.where(walls[ahead], cell, ahead)


def border(size: int) -> Bool[np.ndarray, " n"]:
    """Return the walls of an empty grid."""
    walls = np.ones((size, size), bool)
    walls[1:-1, 1:-1] = False
    return walls.ravel()


def check_size(size: int, layout: Layout) -> None:
    """Refuse a grid that nothing can be placed in.

    Raises:
        BadRequest: too small, or even where a tree maze needs it odd.
        UnknownName: no such layout.
    """
    if layout not in get_args(Layout):
        raise UnknownName(
            f"there is no layout {layout!r}; there are {', '.join(get_args(Layout))}"
        )
    if size < 5 or (layout == "tree" and size % 2 == 0):
        raise BadRequest(
            f"a {layout} grid of size {size} cannot be made; at least 5 is expected, walls "
            "included, and an odd size for the layout 'tree'"
        )


def at(cell: Int[Array, ""], count: int) -> Bool[Array, " n"]:
    """Return the map that is true in one cell; nowhere for a cell of -1."""
    return jnp.arange(count) == cell


def pick(key: PRNGKeyArray, allowed: Bool[Array, " n"]) -> Int[Array, ""]:
    """Return one of the allowed cells at random; cell 0, which is wall, where none is."""
    noise: Float[Array, " n"] = jax.random.uniform(key, allowed.shape)
    return jnp.argmax(jnp.where(allowed, noise, -1.0)).astype(jnp.int32) * allowed.any()


def reachable(
    walls: Bool[Array, " n"], size: int, start: Int[Array, ""]
) -> Bool[Array, " n"]:
    """Return the cells that can be reached from one."""
    free = ~walls.reshape(size, size)

    def spread(seen: Bool[Array, "h w"]) -> Bool[Array, "h w"]:
        wide = jnp.pad(seen, 1)
        return free & (
            seen | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:]
        )

    def grew(carry: tuple[Array, Array]) -> Array:
        return (carry[0] != carry[1]).any()

    first = at(start, walls.size).reshape(size, size) & free
    found, _ = jax.lax.while_loop(
        grew, lambda carry: (spread(carry[0]), carry[0]), (spread(first), first)
    )
    return found.ravel()


def draw_walls(key: PRNGKeyArray, size: int, layout: Layout) -> Bool[Array, " n"]:
    """Return random walls. `open` has the border alone; `blocks` adds single cells; `tree` is a
    maze with one way between any two of its cells, by Kruskal's algorithm on random weights."""
    if layout == "open":
        return jnp.asarray(border(size))
    if layout == "blocks":
        return jnp.asarray(border(size)) | jax.random.bernoulli(key, BLOCKS, (size * size,))
    return _tree(key, size)


def _tree(key: PRNGKeyArray, size: int) -> Bool[Array, " n"]:
    """Join rooms, which are the cells of odd row and column, by the walls between them."""
    rooms = [r * size + c for r in range(1, size, 2) for c in range(1, size, 2)]
    doors = [
        (room, room + 2 * step, room + step)
        for room in rooms
        for step in (1, size)
        if room + 2 * step in set(rooms)
    ]
    one, other, between = (jnp.array(side, jnp.int32) for side in zip(*doors, strict=True))
    order = jax.random.permutation(key, len(doors))
    walls = jnp.ones(size * size, bool).at[jnp.array(rooms)].set(False)

    def join(carry: tuple[Array, Array], door: Int[Array, ""]) -> tuple[tuple[Array, Array], None]:
        group, walls = carry
        mine, theirs = group[one[door]], group[other[door]]
        walls = walls.at[between[door]].set(walls[between[door]] & (mine == theirs))
        return (jnp.where(group == theirs, mine, group), walls), None

    (_, walls), _ = jax.lax.scan(join, (jnp.arange(size * size), walls), order)
    return walls
