"""The comparison of two objectives over outputs, every figure with what it leaves undefined."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mesascope.core.interval import Interval
from mesascope.objectives.batch import Batch, Pairs
from mesascope.objectives.bootstrap import RESAMPLES, intervals
from mesascope.objectives.cardinal import cardinal_distance
from mesascope.objectives.menu import menu_regret
from mesascope.objectives.pullback import image_share, loss_outside, visited_share
from mesascope.objectives.rank import rank_distance
from mesascope.objectives.regret import behaviour_regret, decision_regret
from mesascope.objectives.statistic import Statistic, value_of

UNIFORM = "all outputs alike"

_CONSTANT = "the utility is constant on every instance, so no choice costs anything"
_UNDEFINED = {
    "decision_regret": _CONSTANT,
    "menu_regret": _CONSTANT,
    "behaviour_regret": _CONSTANT,
    "rank_distance": "on no instance do both have two distinct values inside the image",
    "cardinal_distance": "one of the two is constant over the image of every instance",
}


@dataclass(frozen=True)
class Comparison:
    """R and Õ over one named distribution. A figure that is None has its reason in `missing`.

    Attributes:
        mu: the distribution that the instances come from.
        nu: how the outputs of an instance are weighed.
        instances, episodes: how many.
        constant: instances on which R is constant; they say nothing about any regret.
        indifferent: instances on which Õ is constant over the image, or has none.
        rank_undefined: instances with fewer than two distinct values of either in the image.
        cardinal_undefined: instances that add nothing to the correlation.
        decision_regret, menu_regret: of the choice that Õ makes; normalised, 0 best, 1 worst.
        behaviour_regret: of what the system really does, on the same scale.
        rank_distance: share of pairs of outputs ordered otherwise, ties counted half.
        cardinal_distance: sqrt((1 - ρ) / 2), one shared scale, free offsets.
        coverage: share of Y_x in the decoder's image; the rest cannot be represented.
        visited: share of Y_x that the search reached; the image less this was not visited.
        loss_outside: mean of max_Y R - max_image R, in units of R.
        scale: mean of max R - min R: what a normalised regret of 1 costs per instance.
        missing: why a figure is None.
    """

    mu: str
    nu: str
    instances: int
    episodes: int
    constant: int
    indifferent: int
    rank_undefined: int
    cardinal_undefined: int
    decision_regret: Interval | None
    menu_regret: Interval | None
    behaviour_regret: Interval | None
    rank_distance: Interval | None
    cardinal_distance: Interval | None
    coverage: Interval
    visited: Interval | None
    loss_outside: Interval
    scale: float
    missing: Mapping[str, str]


def compare(
    pairs: Pairs,
    *,
    mu: str,
    nu: str = UNIFORM,
    seed: int = 0,
    sampled: bool = True,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
) -> Comparison:
    """Measure how far a mesa-objective is from a utility, both carried to outputs.

    Args:
        pairs: instances as both see them, each of weight 1.
        mu: the name of the distribution that they were drawn from.
        nu: the name of the weights over an instance's outputs. Every figure weighs them alike,
            so a caller with other weights has already thinned or repeated the outputs.
        seed: of the bootstrap over episodes.
        sampled: False where the pairs are all there is; the figures are then exact.
        confidence: of the intervals.
        resamples: of the bootstrap.

    Raises:
        BadPair: there are no pairs.
    """
    batch = Batch.of(pairs)
    rank, cardinal = rank_distance(batch), cardinal_distance(batch)
    statistics: dict[str, Statistic] = {
        "decision_regret": decision_regret(batch),
        "menu_regret": menu_regret(batch),
        "rank_distance": rank,
        "cardinal_distance": cardinal,
        "coverage": image_share(batch),
        "loss_outside": loss_outside(batch),
    }
    missing: dict[str, str] = {}
    if batch.probability is None:
        missing["behaviour_regret"] = f"{batch.silent} instances carry no behaviour"
    else:
        statistics["behaviour_regret"] = behaviour_regret(batch)
    if batch.visited is None:
        missing["visited"] = "nobody recorded which outputs the search reached"
    else:
        statistics["visited"] = visited_share(batch)
    if sampled:
        found = intervals(statistics, seed=seed, confidence=confidence, resamples=resamples)
    else:
        found = {name: _exact(statistic) for name, statistic in statistics.items()}
    missing.update({name: _UNDEFINED[name] for name, figure in found.items() if figure is None})
    coverage, lost = found["coverage"], found["loss_outside"]
    assert coverage is not None
    assert lost is not None
    return Comparison(
        mu=mu,
        nu=nu,
        instances=len(batch.real),
        episodes=int(batch.episodes.max()) + 1,
        constant=int((batch.spread == 0.0).sum()),
        indifferent=_indifferent(batch),
        rank_undefined=rank.undefined,
        cardinal_undefined=cardinal.undefined,
        decision_regret=found["decision_regret"],
        menu_regret=found["menu_regret"],
        behaviour_regret=found.get("behaviour_regret"),
        rank_distance=found["rank_distance"],
        cardinal_distance=found["cardinal_distance"],
        coverage=coverage,
        visited=found.get("visited"),
        loss_outside=lost,
        scale=float(batch.spread.mean()),
        missing=missing,
    )


def _exact(statistic: Statistic) -> Interval | None:
    value = value_of(statistic)
    return None if value is None else Interval.exact(value)


def _indifferent(batch: Batch) -> int:
    highest = batch.pulled.max(axis=1)
    lowest = np.where(batch.image, batch.pulled, np.inf).min(axis=1)
    return int((highest <= lowest).sum())
