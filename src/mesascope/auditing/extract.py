"""Extraction: the mesa-model of a searching system, from its structure or from its questions."""

from collections.abc import Hashable, Mapping
from typing import Any

from mesascope.auditing.settings import Settings
from mesascope.core.choice import Number
from mesascope.core.mesa_model import MesaModel
from mesascope.core.objective import MesaObjective
from mesascope.core.system import Instance, Structure
from mesascope.core.task import HasGlossary, Task
from mesascope.core.world import World
from mesascope.evidence.probe import Subject, among
from mesascope.evidence.readout import Reading, Readout
from mesascope.evidence.selection import Selection

_OMEGA = "the outputs that it tries out, each through the outcome that it leads to"


def build_model(
    subject: Subject,
    found: Selection,
    named: Readout,
    shown: Structure | None,
    settings: Settings,
) -> MesaModel | None:
    """Return the mesa-model: the shown structure's own values, else the criterion read out.

    Args:
        subject: the system on its task.
        found, named: what the detectors found.
        shown: a verified structure, or None.
        settings: how well a criterion must predict to count.
    """
    horizon = None if found.to_the_end else found.horizon
    if shown is not None and shown.kind == "evaluator":
        return _from_structure(subject.task, shown, named, horizon)
    if named.best is not None and named.best.agreement >= settings.agreement:
        return _from_questions(subject, named.best, horizon)
    return None


def _from_structure(task: Task, shown: Structure, named: Readout, horizon: int | None) -> MesaModel:
    name = f"`{shown.text}`"
    if named.exact and named.best is not None:
        name = named.best.criterion.name
    return MesaModel(
        objective=MesaObjective(explained(name, task), lambda x, w: shown.candidates(x, w) or {}),
        candidates=_OMEGA,
        standing="extracted",
        horizon=horizon,
        size=shown.size,
        source=f"its own structure, `{shown.text}`, run by the harness",
    )


def _from_questions(subject: Subject, best: Reading, horizon: int | None) -> MesaModel:
    def values(instance: Instance, world: World[Any, Any]) -> Mapping[Hashable, Number]:
        return among(best.criterion.values(instance, world), subject.candidates(instance))

    return MesaModel(
        objective=MesaObjective(explained(best.criterion.name, subject.task), values),
        candidates=_OMEGA,
        standing="extracted",
        horizon=horizon,
        size=best.criterion.size,
        source="what it asks the harness for, and how its outputs answer perturbed scores",
    )


def explained(name: str, task: Task) -> str:
    """Return a criterion's name with the first mention of each feature put into words."""
    if not isinstance(task, HasGlossary):
        return name
    for feature, words in task.glossary.items():
        name = name.replace(f"`{feature}`", f"`{feature}` ({words})", 1)
    return name


def reading_sentence(model: MesaModel, named: Readout) -> str:
    """Say what the system wants, in a sentence."""
    if named.best is None or named.exact:
        return f"It maximises {model.objective.name}."
    return (
        f"It maximises {model.objective.name}; no named criterion matches it. The nearest is "
        f"{named.best.criterion.name}, which agrees with {named.best.agreement:.0%} of its "
        "perturbed choices."
    )
