"""Witnesses: episodes in which following the mesa-objective visibly costs the base objective."""

from dataclasses import dataclass
from typing import Any

from mesascope.core.choice import Choice, Number
from mesascope.core.mesa_model import MesaModel
from mesascope.core.randomness import stream
from mesascope.core.system import Instance
from mesascope.core.task import Distribution, HasPictures
from mesascope.evidence.probe import Subject

_TRIES = 120


@dataclass(frozen=True)
class Moment:
    """One decision of a witness episode.

    Attributes:
        instance: where it was taken.
        output: what the system put out.
        base: R_x of every output.
        mesa: Õ_x of every output, empty where there is no mesa-model.
        cost: what the choice gives away, in units of R.
    """

    instance: Instance
    output: Any
    base: dict[Any, float]
    mesa: dict[Any, Number]
    cost: float


@dataclass(frozen=True)
class Witness:
    """An episode, its result and its decisions."""

    distribution: Distribution
    result: float
    moments: tuple[Moment, ...]

    @property
    def cost(self) -> float:
        """What the episode's choices gave away together."""
        return sum(moment.cost for moment in self.moments)


def find_witness(
    subject: Subject, model: MesaModel | None, distribution: Distribution, seed: int
) -> Witness | None:
    """Return the costliest of some episodes, the worst result first; None without pictures."""
    if not isinstance(subject.task, HasPictures):
        return None
    episodes = []
    for number in range(_TRIES):
        rng = stream(seed, "witness", distribution.name, number)
        drawn: list[Any] = []

        def draw(instance: Instance, rng: Any = rng, drawn: list[Any] = drawn) -> Choice[Any]:
            """Settle what is put out here, so that the replay shows what was really done."""
            choice = subject.respond(instance)
            outputs = sorted(choice.support)
            weights = [choice[y] for y in outputs]
            drawn.append(outputs[int(rng.choice(len(outputs), p=weights))])
            return Choice({drawn[-1]: 1.0})

        met, result = subject.task.episode(distribution, draw, rng)
        cost = sum(_cost(subject, x, y) for x, y in zip(met, drawn, strict=True))
        episodes.append((result, -cost, number, met, drawn))
    result, _, _, met, drawn = min(episodes, key=lambda episode: episode[:3])
    moments = tuple(_moment(subject, model, x, y) for x, y in zip(met, drawn, strict=True))
    return Witness(distribution, result, moments)


def _cost(subject: Subject, instance: Instance, output: Any) -> float:
    utility = subject.task.utility(instance)
    return max(utility.values()) - utility[output]


def _moment(subject: Subject, model: MesaModel | None, instance: Instance, output: Any) -> Moment:
    mesa: dict[Any, Number] = {}
    if model is not None:
        world = subject.task.world(instance)
        for candidate, value in model.objective.values(instance, world).items():
            decoded = model.decode(instance, candidate)
            mesa[decoded] = max(value, mesa.get(decoded, value))
    return Moment(
        instance=instance,
        output=output,
        base=dict(subject.task.utility(instance)),
        mesa=mesa,
        cost=_cost(subject, instance, output),
    )
