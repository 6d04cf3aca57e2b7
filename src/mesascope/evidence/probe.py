"""What every detector works on: a system, its task, and instances from its own episodes."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mesascope.core.choice import Choice, Number
from mesascope.core.errors import IllegalOutput, SystemFailure
from mesascope.core.harness import (
    DEFAULT_STEP_LIMIT,
    Harness,
    Log,
    Rescore,
    Restrict,
    depths,
    noise,
    run,
)
from mesascope.core.system import HasRecord, Instance, System
from mesascope.core.task import Distribution, Task
from mesascope.core.world import World

NOISE_SPREAD = 997  # whole numbers in -997..997: beyond the scores in use, and seldom tied
COSTLY = 20_000  # questions about one instance that make it costly to ask about again and again
_COSTLY_KEPT = 2
_HELD_TO_RECORD = 25  # every so many answers on record are compared with the system's own
_SAME = 1e-9


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
            if known is not None and len(self.answers) % _HELD_TO_RECORD == 0:
                self._hold_to_record(instance, known)
            # In a harness even here: a system that never stops asking must be stopped.
            self.answers[instance] = known or self.watch(instance)[0]
        return self.answers[instance]

    def _hold_to_record(self, instance: Instance, known: Choice[Any]) -> None:
        if known.distance(self.watch(instance)[0]) > _SAME:
            raise SystemFailure(
                f"{self.system.name!r} has {known} on record for {instance}, and answers something "
                "else when it is asked; leave out `on_record`, or mend it"
            )

    def candidates(self, instance: Instance) -> frozenset[Any]:
        """Return the options whose outcome the system asked for: Ω_x, as far as it can be seen."""
        return frozenset(self.log(instance).tried)

    def questions(self, instance: Instance) -> int:
        """Return how many questions the system asks about an instance."""
        return self.log(instance).steps

    def log(self, instance: Instance) -> Log:
        """Return what the system was seen to ask about an instance in the true world."""
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


def noise_at(depth: int, seed: int, *, wide: bool = True) -> Rescore:
    """Return an intervention on every score read exactly `depth` plies ahead."""
    return _noisy(lambda state, at: at == depth, seed, wide=wide)


def noise_beyond(depth: int, seed: int, *, wide: bool = True) -> Rescore:
    """Return an intervention on every score read more than `depth` plies ahead."""
    return _noisy(lambda state, at: at > depth, seed, wide=wide)


def noise_at_ends(
    world: World[Any, Any], horizon: int | None, seed: int, *, wide: bool = True
) -> Rescore:
    """Return an intervention on the scores where a look-ahead ends, and only there.

    That is where nothing more can be done, or at the horizon. On the way there scores stay true,
    so it does not matter whether a search adds them up, stops where one decides, or passes by.
    """

    def at_end(state: Any, at: int) -> bool:
        return not world.options(state) if horizon is None or at < horizon else at == horizon

    return _noisy(at_end, seed, wide=wide)


def _noisy(where: Callable[[Any, int], bool], seed: int, *, wide: bool) -> Rescore:
    """Return noise where a state and its depth say so.

    Wide noise is added, and is seldom tied. Noise that is not wide takes the score's place and
    stays within the magnitude that it has, at least 1: a system that checks what it is told, or
    that relies on bounds, has nothing to notice.
    """

    def rescore(state: Any, at: int, feature: str, value: Any) -> Any:
        if not where(state, at):
            return value
        if wide:
            return value + noise(seed, state, feature, NOISE_SPREAD)
        return noise(seed, state, feature, max(1, round(abs(float(value)))))

    return rescore


def hide_at(depth: int, seed: int) -> Restrict:
    """Return an intervention that hides about a third of what could be done `depth` plies ahead."""

    def restrict(state: Any, at: int, options: Sequence[Any]) -> Sequence[Any]:
        if at != depth:
            return options
        return [o for o in options if noise(seed, (state, o), "option", 1) >= 0]

    return restrict


def cut_off(depth: int) -> Restrict:
    """Return an intervention under which nothing can be done `depth` plies ahead or later."""

    def restrict(state: Any, at: int, options: Sequence[Any]) -> Sequence[Any]:
        return options if at < depth else ()

    return restrict


def reach(world: World[Any, Any]) -> int:
    """Return how many plies ahead an episode can go on; a lower bound in very large worlds."""
    return max(depths(world).values())
