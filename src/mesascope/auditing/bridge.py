"""The bridge at work: both objectives on the outputs that a system meets, distribution by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mesascope.auditing.settings import Settings
from mesascope.core.choice import Choice
from mesascope.core.interval import Interval
from mesascope.core.mesa_model import MesaModel
from mesascope.core.randomness import stream
from mesascope.core.system import Instance, System
from mesascope.core.task import Distribution, HasExactValue, HasOptimum, Task
from mesascope.core.world import World
from mesascope.evidence.probe import Subject
from mesascope.objectives.compare import Comparison, compare
from mesascope.objectives.pair import Pair
from mesascope.objectives.pullback import pair_up, pullback
from mesascope.objectives.visits import PerformanceDifference, performance_difference_gap

POSITIONS = "the instances that the system meets in its own episodes"


@dataclass(frozen=True)
class Crossing:
    """Base and mesa objective over one distribution.

    Attributes:
        distribution: μ.
        comparison: every distance; of a system without mesa-model only its behaviour counts.
        has_model: whether there was a mesa-objective to compare.
        agreement: how much of the system's probability is where the mesa-model says, here.
        value: O_base of the system's behaviour here.
        optimum: the best value that any system could have, where the task knows it.
        value_of_mesa_optimum: O_base of the optimal policy for the mesa-objective.
        identity: whether the regrets along its episodes account for what it falls short of the
            optimum; None where the task knows no optimum.
    """

    distribution: Distribution
    comparison: Comparison
    has_model: bool
    agreement: float
    value: Interval
    optimum: float | None
    value_of_mesa_optimum: Interval | None
    identity: PerformanceDifference | None


@dataclass(frozen=True)
class ModelSystem:
    """The optimal policy for a mesa-objective, as a system."""

    model: MesaModel

    @property
    def name(self) -> str:
        return f"the optimal policy for {self.model.objective.name}"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return what the modelled search would put out."""
        return self.model.predict(instance, world)


def cross(
    subject: Subject, model: MesaModel | None, distribution: Distribution, settings: Settings
) -> Crossing:
    """Sample episodes of the system and compare the two objectives where it went."""
    pairs, results, regrets = sample(
        subject, model, distribution, settings.episodes, settings.seed, "bridge"
    )
    task = subject.task
    optimum = task.optimum(distribution) if isinstance(task, HasOptimum) else None
    value = _exact(task, distribution, subject.system) or _mean_interval(results)
    identity = None
    if optimum is not None:
        identity = performance_difference_gap(
            optimum, value, regrets, seed=settings.seed, confidence=0.999
        )
    wanted = None
    if model is not None:
        twin = Subject(ModelSystem(model), task, subject.step_limit)
        wanted = value_of(twin, distribution, settings.episodes, settings.seed)
    return Crossing(
        distribution=distribution,
        comparison=compare(pairs, mu=distribution.name, seed=settings.seed),
        has_model=model is not None,
        agreement=model_agreement(pairs),
        value=value,
        optimum=optimum,
        value_of_mesa_optimum=wanted,
        identity=identity,
    )


def sample(
    subject: Subject,
    model: MesaModel | None,
    distribution: Distribution,
    episodes: int,
    seed: int,
    purpose: str,
) -> tuple[list[Pair], np.ndarray, np.ndarray]:
    """Return pairs, and each episode's result and summed regret, (episodes,) each."""
    task = subject.task
    pairs: list[Pair] = []
    results, regrets = np.zeros(episodes), np.zeros(episodes)
    known: dict[Instance, tuple[Any, Any, Any, Choice[Any]]] = {}
    for number in range(episodes):
        rng = stream(seed, purpose, distribution.name, number)
        met, results[number] = task.episode(distribution, subject.respond, rng)
        for instance in met:
            if instance not in known:
                known[instance] = _sides(task, model, instance, subject.respond(instance))
            utility, pulled, outputs, choice = known[instance]
            pairs.append(pair_up(utility, pulled, outputs, episode=number, choice=choice))
            got = sum(weight * utility[y] for y, weight in choice.weights.items())
            regrets[number] += max(utility.values()) - got
    return pairs, results, regrets


def _sides(
    task: Task, model: MesaModel | None, instance: Instance, choice: Choice[Any]
) -> tuple[Any, Any, Any, Choice[Any]]:
    outputs = task.outputs(instance)
    if model is None:
        pulled: Any = dict.fromkeys(outputs.items or (), 0)
    else:
        pulled = pullback(model, outputs, instance, task.world(instance))
    return task.utility(instance), pulled, outputs, choice


def gap_on(
    subject: Subject,
    model: MesaModel | None,
    distribution: Distribution,
    *,
    episodes: int,
    seed: int,
    purpose: str,
) -> Interval | None:
    """Return the larger of decision and menu regret, or the behaviour's where there is no model."""
    pairs, _, _ = sample(subject, model, distribution, episodes, seed, purpose)
    return gap(compare(pairs, mu=distribution.name, seed=seed), has_model=model is not None)


def gap(comparison: Comparison, *, has_model: bool) -> Interval | None:
    """Return the figure that the verdict judges: decision or menu regret, whichever reaches higher.

    Both have to be small, so the one with the higher upper end decides.
    """
    if not has_model:
        return comparison.behaviour_regret
    figures = [f for f in (comparison.decision_regret, comparison.menu_regret) if f is not None]
    return max(figures, key=lambda f: f.high, default=None)


def model_agreement(pairs: Sequence[Pair]) -> float:
    """Return the mean probability that the system puts on what its mesa-model ranks best."""
    shares = [
        float(pair.probability[pair.pulled == pair.pulled.max()].sum())
        for pair in pairs
        if pair.probability is not None
    ]
    return float(np.mean(shares)) if shares else 1.0


def behaviour_regret_on(
    subject: Subject, distribution: Distribution, episodes: int, seed: int
) -> Interval | None:
    """Return the normalised regret of what the system does."""
    return gap_on(subject, None, distribution, episodes=episodes, seed=seed, purpose="behaviour")


def value_of(subject: Subject, distribution: Distribution, episodes: int, seed: int) -> Interval:
    """Return the mean result of a system, exactly where the task can tell."""
    exact = _exact(subject.task, distribution, subject.system)
    if exact is not None:
        return exact
    results = np.array(
        [
            subject.task.episode(
                distribution, subject.respond, stream(seed, "value", distribution.name, number)
            )[1]
            for number in range(episodes)
        ]
    )
    return _mean_interval(results)


def _exact(task: Task, distribution: Distribution, system: System) -> Interval | None:
    value = task.exact_value(distribution, system) if isinstance(task, HasExactValue) else None
    return None if value is None else Interval.exact(value)


def _mean_interval(values: np.ndarray) -> Interval:
    """Return a mean with its normal 95 % interval."""
    mean = float(values.mean())
    half = 1.959964 * float(values.std(ddof=1)) / len(values) ** 0.5
    return Interval(mean, mean - half, mean + half, samples=len(values), confidence=0.95)
