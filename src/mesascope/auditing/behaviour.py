"""The behavioural objective: what fits what the system does, whatever it is made of."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mesascope.auditing.extract import explained
from mesascope.auditing.settings import Settings
from mesascope.core.choice import Number
from mesascope.core.interval import Interval
from mesascope.core.randomness import stream
from mesascope.core.system import Instance
from mesascope.core.task import Candidate, Distribution, HasCandidates
from mesascope.core.world import World
from mesascope.evidence.probe import Subject
from mesascope.evidence.shares import share
from mesascope.objectives.infer import NONE, Inference, infer
from mesascope.objectives.observation import Observation

_EPISODES = 40  # enough to tell the candidates apart where they can be told apart at all


@dataclass(frozen=True)
class Behaviour:
    """What behaviour alone says.

    Attributes:
        inference: the whole table; None where the task names no candidates.
        sentence: in plain words.
        fit: the share of the system's probability on what the best candidate ranks best.
    """

    inference: Inference | None
    sentence: str
    fit: Interval | None


def read_behaviour(subject: Subject, train: Distribution, settings: Settings) -> Behaviour:
    """Fit the task's named objectives to what the system did in training."""
    task = subject.task
    if not isinstance(task, HasCandidates):
        return Behaviour(None, "Not measured: the task names no candidate objectives.", None)
    found = infer(
        [_remembering(candidate) for candidate in task.candidates()],
        observe(subject, train, _EPISODES, settings.seed, "behaviour"),
        outputs=task.outputs,
        world=task.world,
        prior="description-length",
    )
    best = found.table[0]
    others = [name for name in found.unidentifiable if name != best.name]
    if best.name == NONE:
        sentence = "None of the named objectives explains what it does better than chance."
    else:
        sentence = (
            f"It behaves as if it wanted {explained(best.name, task)}; posterior "
            f"{best.posterior:.2f}, {best.slip:.0%} of {found.observations} choices at random."
        )
    if others:
        sentence += " Just as well by: " + "; ".join(others) + "."
    fit = share(best.fit * found.observations, found.observations)
    return Behaviour(found, sentence, fit)


def _remembering(candidate: Candidate) -> Candidate:
    """Return a candidate that values each instance once: openings come up again and again."""
    known: dict[Instance, Mapping[Hashable, Number]] = {}

    def values(instance: Instance, world: World[Any, Any]) -> Mapping[Hashable, Number]:
        if instance not in known:
            known[instance] = candidate.values(instance, world)
        return known[instance]

    return replace(candidate, values=values)


def observe(
    subject: Subject, distribution: Distribution, episodes: int, seed: int, purpose: str
) -> list[Observation]:
    """Return what the system does on the instances of some of its own episodes."""
    seen = []
    for number in range(episodes):
        rng = stream(seed, purpose, distribution.name, number)
        met, _ = subject.task.episode(distribution, subject.respond, rng)
        seen += [Observation(instance, subject.respond(instance), number) for instance in met]
    return seen
