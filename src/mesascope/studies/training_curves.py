"""How training went: returns by goal, in training and where the goals come apart."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import jax
import numpy as np
from jaxtyping import Float

from mesascope.core.policy import Policy
from mesascope.optimizers.policies.evaluation import returns_on
from mesascope.optimizers.policies.stage import Stage
from mesascope.organisms.trained import TrainedOrganism
from mesascope.processes.graph import Graph
from mesascope.records.figures import Curve
from mesascope.records.policy import TrainingRecord
from mesascope.studies.played import fresh_levels
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.playing.choosing import AnyPolicy, is_recurrent
from mesascope.systems.playing.levels import graphs_of
from mesascope.systems.playing.tables import exact_returns, table_of
from mesascope.tasks.levels.distribution import distributions

_SCORED = 32  # levels on which the returns under shift are computed, exactly


class Scorer:
    """The returns of policies on fresh levels on which the goals come apart.

    They are exact, unless a network has a memory: then each level is played once.
    """

    def __init__(self, organism: TrainedOrganism, seed: int) -> None:
        where = next(d for d in distributions(organism.world) if d.name == "apart")
        self._world = where.world
        self._discount = organism.settings.discount
        self._levels = fresh_levels(where, seed, _SCORED, "curve")
        self._graphs: Graph = graphs_of(self._world, self._levels)

    def __call__(self, stage: Stage) -> list[dict[str, float]]:
        """Return the mean return by goal, of each seed."""
        policies = [as_policy(stage.network(i)) for i in range(len(stage.seeds))]
        if any(is_recurrent(policy) for policy in policies):
            key = jax.random.key(stage.steps)
            networks = stage.state.learner.network
            played = returns_on(self._world, networks, self._levels, key, self._discount)
            means = np.asarray(played, float).mean(axis=1)
        else:
            means = np.stack([self._exact(policy) for policy in policies])
        return [dict(zip(self._world.goals, row, strict=True)) for row in means.tolist()]

    def _exact(self, policy: AnyPolicy) -> Float[np.ndarray, " g"]:
        assert isinstance(policy, Policy)
        table: Float[np.ndarray, "l s a"] = table_of(policy, self._world, self._levels)
        found = exact_returns(
            self._graphs, table, discount=self._discount, horizon=self._world.horizon
        )
        return np.asarray(found.mean(axis=0))


@dataclass(frozen=True, eq=False)
class Training:
    """How policies were trained.

    Attributes:
        stage: the last one.
        seconds: how long it took.
        seen: for each stage, the steps until then, and for each seed the returns by goal in
            training and where the goals come apart.
    """

    stage: Stage
    seconds: float
    seen: Sequence[Any]

    def record(self, organism: TrainedOrganism, place: int | None = None) -> TrainingRecord:
        """Return how one of them was trained, or the mean of all."""
        series = {}
        for i, where in enumerate(("in training", "apart"), 1):
            for goal in organism.world.goals:
                points = [(float(one[0]), _of(one[i], goal, place)) for one in self.seen]
                series[f"{goal}, {where}"] = [p for p in points if np.isfinite(p[1])]
        return TrainingRecord(
            optimizer=organism.optimizer,
            base_objective=organism.world.goals[0],
            steps=self.stage.steps,
            seconds=self.seconds,
            settings={**asdict(organism.settings), "share": organism.share},
            curves=[
                Curve(
                    title="Return by goal",
                    x_label="environment steps",
                    y_label="mean discounted return",
                    series=series,
                )
            ],
        )


def gained(stage: Stage) -> list[dict[str, float]]:
    """Return what the episodes of a stage were worth by goal, for each seed."""
    return [
        {goal: float(values[i]) for goal, values in stage.returns.items()}
        for i in range(len(stage.seeds))
    ]


def told(organism: TrainedOrganism, last: Sequence[Any]) -> str:
    """Return in words how far training is: the last entry of `Training.seen`."""
    base = organism.world.goals[0]
    apart = ", ".join(f"{goal} {_of(last[2], goal):.3f}" for goal in organism.world.goals)
    return f"{base} {_of(last[1], base):.3f} in training, {apart} where they come apart"


def _of(by_seed: Sequence[dict[str, float]], goal: str, place: int | None = None) -> float:
    """Return what one seed has of a goal, or the mean of all."""
    values = [one[goal] for one in by_seed]
    return float(np.mean(values)) if place is None else values[place]
