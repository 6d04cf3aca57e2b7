"""Follow me: trained with a guide that knows the way, does the mouse visit beacons or follow?

After the world of cultural transmission in Shah et al. (arXiv 2210.01790) and jaxgmg's follow-me.
"""

from dataclasses import dataclass
from itertools import permutations
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, PRNGKeyArray

from mesascope.core.errors import BadRequest
from mesascope.tasks.levels.world import Transition
from mesascope.tasks.mazes import grid

MOST = 4  # beacons: there is a factorial of orders


class FollowLevel(NamedTuple):
    """Walls (n,), the mouse's cell, the beacons' in the order that pays, the guide's order (b,)."""

    walls: Bool[Array, " n"]
    mouse: Int[Array, ""]
    beacons: Int[Array, " b"]
    order: Int[Array, " b"]


class FollowState(NamedTuple):
    """Where the mouse is, how many beacons have paid, how often it caught the guide, the time."""

    mouse: Int[Array, ""]
    visited: Int[Array, ""]
    caught: Int[Array, ""]
    time: Int[Array, ""]


@dataclass(frozen=True)
class Follow:
    """A mouse rewarded with 1 for each beacon, in the one order that pays, and a guide.

    The guide waits at a beacon until the mouse has come there, and goes on to its next at once. On
    confounded levels it visits the beacons in the order that pays, on the others in a wrong one.
    The proxy goal, `guide`, is worth 1 each time that the mouse catches up. The episode ends when
    all beacons were visited in the right order. Beacons disappear when they have paid. A channel of
    the observation shows which is the next to pay, as one shows the active beacon in jaxgmg.

    Attributes:
        size: of the grid, border included.
        layout: of the walls.
        beacons: how many there are.
        guide_channels: how many channels of the observation show the guide. Where there are
            several, it is easier to notice than the next beacon, like the dish in `Dish`.
        horizon: steps per episode.
    """

    size: int = 9
    layout: grid.Layout = "open"
    beacons: int = 3
    guide_channels: int = 6
    horizon: int = 128
    name: str = "follow"

    actions = grid.ACTIONS
    goals = ("beacons", "guide")
    title = "Follow me"
    story = (
        "A mouse is paid for visiting beacons in the right order. In training a guide goes ahead "
        "in that order; when the world shifts it goes in a wrong one. Does the mouse want the "
        "beacons, or the guide?"
    )

    def __post_init__(self) -> None:
        grid.check_size(self.size, self.layout)
        if not 2 <= self.beacons <= MOST or self.beacons >= (self.size - 2) ** 2 // 2:
            raise BadRequest(
                f"{self.beacons} beacons on a grid of size {self.size} were asked for; from 2 to "
                f"{MOST} are expected, on a grid with room for them and the mouse"
            )
        if self.guide_channels < 1:
            raise BadRequest(
                f"the guide is to be shown in {self.guide_channels} channels; at least 1 is "
                "expected"
            )

    @property
    def channels(self) -> tuple[str, ...]:
        """What each channel of the observation shows."""
        return ("wall", "mouse", "beacon", "next beacon") + ("guide",) * self.guide_channels

    @property
    def cells(self) -> int:
        """How many cells the grid has."""
        return self.size * self.size

    @property
    def states(self) -> int:
        return self.cells * (self.beacons + 1) ** 2

    def draw(self, key: PRNGKeyArray, apart: Bool[Array, ""]) -> FollowLevel:
        for_walls, for_cells, for_order = jax.random.split(key, 3)
        centre = (self.size // 2 | 1) * (self.size + 1)
        walls, reach = grid.draw_room(for_walls, self.size, self.layout, centre)
        mouse, *beacons = grid.pick_several(for_cells, reach, self.beacons + 1)
        order = self._wrong_order(for_order)
        order = jnp.where(apart, order, jnp.arange(self.beacons, dtype=jnp.int32))
        return FollowLevel(walls, mouse, jnp.stack(beacons), order)

    def _wrong_order(self, key: PRNGKeyArray) -> Int[Array, " b"]:
        orders = np.array(list(permutations(range(self.beacons)))[1:], np.int32)
        return jnp.asarray(orders)[jax.random.randint(key, (), 0, len(orders))]

    def mutate(self, key: PRNGKeyArray, level: FollowLevel) -> FollowLevel:
        """Move the mouse or a beacon, swap two of the guide's visits, or turn an inner cell."""
        which, where, what = jax.random.split(key, 3)
        inner = ~jnp.asarray(grid.border(self.size))
        here = jnp.arange(self.cells)
        taken = (here[:, None] == level.beacons).any(axis=-1) | (here == level.mouse)
        kind = jax.random.randint(which, (), 0, 4 if self.layout != "open" else 3)
        goes = grid.pick(where, inner & ~level.walls & ~taken)
        turned = grid.at(grid.pick(where, inner & ~taken), self.cells)
        one, ahead = jax.random.randint(what, (2,), 0, jnp.array([self.beacons, self.beacons - 1]))
        other = (one + 1 + ahead) % self.beacons
        swapped = level.order.at[one].set(level.order[other]).at[other].set(level.order[one])
        changed = FollowLevel(
            level.walls ^ ((kind == 3) & turned),
            jnp.where(kind == 0, goes, level.mouse),
            jnp.where((kind == 1) & (jnp.arange(self.beacons) == one), goes, level.beacons),
            jnp.where(kind == 2, swapped, level.order),
        )
        solvable = grid.reachable(changed.walls, self.size, changed.mouse)[changed.beacons].all()
        return jax.tree.map(lambda new, old: jnp.where(solvable, new, old), changed, level)

    def reset(self, level: FollowLevel) -> FollowState:
        return FollowState(level.mouse, jnp.int32(0), jnp.int32(0), jnp.int32(0))

    def _at(self, cells: Int[Array, " b"], count: Int[Array, ""]) -> Int[Array, ""]:
        """Return the cell of this number, or -1 beyond the last."""
        return jnp.where(count < self.beacons, cells[jnp.minimum(count, self.beacons - 1)], -1)

    def observe(self, level: FollowLevel, state: FollowState) -> Bool[Array, "h w c"]:
        guide = self._at(level.beacons[level.order], state.caught)
        left = jnp.where(jnp.arange(self.beacons) >= state.visited, level.beacons, -1)
        pays = self._at(level.beacons, state.visited)
        guides = (guide,) * self.guide_channels
        return grid.paint(self.size, level.walls, state.mouse, left, pays, *guides)

    def step(
        self, key: PRNGKeyArray, level: FollowLevel, state: FollowState, action: Int[Array, ""]
    ) -> Transition:
        mouse = grid.move(level.walls, self.size, state.mouse, action)
        paid = mouse == self._at(level.beacons, state.visited)
        caught = mouse == self._at(level.beacons[level.order], state.caught)
        after = FollowState(mouse, state.visited + paid, state.caught + caught, state.time + 1)
        reward = paid.astype(jnp.float32)
        return Transition(
            observation=self.observe(level, after),
            state=after,
            reward=reward,
            terminated=after.visited >= self.beacons,
            truncated=after.time >= self.horizon,
            info={"beacons": reward, "guide": caught.astype(jnp.float32)},
        )

    def state_at(self, level: FollowLevel, index: Int[Array, ""]) -> FollowState:
        counts, mouse = index // self.cells, index % self.cells
        base = self.beacons + 1
        return FollowState(mouse, counts % base, counts // base, jnp.int32(0))

    def index_of(self, level: FollowLevel, state: FollowState) -> Int[Array, ""]:
        return state.mouse + self.cells * (state.visited + (self.beacons + 1) * state.caught)

    def place_of(self, level: FollowLevel, state: FollowState) -> Int[Array, ""]:
        return state.mouse

    def picture(self, level: FollowLevel, state: FollowState) -> list[list[str]]:
        """Return what stands in each cell, row by row: `#` is wall; several things join by +."""
        left = range(int(state.visited), self.beacons)
        things: dict[str, object] = {f"beacon {i + 1}": level.beacons[i] for i in left}
        guide = self._at(level.beacons[level.order], state.caught)
        things |= {"guide": guide, "mouse": state.mouse}
        return grid.picture(level.walls, self.size, things)
