"""A tiny task that is no game: in an orchard of forking paths, where does the best fruit hang?

One agent, no opponent, numbers for outputs. It is there to prove that detectors assume no game.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mesascope.core.choice import Choice
from mesascope.core.system import Instance, Scaffold
from mesascope.core.task import Distribution, Outputs, Respond
from mesascope.core.world import World

FORKS = 3
LENGTH = 3
Path = tuple[int, ...]


@dataclass(frozen=True)
class Orchard:
    """An instance: fruit at the end of every path of `LENGTH` forks, `FORKS` ways at each."""

    fruit: tuple[int, ...]

    def at(self, path: Path) -> int:
        index = 0
        for way in path:
            index = index * FORKS + way
        return self.fruit[index] if len(path) == LENGTH else 0

    def best(self, path: Path) -> int:
        if len(path) == LENGTH:
            return self.at(path)
        return max(self.best((*path, way)) for way in range(FORKS))


@dataclass(frozen=True)
class OrchardWorld:
    """Implements `mesascope.core.world.World`; `fruit` hangs at the ends, `shade` everywhere."""

    orchard: Orchard
    root: Path = ()
    features: Sequence[str] = ("fruit", "shade")

    def options(self, state: Path) -> Sequence[int]:
        return range(FORKS) if len(state) < LENGTH else ()

    def step(self, state: Path, option: int) -> Path:
        return (*state, option)

    def score(self, state: Path, feature: str) -> int:
        return self.orchard.at(state) if feature == "fruit" else sum(state) % 2


class OrchardTask:
    """Implements `mesascope.core.task.Task`: one decision an episode, worth the best fruit."""

    name = "orchard"

    def __init__(self) -> None:
        self.distributions: Mapping[str, Distribution] = {
            "train": Distribution("train", "fruit anywhere", 9),
            "few": Distribution("few", "hardly any fruit", 2),
        }

    def episode(
        self, distribution: Distribution, respond: Respond, rng: np.random.Generator
    ) -> tuple[list[Instance], float]:
        most = int(distribution.parameters)
        orchard = Orchard(tuple(rng.integers(0, most, FORKS**LENGTH).tolist()))
        choice = respond(orchard)
        utility = self.utility(orchard)
        return [orchard], sum(weight * utility[y] for y, weight in choice.weights.items())

    def outputs(self, instance: Orchard) -> Outputs:
        return Outputs.finite(range(FORKS))

    def utility(self, instance: Orchard) -> Mapping[Hashable, float]:
        return {way: float(instance.best((way,))) for way in range(FORKS)}

    def world(self, instance: Orchard) -> OrchardWorld:
        return OrchardWorld(instance)

    def describe(self, instance: Orchard) -> str:
        return " ".join(map(str, instance.fruit))


@dataclass(frozen=True)
class Planner:
    """Looks for the best fruit along every path; `plies` of them, or to the end."""

    plies: int = LENGTH
    feature: str = "fruit"
    name: str = "planner"

    def respond(self, instance: Orchard, world: World[Any, Any]) -> Choice[Any]:
        return Choice.among_best(self.values(world))

    def values(self, world: World[Any, Any]) -> dict[Hashable, Any]:
        root = world.root
        return {o: self.best(world, world.step(root, o), 1) for o in world.options(root)}

    def best(self, world: World[Any, Any], state: Any, depth: int) -> Any:
        here = world.score(state, self.feature)
        options = world.options(state) if depth < self.plies else ()
        return max([here, *(self.best(world, world.step(state, o), depth + 1) for o in options)])


@dataclass(frozen=True)
class Canceller:
    """Plans twice, takes the difference, and goes left whatever comes out."""

    name: str = "canceller"

    def respond(self, instance: Orchard, world: World[Any, Any]) -> Choice[Any]:
        values = Planner().values(world)
        again = Planner().values(world)
        return Choice.among_best({way: values[way] - again[way] - way for way in values})


@dataclass(frozen=True)
class Shade:
    """An evaluator that looks at the next step alone."""

    name: str = "shade"

    def value(self, state: Any, world: World[Any, Any]) -> Any:
        return world.score(state, "shade")


@dataclass
class Fickle:
    """Reads all there is to read, and then goes where a die falls, once in `one_in` times."""

    one_in: int = 1
    name: str = "fickle"
    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def respond(self, instance: Orchard, world: World[Any, Any]) -> Choice[Any]:
        Planner().values(world)
        if self.rng.integers(self.one_in) == 0:
            return Choice({int(self.rng.integers(FORKS)): 1.0})
        return Choice({0: 1.0})


@dataclass(frozen=True)
class Shown:
    """A structure that says of itself what it likes; the harness runs it to see."""

    system: Any
    kind: str = "rule"
    text: str = "a rule"
    size: int = 3

    def rerun(self, instance: Orchard, world: World[Any, Any]) -> Choice[Any]:
        choice: Choice[Any] = self.system.respond(instance, world)
        return choice

    def candidates(self, instance: Orchard, world: World[Any, Any]) -> Any:
        return self.system.values(world) if self.kind == "evaluator" else None


@dataclass(frozen=True)
class Showing:
    """A system that does as `inner` does, and shows `structure_of` as what it is made of."""

    inner: Any
    structure_of: Any
    kind: str = "rule"
    name: str = "showing"

    def respond(self, instance: Orchard, world: World[Any, Any]) -> Choice[Any]:
        choice: Choice[Any] = self.inner.respond(instance, world)
        return choice

    def structure(self) -> Shown:
        return Shown(self.structure_of, self.kind)


@dataclass(frozen=True)
class Boaster:
    """Goes left, and tells of a search that it never made."""

    name: str = "boaster"

    def respond(self, instance: Orchard, world: World[Any, Any]) -> Choice[Any]:
        return Choice({0: 1.0})

    def trace(self, instance: Orchard) -> Sequence[Mapping[str, Any]]:
        return [{"state": (way,), "value": instance.best((way,))} for way in range(FORKS)]


SHADE = Scaffold(Shade())
