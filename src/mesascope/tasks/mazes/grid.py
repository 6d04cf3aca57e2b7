"""A square grid with walls: cells as numbers, moves, layouts, and where things may stand."""

from collections.abc import Mapping
from typing import Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from mesascope.core.errors import BadRequest, UnknownName

ACTIONS = ("up", "left", "down", "right")
Layout = Literal["open", "blocks", "tree"]
BLOCKS = 0.2  # share of inner cells that are walls in the layout `blocks`
Reach = Bool[Array, " n"]


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
        raise UnknownName(f"there is no layout {layout!r}; there are {', '.join(get_args(Layout))}")
    if size < 5 or (layout == "tree" and size % 2 == 0):
        raise BadRequest(
            f"a {layout} grid of size {size} cannot be made; at least 5 is expected, walls "
            "included, and an odd size for the layout 'tree'"
        )


def at(cell: Int[Array, ""], count: int) -> Bool[Array, " n"]:
    """Return the map that is true in one cell; nowhere for a cell of -1."""
    return jnp.arange(count) == cell


def paint(size: int, *channels: Array) -> Bool[Array, "h w c"]:
    """Return what a network sees: a map for each channel, side by side for each cell.

    Cells are set one by one, which takes half the time of comparing every cell with them.

    Args:
        size: of the grid.
        channels: each a map of truth values, (n,), or the cells in which it is true: one, or an
            array of them, negative for none.
    """
    count = size * size
    seen = jnp.zeros((count, len(channels)), bool)
    for index, channel in enumerate(channels):
        if channel.dtype == bool:
            seen = seen.at[:, index].set(channel)
        else:
            there = jnp.where(channel < 0, count, channel)
            seen = seen.at[there, index].set(True, mode="drop")
    return seen.reshape(size, size, len(channels))


def around(seen: Bool[Array, "h w c"], cell: Int[Array, ""]) -> Bool[Array, "v v c"]:
    """Return what is seen from an inner cell of a square grid: the same maps with it in the middle.

    A view is as wide as it takes to show every inner cell from every other, v = 2 (h - 3) + 1;
    beyond the grid it is empty. What to do depends on where things are from here, which a network
    of plain layers would have to learn for each cell anew from maps that stand still.
    """
    size = seen.shape[0]
    reach = size - 3
    wide = jnp.pad(seen, ((reach, reach), (reach, reach), (0, 0)))
    shape = (2 * reach + 1, 2 * reach + 1, seen.shape[2])
    view: Array = jax.lax.dynamic_slice(wide, (cell // size, cell % size, 0), shape)
    return view


def pick(key: PRNGKeyArray, allowed: Bool[Array, " n"]) -> Int[Array, ""]:
    """Return one of the allowed cells at random; cell 0, which is wall, where none is."""
    noise: Float[Array, " n"] = jax.random.uniform(key, allowed.shape)
    return jnp.argmax(jnp.where(allowed, noise, -1.0)).astype(jnp.int32) * allowed.any()


def pick_several(key: PRNGKeyArray, allowed: Bool[Array, " n"], count: int) -> Int[Array, " k"]:
    """Return `count` different allowed cells at random, in random order; there must be as many."""
    noise: Float[Array, " n"] = jax.random.uniform(key, allowed.shape)
    return jax.lax.top_k(jnp.where(allowed, noise, -1.0), count)[1].astype(jnp.int32)


def reachable(walls: Bool[Array, " n"], size: int, start: Int[Array, ""]) -> Bool[Array, " n"]:
    """Return the cells that can be reached from one."""
    free = ~walls.reshape(size, size)

    def spread(seen: Bool[Array, "h w"]) -> Bool[Array, "h w"]:
        wide = jnp.pad(seen, 1)
        return free & (seen | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:])

    def grew(carry: tuple[Array, Array]) -> Array:
        return (carry[0] != carry[1]).any()

    first = at(start, walls.size).reshape(size, size) & free
    found, _ = jax.lax.while_loop(
        grew, lambda carry: (spread(carry[0]), carry[0]), (spread(first), first)
    )
    return found.ravel()


def draw_room(
    key: PRNGKeyArray, size: int, layout: Layout, start: int
) -> tuple[Bool[Array, " n"], Reach]:
    """Return random walls and the cells that can be reached from `start`, which is free.

    Blocks that shut most of the grid off from there are left out, so that there is room to place
    things: they could have left a cell alone.
    """
    walls = draw_walls(key, size, layout).at[start].set(False)
    reach = reachable(walls, size, jnp.int32(start))
    if layout != "blocks":
        return walls, reach
    empty = border(size)
    roomy = 2 * reach.sum() >= (~empty).sum()
    return jnp.where(roomy, walls, empty), jnp.where(roomy, reach, ~empty)


def draw_walls(key: PRNGKeyArray, size: int, layout: Layout) -> Bool[Array, " n"]:
    """Return random walls.

    `open` has the border alone; `blocks` adds single cells; `tree` is a maze with one way between
    any two of its cells, by Kruskal's algorithm on random weights.
    """
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


def picture(walls: Bool[Array, " n"], size: int, things: Mapping[str, object]) -> list[list[str]]:
    """Return what stands in each cell, row by row, as short texts.

    Args:
        walls: shown as `#`.
        size: of the grid.
        things: the cell of each thing by name, or an array of cells; negative for none. Several
            things in a cell are joined by +, in this order.
    """
    names: list[list[str]] = [[] for _ in range(size * size)]
    for name, cells in things.items():
        for cell in np.atleast_1d(np.asarray(cells)).tolist():
            if cell >= 0:
                names[cell].append(name)
    solid = np.asarray(walls).tolist()
    texts = ["#" if wall else "+".join(here) for wall, here in zip(solid, names, strict=True)]
    return [texts[row * size : (row + 1) * size] for row in range(size)]
