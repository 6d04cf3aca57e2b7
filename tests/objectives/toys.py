"""The least that the bridge needs of a task: a world, a mesa-model, outputs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mesascope.core.mesa_model import MesaModel, same_output
from mesascope.core.objective import MesaObjective
from mesascope.core.task import Outputs


@dataclass(frozen=True)
class Still:
    """A world in which nothing can be done."""

    root: Any = 0
    features: tuple[str, ...] = ()

    def options(self, state):
        return ()

    def step(self, state, option):
        return state

    def score(self, state, feature):
        return 0


def still(instance):
    return Still(instance)


def letters(instance):
    return Outputs.finite("abcd")


def model(values: Mapping | None = None, decode=same_output, of=None, name="mesa"):
    """A mesa-model with the same values everywhere, or with `of(instance)`."""
    objective = MesaObjective(name, lambda x, world: values if of is None else of(x))
    return MesaModel(objective, "letters", "declared", None, 3, "a test", decode)
