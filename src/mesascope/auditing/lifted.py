"""The lift at work: the mesa-objective over a population of systems, beside the base objective."""

from collections.abc import Sequence

from mesascope.auditing.settings import Settings
from mesascope.core.mesa_model import MesaModel
from mesascope.core.objective import BaseObjective
from mesascope.core.randomness import stream
from mesascope.core.system import System
from mesascope.core.task import Distribution
from mesascope.evidence.probe import Subject
from mesascope.objectives.lift import Agreement, Lifted, agreement, lift
from mesascope.objectives.pullback import carry

_EPISODES = 60


def lift_over(
    subject: Subject,
    model: MesaModel,
    train: Distribution,
    base: BaseObjective,
    population: Sequence[System],
    own_value: float,
    settings: Settings,
) -> tuple[Agreement, list[tuple[Lifted, float]]]:
    """Lift the mesa-objective to each system, over the instances that the audited one meets.

    Args:
        subject, model, train: the audited system, its mesa-model, and μ.
        base, population: O_base, and the other systems; their values are computed.
        own_value: O_base of the audited system without its charges, as it was measured.
        settings: the seed.
    """
    task = subject.task
    instances = []
    for number in range(_EPISODES):
        rng = stream(settings.seed, "lift", number)
        instances += task.episode(train, subject.respond, rng)[0]
    pulled = carry(model, task.outputs, task.world)
    charged = sum(charge.rate * charge.amount(subject.system) for charge in base.charges)
    own = lift(pulled, subject.respond, instances, system=subject.system.name)
    points = [(own, own_value - charged)]
    for system in population:
        if system.name == subject.system.name:
            continue
        other = Subject(system, task, subject.step_limit)
        points.append((lift(pulled, other.respond, instances, system=system.name), base(system)))
    found = agreement(
        [lifted for lifted, _ in points],
        [value for _, value in points],
        population=f"{len(points)} systems of Σ",
        seed=settings.seed,
    )
    return found, points
