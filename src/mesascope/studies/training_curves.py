"""How training went: returns by goal, in training and where the goals come apart."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.policy import Policy
from mesascope.optimizers.policies.stage import Stage
from mesascope.organisms.trained import TrainedOrganism
from mesascope.processes.graph import Graph
from mesascope.records.figures import Curve
from mesascope.records.policy import TrainingRecord
from mesascope.studies.played import fresh_levels
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.playing.levels import graphs_of
from mesascope.systems.playing.tables import exact_returns, table_of
from mesascope.tasks.levels.distribution import distributions

_SCORED = 32  # levels on which the returns under shift are computed, exactly


class Scorer:
    """The exact returns of a policy on fresh levels on which the goals come apart."""

    def __init__(self, organism: TrainedOrganism, seed: int) -> None:
        where = next(d for d in distributions(organism.world) if d.name == "apart")
        self._world = where.world
        self._discount = organism.settings.discount
        self._levels = fresh_levels(where, seed, _SCORED, "curve")
        self._graphs: Graph = graphs_of(self._world, self._levels)

    def __call__(self, stage: Stage) -> dict[str, float]:
        policy = as_policy(stage.network(0))
        assert isinstance(policy, Policy)  # no preset trains a network with a memory
        table: Float[np.ndarray, "l s a"] = table_of(policy, self._world, self._levels)
        found = exact_returns(
            self._graphs, table, discount=self._discount, horizon=self._world.horizon
        ).mean(axis=0)
        return dict(zip(self._world.goals, found.tolist(), strict=True))


def training_record(
    organism: TrainedOrganism, steps: int, seconds: float, seen: Sequence[Any]
) -> TrainingRecord:
    """Return how a policy was trained.

    Args:
        organism: what was trained.
        steps, seconds: how long.
        seen: for each stage, the steps until then, and the returns by goal in training and apart.
    """
    series = {}
    for i, where in enumerate(("in training", "apart"), 1):
        for goal in organism.world.goals:
            points = [(float(one[0]), float(one[i][goal])) for one in seen]
            series[f"{goal}, {where}"] = [p for p in points if np.isfinite(p[1])]
    settings = asdict(organism.settings)
    return TrainingRecord(
        optimizer=organism.optimizer,
        base_objective=organism.world.goals[0],
        steps=steps,
        seconds=seconds,
        settings={**settings, "share": organism.share},
        curves=[
            Curve(
                title="Return by goal",
                x_label="environment steps",
                y_label="mean discounted return",
                series=series,
            )
        ],
    )
