"""Faithfulness: whether a model of a system predicts it where it was not built, and how easily.

Agreement alone is cheap: an objective that permits everything is never wrong. So every figure
stands beside how much the model permits, and beside objectives that fit anything.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mesascope.core.choice import Choice
from mesascope.core.interval import Interval
from mesascope.core.mesa_model import MesaModel
from mesascope.core.system import Instance
from mesascope.core.task import Outputs
from mesascope.core.world import World
from mesascope.objectives.bootstrap import intervals
from mesascope.objectives.errors import BadPair
from mesascope.objectives.observation import Observation
from mesascope.objectives.pullback import same_within
from mesascope.objectives.statistic import Ratio


@dataclass(frozen=True, eq=False)
class Baseline:
    """Anything that predicts a system's outputs.

    Attributes:
        name: for the report.
        size: description length, in the units of the model that it stands beside.
        predict: the predicted choice on an instance, in a world.
        note: what to know when comparing.
    """

    name: str
    size: int
    predict: Callable[[Instance, World[Any, Any]], Choice[Any]]
    note: str = ""


@dataclass(frozen=True)
class Faithfulness:
    """How well one model predicts.

    Attributes:
        model, size: its name and description length.
        agreement: mean probability that the system puts on the predicted outputs.
        tie_share: mean share of Y_x that is predicted; 1 permits anything. 0 where Y_x is not
            listed and the prediction is finite.
        distance: mean total variation distance of predicted and actual choice.
        note: what to know when comparing.
    """

    model: str
    size: int
    agreement: Interval
    tie_share: float
    distance: Interval
    note: str = ""


def faithfulness(
    model: MesaModel,
    held_out: Sequence[Observation],
    *,
    outputs: Callable[[Instance], Outputs],
    world: Callable[[Instance], World[Any, Any]],
    baselines: Sequence[Baseline] = (),
    seed: int = 0,
) -> tuple[Faithfulness, ...]:
    """Compare a model's predictions with a system on instances not used to build it.

    Args:
        model: the mesa-model.
        held_out: what the system did there. That they were held out is the caller's word.
        outputs: gives Y_x; outputs within its tolerance count as the same.
        world: gives an instance's simulator and scorer.
        baselines: further models, such as one of equal description length.
        seed: of the bootstrap over episodes.

    Returns:
        The model first, then the baselines, then the two trivial objectives: "1 if this is what
        the system does", which agrees by construction and costs an entry for every instance, and
        a constant, which permits everything.

    Raises:
        BadPair: there are no observations.
    """
    if not held_out:
        raise BadPair("no instances were held out; keep some that the model was not built on")
    tellers = [Baseline(model.objective.name, model.size, model.predict), *baselines]
    spaces = [outputs(seen.instance) for seen in held_out]
    actual = [_same(s.choice, space) for s, space in zip(held_out, spaces, strict=True)]
    scored = [
        _score(
            teller.name,
            teller.size,
            [
                _same(teller.predict(seen.instance, world(seen.instance)), space, truth)
                for seen, space, truth in zip(held_out, spaces, actual, strict=True)
            ],
            actual,
            spaces,
            held_out,
            seed,
            teller.note,
        )
        for teller in tellers
    ]
    return (*scored, *_trivial(held_out, actual, spaces, seed))


def _trivial(
    held_out: Sequence[Observation],
    actual: Sequence[Choice[Any]],
    spaces: Sequence[Outputs],
    seed: int,
) -> tuple[Faithfulness, Faithfulness]:
    copy = _score(
        "1 if this is what the system does",
        sum(len(choice.support) for choice in actual),
        [Choice.uniform(sorted(choice.support, key=repr)) for choice in actual],
        actual,
        spaces,
        held_out,
        seed,
        "fits any system; its size is that of the behaviour that it repeats",
    )
    constant = _score(
        "a constant",
        1,
        [None if space.items is None else Choice.uniform(space.items) for space in spaces],
        actual,
        spaces,
        held_out,
        seed,
        "fits any system; it permits every output",
    )
    return copy, constant


def _score(
    name: str,
    size: int,
    predicted: Sequence[Choice[Any] | None],
    actual: Sequence[Choice[Any]],
    spaces: Sequence[Outputs],
    held_out: Sequence[Observation],
    seed: int,
    note: str,
) -> Faithfulness:
    """Score predictions; None predicts all of an output space that is not listed."""
    shares, agreements, distances = [], [], []
    for guess, truth, space in zip(predicted, actual, spaces, strict=True):
        if guess is None:
            agreements.append(1.0)
            distances.append(1.0)
            shares.append(1.0)
            continue
        agreements.append(min(1.0, sum(truth[y] for y in sorted(guess.support, key=repr))))
        distances.append(min(1.0, guess.distance(truth)))
        shares.append(0.0 if space.items is None else len(guess.support) / len(space.items))
    ones = np.ones(len(held_out))
    episodes = np.unique([seen.episode for seen in held_out], return_inverse=True)[1]
    found = intervals(
        {
            "agreement": Ratio(np.array(agreements), ones, episodes),
            "distance": Ratio(np.array(distances), ones, episodes),
        },
        seed=seed,
    )
    agreement, distance = found["agreement"], found["distance"]
    assert agreement is not None
    assert distance is not None
    return Faithfulness(name, size, agreement, float(np.mean(shares)), distance, note)


def _same(choice: Choice[Any], space: Outputs, like: Choice[Any] | None = None) -> Choice[Any]:
    """Return the choice with outputs that count as the same, as those of `like`, put together."""
    if space.tolerance == 0.0:
        return choice
    weights: dict[Hashable, float] = {}
    for output, weight in choice.weights.items():
        here = same_within(output, space, [*({} if like is None else like.weights), *weights])
        weights[here] = weights.get(here, 0.0) + weight
    return Choice(weights)
