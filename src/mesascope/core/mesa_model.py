"""A mesa-optimizer, said out loud: what it searches over, by what criterion, decoded how."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal

from mesascope.core.choice import Choice
from mesascope.core.objective import MesaObjective
from mesascope.core.system import Instance
from mesascope.core.world import World

Standing = Literal["declared", "extracted", "inferred"]


def same_output(instance: Instance, candidate: Hashable) -> Hashable:
    """Decode a candidate that is already an output."""
    return candidate


@dataclass(frozen=True, eq=False)
class MesaModel:
    """Ω_x, O_mesa,x and G_x for one system: s(x) = G_x(argmax O_mesa,x).

    Attributes:
        objective: values of the candidates Ω_x of an instance; its keys are the candidates.
        candidates: what Ω_x is, in words.
        decode: G_x, from a candidate to the output it stands for.
        standing: `declared` by a construction, `extracted` from structure or from traced
            queries, or `inferred` from behaviour alone.
        horizon: plies that the criterion looks ahead; None to the end of the episode.
        size: description length in nodes.
        source: what it was read from.
    """

    objective: MesaObjective
    candidates: str
    standing: Standing
    horizon: int | None
    size: int
    source: str
    decode: Callable[[Instance, Hashable], Hashable] = same_output

    def predict(self, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
        """Return what the modelled search would put out in a world, ties broken uniformly."""
        best = Choice.among_best(self.objective.values(instance, world))
        return Choice.uniform(self.decode(instance, candidate) for candidate in best.weights)
