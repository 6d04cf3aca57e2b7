"""Hard-coded searchers: optimizers that nothing learned, written without the program language.

They imagine by asking the world, so the harness sees all of it. None shows its structure except
`NarrowMinimax`: what they are has to be read off what they ask.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mesascope.core.choice import Choice, Number
from mesascope.core.world import World
from mesascope.systems.controls.structures import EvaluatorStructure
from mesascope.tasks.tictactoe.geometry import CENTRE, CORNERS
from mesascope.tasks.tictactoe.world import Instance

Reading = Literal["at the end", "on the way", "until decided"]


@dataclass(frozen=True)
class HardCodedMinimax:
    """Full-width minimax with a transposition memo, no pruning, and no scaffold.

    Attributes:
        leaf: the feature that it reads; `line` is blind to misère, `won` is not.
        reading: how the loop is written. `at the end` reads the leaf where nothing more can be
            done; `on the way` adds up what it reads at every state; `until decided` stops at the
            first state that reads other than 0. All three agree on true scores, and differ on
            perturbed ones.
        horizon: plies ahead of the instance at which it stops and reads; None to the end.
    """

    leaf: str = "won"
    reading: Reading = "at the end"
    horizon: int | None = None

    @property
    def name(self) -> str:
        """What it maximises, how far ahead, and how it reads it."""
        reach = "" if self.horizon is None else f", {self.horizon} plies deep"
        return f"hard-coded minimax of `{self.leaf}`{reach}, read {self.reading}"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the uniform choice among the options of highest minimax value."""
        return Choice.among_best(self.values(world))

    def values(self, world: World[Any, Any]) -> dict[Hashable, Number]:
        """Return the minimax value of every option at the world's root, for who takes it."""
        search = _Search(self, world)
        root = world.root
        return {option: search.value(world.step(root, option), 1) for option in world.options(root)}


class _Search:
    """One search in one world. A position's ply follows from its pieces, so it is its own key."""

    def __init__(self, of: HardCodedMinimax, world: World[Any, Any]) -> None:
        self._of = of
        self._world = world
        self._memo: dict[Hashable, Number] = {}

    def value(self, state: Hashable, depth: int) -> Number:
        """Return what a state is worth to the side that brought it about."""
        if state not in self._memo:
            self._memo[state] = self._value(state, depth)
        return self._memo[state]

    def _value(self, state: Hashable, depth: int) -> Number:
        world, leaf = self._world, self._of.leaf
        here = 0 if self._of.reading == "at the end" else world.score(state, leaf)
        if here and self._of.reading == "until decided":
            return here
        options = () if depth == self._of.horizon else world.options(state)
        if not options:
            return world.score(state, leaf) if self._of.reading == "at the end" else here
        return here - max(self.value(world.step(state, option), depth + 1) for option in options)


@dataclass(frozen=True)
class DepthLimitedMinimax:
    """Minimax that stops some plies ahead and reads the leaf there.

    Planning again at every move, it is a receding-horizon planner: it selects, and it answers
    whatever disturbs the executed game.

    Attributes:
        depth: plies ahead of the instance; 2 is its own move and a reply.
        leaf: the feature that it reads.
    """

    depth: int = 2
    leaf: str = "won"

    @property
    def name(self) -> str:
        """What it does."""
        return f"minimax of `{self.leaf}`, {self.depth} plies deep"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the uniform choice among the options of highest value at that depth."""
        return HardCodedMinimax(self.leaf, horizon=self.depth).respond(instance, world)


@dataclass(frozen=True)
class NarrowMinimax:
    """Full-depth minimax over the centre and the corners, where one is free; else over all cells.

    What it searches over is smaller than what it may put out: its objective says nothing about
    the edges, and no correlation on the rest shows that.
    """

    name: str = "minimax over the centre and the corners"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the uniform choice among the considered options of highest value."""
        return Choice.among_best(self._values(instance, world))

    def structure(self) -> EvaluatorStructure:
        """Show the search, its candidates included."""
        text = "sub(won, max(self)) of the centre and the corners where one is free, else of all"
        return EvaluatorStructure(text, size=6, values=self._values)

    def _values(self, instance: Instance, world: World[Any, Any]) -> Mapping[Hashable, Number]:
        root = world.root
        options = world.options(root)
        considered = [o for o in options if (CENTRE | CORNERS) >> o & 1] or options
        search = _Search(HardCodedMinimax(reading="on the way"), world)
        return {option: search.value(world.step(root, option), 1) for option in considered}


@dataclass(frozen=True)
class EpsilonMinimax:
    """Minimax that trembles: with some probability it fills any empty cell instead.

    Attributes:
        epsilon: the probability.
    """

    epsilon: float = 0.1

    @property
    def name(self) -> str:
        """What it does."""
        return f"minimax that trembles with probability {self.epsilon:g}"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return the mixture of minimax's choice and the uniform one."""
        values = HardCodedMinimax().values(world)
        best, rest = Choice.among_best(values), Choice.uniform(values)
        return Choice({o: (1.0 - self.epsilon) * best[o] + self.epsilon * rest[o] for o in values})
