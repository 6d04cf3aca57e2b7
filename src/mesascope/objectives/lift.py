"""The lift: an objective over outputs carried to systems, where the base objective lives.

Õ(s) = E_x[Õ_x(s(x))]. It is the way to go where outputs cannot be listed or the base objective
does not decompose: both then rank systems, and a reference population shows how far they agree.
Within one system's expectation the scale of Õ_x counts, which its argmax alone does not fix.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mesascope.core.choice import Number
from mesascope.core.interval import Interval
from mesascope.core.objective import Objective
from mesascope.core.system import Instance
from mesascope.core.task import Outputs, Respond
from mesascope.objectives.correlation import kendall, pearson
from mesascope.objectives.distance import values_of
from mesascope.objectives.errors import BadPair
from mesascope.objectives.pullback import same_within


@dataclass(frozen=True)
class Lifted:
    """What an objective over outputs says of a system.

    Attributes:
        system: its name.
        value: Õ(s); None where the system does what Õ has no value for. No number stands in.
        inside: the mean over what it does have a value for; None where there is nothing.
        outside: the share of the system's probability on outputs without a value.
        instances: how many were sampled.
    """

    system: str
    value: float | None
    inside: float | None
    outside: float
    instances: int


def lift(
    objective: Objective,
    respond: Respond,
    instances: Sequence[Instance],
    *,
    system: str = "",
    outputs: Callable[[Instance], Outputs] | None = None,
) -> Lifted:
    """Carry an objective over outputs to a system.

    Args:
        objective: values outputs: a `PulledObjective`, a `Utility`.
        respond: s, from an instance to its choice.
        instances: sampled from a named distribution, each of weight 1.
        system: the system's name.
        outputs: gives Y_x where outputs within a tolerance count as the same.

    Raises:
        IncomparableObjectives: the objective does not rank outputs.
        BadPair: there are no instances.
    """
    if not instances:
        raise BadPair("an objective is lifted over sampled instances, and there are none")
    of = values_of(objective)
    total = weight = 0.0
    for instance in instances:
        values = of(instance)
        space = None if outputs is None else outputs(instance)
        for output, share in respond(instance).weights.items():
            value = _value(values, output, space)
            if value is not None and share > 0.0:
                total += share * float(value)
                weight += share
    outside = max(0.0, 1.0 - weight / len(instances))
    inside = total / weight if weight > 0.0 else None
    whole = outside <= 1e-9
    return Lifted(
        system, inside if whole else None, inside, 0.0 if whole else outside, len(instances)
    )


def _value(
    values: Mapping[Hashable, Number], output: Hashable, space: Outputs | None
) -> Number | None:
    if space is not None and output not in values:
        near = Outputs(None, space.contains, space.tolerance)
        output = same_within(output, near, values)
    return values.get(output)


@dataclass(frozen=True)
class Agreement:
    """How far two objectives agree over a reference population of systems.

    Attributes:
        population: its name; the figures mean nothing without it.
        kendall, pearson: τ_b and r; None where undefined, with the reason in `missing`.
        systems: how many had both values.
        undefined: how many were left out because the lifted objective has no value for them.
        missing: why there is no figure.
    """

    population: str
    kendall: Interval | None
    pearson: Interval | None
    systems: int
    undefined: int
    missing: str


def agreement(
    lifted: Sequence[Lifted],
    base_values: Sequence[Number],
    *,
    population: str,
    seed: int = 0,
) -> Agreement:
    """Compare a lifted objective with a base objective over a population of systems.

    Args:
        lifted: Õ(s) of each system.
        base_values: O_base(s) of each, in the same order.
        population: the population's name.
        seed: of the bootstrap over systems.

    Raises:
        BadPair: the two do not line up.
    """
    if len(lifted) != len(base_values):
        raise BadPair(
            f"{len(lifted)} systems have a lifted value and {len(base_values)} a base value; give "
            "both for each system, in one order"
        )
    both = [
        (one.value, float(base))
        for one, base in zip(lifted, base_values, strict=True)
        if one.value is not None
    ]
    x, y = np.array([a for a, _ in both]), np.array([b for _, b in both])
    missing = ""
    if len(both) < 2:
        missing = f"{len(both)} of {len(lifted)} systems have a lifted value; two are the least"
    elif np.ptp(x) == 0.0:
        missing = "the lifted objective values all systems alike"
    elif np.ptp(y) == 0.0:
        missing = "the base objective values all systems alike"
    return Agreement(
        population=population,
        kendall=None if missing else kendall(x, y, seed=seed),
        pearson=None if missing else pearson(x, y, seed=seed),
        systems=len(both),
        undefined=len(lifted) - len(both),
        missing=missing,
    )
