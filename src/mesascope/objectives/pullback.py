"""The pullback: a mesa-objective, which ranks inner candidates, carried to outputs.

Õ_x(y) = max over ω in G_x⁻¹(y) of O_mesa,x(ω): an output is worth what the best candidate that
stands for it is worth. Where no candidate stands for y there is no value, and no large constant
takes its place; what lies outside the image is reported as coverage and as loss instead.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mesascope.core.choice import Choice, Number
from mesascope.core.errors import IllegalOutput
from mesascope.core.mesa_model import MesaModel, Standing
from mesascope.core.objective import OUTPUTS, Objective
from mesascope.core.system import Instance
from mesascope.core.task import Outputs
from mesascope.core.world import World
from mesascope.objectives.batch import Batch, Pairs
from mesascope.objectives.errors import BadPair
from mesascope.objectives.pair import Pair, settle
from mesascope.objectives.statistic import Ratio

ROUNDING = 1e-9  # of the largest magnitude on the instance; floats closer than this are tied


@dataclass(frozen=True, eq=False)
class PulledObjective(Objective):
    """Õ_x: Y_x ⇀ ℝ, defined on the image of the decoder only.

    Attributes:
        name: the mesa-objective's.
        values: the value of every output in the image of an instance.
        standing: how the model it comes from is known.
    """

    name: str
    values: Callable[[Instance], Mapping[Hashable, Number]]
    standing: Standing
    domain: str = OUTPUTS


def carry(
    model: MesaModel,
    outputs: Callable[[Instance], Outputs],
    world: Callable[[Instance], World[Any, Any]],
) -> PulledObjective:
    """Return the pullback as an objective over outputs, for any instance of a task.

    Args:
        model: the mesa-model.
        outputs: gives Y_x; a task's own `outputs`.
        world: gives an instance's simulator and scorer; a task's own `world`.
    """

    def values(instance: Instance) -> dict[Hashable, Number]:
        return pullback(model, outputs(instance), instance, world(instance))

    return PulledObjective(model.objective.name, values, model.standing)


def pullback(
    model: MesaModel, outputs: Outputs, instance: Instance, world: World[Any, Any]
) -> dict[Hashable, Number]:
    """Return Õ_x on the image of the decoder, and nowhere else.

    Args:
        model: candidates with their values, and the decoder G_x.
        outputs: Y_x. Candidates whose outputs lie within its tolerance stand for the same output.
        instance: x.
        world: what the mesa-objective may ask.

    Raises:
        IllegalOutput: a candidate decodes to something that is no output of the instance.
        BadPair: a candidate's value is not a finite number.
    """
    pulled: dict[Hashable, Number] = {}
    for candidate, value in model.objective.values(instance, world).items():
        if not np.isfinite(float(value)):
            raise BadPair(
                f"{model.objective.name!r} values candidate {candidate!r} at {value!r}; give a "
                "finite number, and leave out candidates that cannot be chosen"
            )
        decoded = model.decode(instance, candidate)
        if not outputs.contains(decoded):
            raise IllegalOutput(
                f"candidate {candidate!r} of {model.objective.name!r} decodes to {decoded!r}, "
                f"which is no output of {instance!r}; let decode return one of its outputs"
            )
        output = same_within(decoded, outputs, pulled)
        if output not in pulled or value > pulled[output]:
            pulled[output] = value
    return pulled


def same_within(output: Hashable, outputs: Outputs, known: Iterable[Hashable]) -> Hashable:
    """Return the output that counts as the same as this one, or itself where none does.

    The distance of two outputs is the largest absolute difference of their coordinates. The
    nearest within the tolerance wins, among Y_x where it is listed, else among those known.
    """
    if outputs.tolerance == 0.0:
        return output
    there = known if outputs.items is None else outputs.items
    distances = {other: _distance(output, other) for other in there}
    nearest = min(distances, key=distances.__getitem__, default=output)
    return nearest if distances.get(nearest, 0.0) <= outputs.tolerance else output


def _distance(first: Any, second: Any) -> float:
    return float(np.max(np.abs(np.asarray(first, float) - np.asarray(second, float)), initial=0.0))


def pair_up(
    utility: Mapping[Hashable, Number],
    pulled: Mapping[Hashable, Number],
    outputs: Outputs,
    *,
    episode: int = 0,
    choice: Choice[Any] | None = None,
    visited: Iterable[Hashable] | None = None,
    rounding: float = ROUNDING,
) -> Pair:
    """Return one instance as both objectives see it.

    Args:
        utility: R_x of every output.
        pulled: Õ_x on the image; an output that is missing lies outside it.
        outputs: Y_x; finite.
        episode: which episode the instance belongs to.
        choice: what the system does here.
        visited: outputs that its search reached; those outside the image are ignored.
        rounding: floats closer than this, relative to the largest, count as tied.

    Raises:
        BadPair: Y_x is not listed, or an output has no utility.
        IllegalOutput: `pulled` or `choice` names something that is no output.
    """
    if outputs.items is None:
        raise BadPair(
            "the outputs of this instance are not listed, so no order over all of them can be "
            "compared; list them, or carry the objective to systems with lift()"
        )
    items = list(outputs.items)
    known = frozenset(items)
    for owner, given in (("pulled-back objective", pulled), ("choice", _support(choice))):
        foreign = [y for y in given if same_within(y, outputs, ()) not in known]
        if foreign:
            raise IllegalOutput(
                f"the {owner} names {foreign[0]!r}, which is no output of the instance; its "
                f"outputs are {items}"
            )
    lacking = [y for y in items if y not in utility]
    if lacking:
        raise BadPair(
            f"output {lacking[0]!r} has no utility; let the task's utility() value every output"
        )
    inside = [y in pulled for y in items]
    values = np.full(len(items), -np.inf)
    values[inside] = settle([pulled[y] for y in items if y in pulled], rounding)
    seen = None if visited is None else frozenset(visited)
    return Pair(
        utility=settle([utility[y] for y in items], rounding),
        pulled=values,
        episode=episode,
        probability=None if choice is None else _probabilities(choice, outputs, items),
        visited=None if seen is None else np.array([y in seen and y in pulled for y in items]),
        outputs=tuple(items),
    )


def _support(choice: Choice[Any] | None) -> frozenset[Hashable]:
    return frozenset() if choice is None else choice.support


def _probabilities(choice: Choice[Any], outputs: Outputs, items: list[Hashable]) -> np.ndarray:
    weight = dict.fromkeys(items, 0.0)
    for y in choice.support:
        weight[same_within(y, outputs, ())] += choice[y]
    return np.array(list(weight.values()))


def image_share(pairs: Pairs) -> Ratio:
    """Return the mean share of Y_x that the decoder reaches; what is left cannot be represented."""
    batch = Batch.of(pairs)
    return _mean(batch.image.sum(axis=1) / batch.sizes, np.ones(len(batch.real)), batch)


def visited_share(pairs: Pairs) -> Ratio:
    """Return the mean share of Y_x that the system's search reached.

    The image less this was not visited, though it could have been represented.

    Raises:
        BadPair: some pairs do not say what was visited.
    """
    batch = Batch.of(pairs)
    if batch.visited is None:
        raise BadPair("some pairs do not say what was visited; give each pair its `visited`")
    return _mean(batch.visited.sum(axis=1) / batch.sizes, np.ones(len(batch.real)), batch)


def loss_outside(pairs: Pairs) -> Ratio:
    """Return the mean of max_Y R - max_image R, in units of R: what no candidate can stand for.

    An instance with an empty image counts with all of max R - min R, the most that can be lost.
    """
    batch = Batch.of(pairs)
    lost = np.where(batch.image, batch.gap, np.inf).min(axis=1)
    return _mean(np.minimum(lost, batch.spread), batch.spread, batch)


def _mean(above: np.ndarray, most: np.ndarray, batch: Batch) -> Ratio:
    return Ratio(above, np.ones(len(above)), batch.episodes, most)
