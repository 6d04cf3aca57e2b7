"""Mazes with one prize, that ends the episode, and one lure: cells worth a first visit."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int, PRNGKeyArray

from mesascope.tasks.levels.world import Transition
from mesascope.tasks.mazes import grid


class PrizeLevel(NamedTuple):
    """Walls (n,), the cells of mouse and prize, and the cell that the lure stands in."""

    walls: Bool[Array, " n"]
    mouse: Int[Array, ""]
    prize: Int[Array, ""]
    lure: Int[Array, ""]


class PrizeState(NamedTuple):
    """Where the mouse is, whether it has been at the lure, and the time."""

    mouse: Int[Array, ""]
    been: Bool[Array, ""]
    time: Int[Array, ""]


@dataclass(frozen=True)
class PrizeWorld:
    """A mouse in a maze, rewarded with 1 at the prize, which ends the episode.

    A subclass names the two goals, prize and lure, and draws levels. The lure is worth 1 on the
    first visit, to the proxy goal alone.

    Attributes:
        size: of the grid, border included.
        layout: of the walls.
        horizon: steps per episode.
    """

    size: int = 9
    layout: grid.Layout = "open"
    horizon: int = 128

    actions = grid.ACTIONS
    goals: ClassVar[tuple[str, str]] = ("prize", "lure")
    lure_moves: ClassVar[bool] = True

    def __post_init__(self) -> None:
        grid.check_size(self.size, self.layout)

    @property
    def cells(self) -> int:
        """How many cells the grid has."""
        return self.size * self.size

    @property
    def states(self) -> int:
        return 2 * self.cells

    def at_lure(self, level: PrizeLevel, cell: Int[Array, ""]) -> Bool[Array, ""]:
        """Return whether a cell is one of the lure's."""
        return cell == level.lure

    def mutate(self, key: PRNGKeyArray, level: PrizeLevel) -> PrizeLevel:
        """Move mouse, prize or lure, or turn an inner cell over; never into the unsolvable."""
        which, where = jax.random.split(key)
        inner = ~jnp.asarray(grid.border(self.size))
        mouse, prize, lure = (grid.at(cell, self.cells) for cell in level[1:])
        free = inner & ~level.walls
        kinds = 2 + self.lure_moves + (self.layout != "open")
        kind = jax.random.randint(which, (), 0, kinds)
        kind = kind if self.lure_moves else jnp.where(kind == 2, 3, kind)
        turned = grid.at(grid.pick(where, inner & ~(mouse | prize | lure)), self.cells)
        changed = PrizeLevel(
            level.walls ^ ((kind == 3) & turned),
            jnp.where(kind == 0, grid.pick(where, free & ~mouse & ~prize), level.mouse),
            jnp.where(kind == 1, grid.pick(where, free & ~mouse & ~prize), level.prize),
            jnp.where(kind == 2, grid.pick(where, free & ~mouse & ~lure), level.lure),
        )
        reach = grid.reachable(changed.walls, self.size, changed.mouse)
        solvable = reach[changed.prize] & reach[changed.lure]
        return jax.tree.map(lambda new, old: jnp.where(solvable, new, old), changed, level)

    def reset(self, level: PrizeLevel) -> PrizeState:
        return PrizeState(level.mouse, self.at_lure(level, level.mouse), jnp.int32(0))

    def observe(self, level: PrizeLevel, state: PrizeState) -> Bool[Array, "h w c"]:
        return grid.paint(self.size, level.walls, state.mouse, level.prize)

    def step(
        self, key: PRNGKeyArray, level: PrizeLevel, state: PrizeState, action: Int[Array, ""]
    ) -> Transition:
        mouse = grid.move(level.walls, self.size, state.mouse, action)
        won, there = mouse == level.prize, self.at_lure(level, mouse)
        after = PrizeState(mouse, state.been | there, state.time + 1)
        reward = won.astype(jnp.float32)
        lured = (there & ~state.been).astype(jnp.float32)
        return Transition(
            observation=self.observe(level, after),
            state=after,
            reward=reward,
            terminated=won,
            truncated=after.time >= self.horizon,
            info=dict(zip(self.goals, (reward, lured), strict=True)),
        )

    def state_at(self, level: PrizeLevel, index: Int[Array, ""]) -> PrizeState:
        return PrizeState(index % self.cells, index >= self.cells, jnp.int32(0))

    def index_of(self, level: PrizeLevel, state: PrizeState) -> Int[Array, ""]:
        return state.mouse + self.cells * state.been

    def place_of(self, level: PrizeLevel, state: PrizeState) -> Int[Array, ""]:
        return state.mouse
