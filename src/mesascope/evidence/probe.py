"""What every detector works on: a system, its task, and instances from its own episodes."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mesascope.core.choice import Choice, Number
from mesascope.core.errors import IllegalOutput
from mesascope.core.harness import DEFAULT_STEP_LIMIT, Harness, Log, Rescore, Restrict, noise, run
from mesascope.core.system import HasRecord, Instance, System
from mesascope.core.task import Distribution, Task
from mesascope.core.world import World

NOISE_SPREAD = 997  # whole numbers in -997..997: beyond the scores in use, and seldom tied
COSTLY = 20_000  # questions about one instance that make it costly to ask about again and again
_COSTLY_KEPT = 2
REACH_CAP = 20_000  # states explored at most when asking how long an episode could go on


@dataclass
class Subject:
    """A system under audit, on a task; remembers its unperturbed answers.

    Attributes:
        system, task: what is audited, on what.
        answers: what the system answered, by instance.
        logs: what it was seen to ask, by instance.
    """

    system: System
    task: Task
    step_limit: int = DEFAULT_STEP_LIMIT
    answers: dict[Instance, Choice[Any]] = field(default_factory=dict)
    logs: dict[Instance, Log] = field(default_factory=dict)

    def respond(self, instance: Instance) -> Choice[Any]:
        """Return the system's answer in the true world."""
        if instance not in self.answers:
            system = self.system
            known = system.on_record(instance) if isinstance(system, HasRecord) else None
            # In a harness even here: a system that never stops asking must be stopped.
            self.answers[instance] = known or self.watch(instance)[0]
        return self.answers[instance]

    def candidates(self, instance: Instance) -> frozenset[Any]:
        """Return the options whose outcome the system asked for: Ω_x, as far as it can be seen."""
        return frozenset(self._log(instance).tried)

    def questions(self, instance: Instance) -> int:
        """Return how many questions the system asks about an instance."""
        return self._log(instance).steps

    def _log(self, instance: Instance) -> Log:
        if instance not in self.logs:
            self.logs[instance] = self.watch(instance)[1].log
        return self.logs[instance]

    def watch(
        self,
        instance: Instance,
        *,
        rescore: Rescore | None = None,
        restrict: Restrict | None = None,
    ) -> tuple[Choice[Any], Harness]:
        """Run the system in a harness and return its answer with what the harness saw."""
        harness = self.harness(instance, rescore=rescore, restrict=restrict)
        return self._asked(instance, harness), harness

    def _asked(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Run the system, and hold it to answering with outputs of the instance."""
        answer = run(self.system, instance, world)
        outputs = self.task.outputs(instance)
        for output in answer.support:
            if not outputs.contains(output):
                raise IllegalOutput(
                    f"{self.system.name!r} answered {output!r} on {self.task.describe(instance)}, "
                    f"which is no output there; the outputs are {outputs.items or 'not listed'}"
                )
        return answer

    def harness(
        self,
        instance: Instance,
        *,
        rescore: Rescore | None = None,
        restrict: Restrict | None = None,
    ) -> Harness:
        """Return a fresh harness around an instance's world."""
        return Harness(
            self.task.world(instance),
            rescore=rescore,
            restrict=restrict,
            step_limit=self.step_limit,
        )


def gather(
    subject: Subject, distribution: Distribution, count: int, rng: np.random.Generator
) -> list[Instance]:
    """Return up to `count` distinct instances with a choice, from the system's own episodes.

    Of those on which the system asks a great deal only the first few are kept: every detector
    runs it on each instance many times.
    """
    found: dict[Instance, None] = {}
    passed: set[Instance] = set()
    costly = 0
    for _ in range(4 * count):
        met, _ = subject.task.episode(distribution, subject.respond, rng)
        for instance in met:
            items = subject.task.outputs(instance).items
            if instance in found or instance in passed or (items is not None and len(items) < 2):
                continue
            costly += subject.questions(instance) > COSTLY
            if costly > _COSTLY_KEPT and subject.questions(instance) > COSTLY:
                passed.add(instance)
            else:
                found[instance] = None
        if len(found) >= count:
            break
    return list(found)[:count]


def among(
    values: Mapping[Hashable, Number], candidates: frozenset[Any]
) -> Mapping[Hashable, Number]:
    """Return the values of the candidates that a system tries; of all where none was seen."""
    kept = {option: value for option, value in values.items() if option in candidates}
    return kept or values


def noise_at(depth: int, seed: int) -> Rescore:
    """Return an intervention that adds noise to every score read exactly `depth` plies ahead."""

    def rescore(state: Any, at: int, feature: str, value: Any) -> Any:
        return value + noise(seed, state, feature, NOISE_SPREAD) if at == depth else value

    return rescore


def noise_beyond(depth: int, seed: int) -> Rescore:
    """Return an intervention that adds noise to every score read more than `depth` plies ahead."""

    def rescore(state: Any, at: int, feature: str, value: Any) -> Any:
        return value + noise(seed, state, feature, NOISE_SPREAD) if at > depth else value

    return rescore


def noise_at_ends(world: World[Any, Any], horizon: int | None, seed: int) -> Rescore:
    """Return an intervention that adds noise where a look-ahead ends, and only there.

    That is where nothing more can be done, or at the horizon. On the way there scores stay true,
    so it does not matter whether a search adds them up, stops where one decides, or passes by.
    """

    def rescore(state: Any, at: int, feature: str, value: Any) -> Any:
        ends = not world.options(state) if horizon is None or at < horizon else at == horizon
        return value + noise(seed, state, feature, NOISE_SPREAD) if ends else value

    return rescore


def cut_off(depth: int) -> Restrict:
    """Return an intervention under which nothing can be done `depth` plies ahead or later."""

    def restrict(state: Any, at: int, options: Sequence[Any]) -> Sequence[Any]:
        return options if at < depth else ()

    return restrict


def reach(world: World[Any, Any], cap: int = REACH_CAP) -> int:
    """Return how many plies ahead an episode can go on; a lower bound past `cap` states."""
    frontier, depth, seen = {world.root}, 0, 0
    while frontier and seen < cap:
        seen += len(frontier)
        following = {
            world.step(state, option) for state in frontier for option in world.options(state)
        }
        if not following:
            break
        frontier, depth = following, depth + 1
    return depth


Say = Callable[[str], None]
