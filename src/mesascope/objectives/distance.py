"""The distance of two objectives, which is refused unless they rank the same kind of thing."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from mesascope.core.choice import Number
from mesascope.core.errors import IncomparableObjectives
from mesascope.core.interval import Interval
from mesascope.core.names import look_up
from mesascope.core.objective import OUTPUTS, Objective, require_same_domain
from mesascope.core.system import Instance
from mesascope.core.task import Outputs
from mesascope.objectives.batch import Pairs
from mesascope.objectives.bootstrap import RESAMPLES, interval
from mesascope.objectives.cardinal import cardinal_distance
from mesascope.objectives.compare import UNIFORM
from mesascope.objectives.menu import menu_regret
from mesascope.objectives.pullback import pair_up
from mesascope.objectives.rank import rank_distance
from mesascope.objectives.regret import decision_regret
from mesascope.objectives.statistic import Misfit, Ratio

_KINDS: Mapping[str, tuple[str, Callable[[Pairs], Ratio | Misfit]]] = {
    "decision": (
        "normalised regret of the choice by the second, judged by the first",
        decision_regret,
    ),
    "menu": ("the same over random menus", menu_regret),
    "rank": ("share of pairs of outputs ordered otherwise, ties counted half", rank_distance),
    "pearson": ("sqrt((1 - ρ) / 2), one shared scale, free offsets", cardinal_distance),
}


@dataclass(frozen=True)
class Distance:
    """How far the second objective is from the first, and by which measure.

    Attributes:
        kind: `decision`, `menu`, `rank` or `pearson`.
        measure: the kind in words, with its normalisation.
        value: from 0 to 1, with its interval; None where undefined on every instance.
        mu, nu: the weights over instances and over the outputs of one.
        instances: how many.
        undefined: how many of them say nothing.
    """

    kind: str
    measure: str
    value: Interval | None
    mu: str
    nu: str
    instances: int
    undefined: int


def distance(
    first: Objective,
    second: Objective,
    instances: Sequence[Instance],
    *,
    kind: str = "decision",
    mu: str = "the instances given",
    episodes: Sequence[int] | None = None,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Distance:
    """Return the distance of two objectives over outputs.

    Args:
        first: values every output of an instance: a `Utility`. Regret is counted in its units.
        second: values some or all of them: a `PulledObjective`, say.
        instances: x, each of weight 1.
        kind: `decision` or `menu`, which judge the second by the first; `rank` or `pearson`,
            which are symmetric where both value every output.
        mu: the name of the distribution that the instances come from.
        episodes: the episode of each instance; each its own unless given.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Raises:
        IncomparableObjectives: the two rank different things, and the message names the bridge
            that is missing; or both rank something other than outputs.
        UnknownName: there is no such kind.
        BadPair: the first leaves an output without a value, or there are no instances.
        IllegalOutput: the second values what the first does not.
    """
    require_same_domain(first, second)
    measure, figure = look_up("distance", kind, _KINDS)
    of_first, of_second = values_of(first), values_of(second)
    pairs = []
    for place, instance in enumerate(instances):
        utility = of_first(instance)
        pairs.append(
            pair_up(
                utility,
                of_second(instance),
                Outputs.finite(tuple(utility)),
                episode=place if episodes is None else episodes[place],
            )
        )
    statistic = figure(pairs)
    return Distance(
        kind=kind,
        measure=measure,
        value=interval(statistic, seed=seed, resamples=resamples),
        mu=mu,
        nu=UNIFORM,
        instances=len(pairs),
        undefined=statistic.undefined,
    )


class _OverOutputs(Protocol):
    """What every objective has whose domain is outputs."""

    values: Callable[[Instance], Mapping[Hashable, Number]]


def values_of(objective: Objective) -> Callable[[Instance], Mapping[Hashable, Number]]:
    """Return how an objective over outputs values them.

    Raises:
        IncomparableObjectives: it ranks something else; the message names the bridge.
    """
    if objective.domain != OUTPUTS:
        raise IncomparableObjectives(
            f"{objective.name!r} ranks {objective.domain}, and what is asked here needs an "
            "objective over outputs. Carry it there first: decompose() for a base objective, "
            "carry() for a mesa-model"
        )
    return cast(_OverOutputs, objective).values
