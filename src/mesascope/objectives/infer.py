"""Inference from behaviour alone: which of some named objectives would explain what was done.

Every system has a behavioural objective, a bottle cap too. What comes out here is never reported
as a mesa-objective: it says what fits, what fits just as well, and whether anything fits.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from mesascope.core.choice import Choice, Number
from mesascope.core.errors import IllegalOutput
from mesascope.core.objective import BehaviouralObjective
from mesascope.core.system import Instance
from mesascope.core.task import Candidate, Outputs
from mesascope.core.world import World
from mesascope.objectives.errors import BadPair
from mesascope.objectives.observation import Observation
from mesascope.objectives.pair import settle
from mesascope.objectives.pullback import ROUNDING

NONE = "none of these"
_ROUNDING = 1e-9  # of a sum of probabilities
Prior = Literal["uniform", "description-length"]


@dataclass(frozen=True)
class Row:
    """How well one candidate explains the behaviour.

    Attributes:
        name, size: the candidate's; `none of these` has size 1, a constant.
        log_likelihood: in nats, at the fitted slip.
        slip: the fitted probability of choosing at random instead; 1 if it explains nothing.
        prior, posterior: over all rows.
        fit: mean share of the system's probability on the candidate's best outputs.
        breadth: mean share of the outputs that are best; 1 for what permits anything.
    """

    name: str
    size: int
    log_likelihood: float
    slip: float
    prior: float
    posterior: float
    fit: float
    breadth: float


@dataclass(frozen=True, eq=False)
class Inference:
    """What behaviour alone can say.

    Attributes:
        objective: the best candidate, as a behavioural objective.
        table: all candidates and `none of these`, the most probable first.
        unidentifiable: the names that these data cannot tell from the best, itself included.
        observations: how many.
    """

    objective: BehaviouralObjective
    table: tuple[Row, ...]
    unidentifiable: tuple[str, ...]
    observations: int


def infer(
    candidates: Sequence[Candidate],
    observations: Sequence[Observation],
    *,
    outputs: Callable[[Instance], Outputs],
    world: Callable[[Instance], World[Any, Any]],
    prior: Prior = "uniform",
    tolerance: float = 1e-6,
) -> Inference:
    """Rank named objectives by how well they explain what a system was seen to do.

    A candidate explains a choice as: uniform among its best outputs, but with probability ε, the
    slip, uniform among all. This depends on the candidate's argmax alone, and an argmax is all
    that a choice reveals of an objective without assuming a scale (as a softmax would). The
    log-likelihood of an instance is that of the system's own probabilities, Σ_y s(y) log p(y).
    It is concave in ε, which is fitted for each candidate; for that each pays ½ log n nats
    (Schwarz's criterion). `none of these` chooses uniformly, fits nothing and pays nothing.

    Args:
        candidates: named objectives over the outputs.
        observations: what the system did; finite outputs.
        outputs: gives Y_x; a task's own.
        world: gives an instance's simulator and scorer; a task's own.
        prior: `uniform`, or `description-length`, which halves with each unit of size.
        tolerance: differences of log-likelihood, in nats, that count as none.

    Raises:
        BadPair: there are no observations, or the outputs are not listed.
        IllegalOutput: a candidate or a choice names what is no output.
    """
    if not observations:
        raise BadPair("nothing was observed; run the system on some instances first")
    spaces = [_items(outputs(seen.instance), seen.choice) for seen in observations]
    count = np.array([len(items) for items in spaces], dtype=float)
    rows = [Row(NONE, 1, float(-np.log(count).sum()), 1.0, 0.0, 0.0, 1.0, 1.0)]
    for candidate in candidates:
        best = [
            _best(candidate, seen.instance, items, world(seen.instance))
            for seen, items in zip(observations, spaces, strict=True)
        ]
        mass = np.array(
            [sum(seen.choice[y] for y in top) for seen, top in zip(observations, best, strict=True)]
        )
        mass = np.where(mass > 1.0 - _ROUNDING, 1.0, mass)
        size = np.array([len(top) for top in best], dtype=float)
        slip = fit_slip(mass, size, count)
        likelihood = log_likelihood(slip, mass, size, count)
        fit, breadth = float(mass.mean()), float((size / count).mean())
        rows.append(Row(candidate.name, candidate.size, likelihood, slip, 0.0, 0.0, fit, breadth))
    table = _posterior(rows, prior, len(observations))
    winner = table[0]
    tied = [
        row.name
        for row in table
        if row is winner
        or (
            NONE not in (row.name, winner.name)
            and abs(row.log_likelihood - winner.log_likelihood) <= tolerance
        )
    ]
    chosen = next((c for c in candidates if c.name == winner.name), None)
    objective = BehaviouralObjective(winner.name, _values(chosen, outputs, world), winner.fit)
    return Inference(objective, table, tuple(tied), len(observations))


def log_likelihood(
    slip: float,
    mass: Float[np.ndarray, " n"],
    size: Float[np.ndarray, " n"],
    count: Float[np.ndarray, " n"],
) -> float:
    """Return Σ [m log((1-ε)/g + ε/k) + (1-m) log(ε/k)]; -inf if ε = 0 excludes what was seen.

    Args:
        slip: ε.
        mass: m, the system's probability on the candidate's best outputs.
        size: g, how many are best.
        count: k, how many there are.
    """
    inside = np.log((1.0 - slip) / size + slip / count)
    missed = 1.0 - mass
    if slip == 0.0:
        return float((mass * inside).sum()) if not missed.any() else -np.inf
    return float((mass * inside + missed * np.log(slip / count)).sum())


def fit_slip(
    mass: Float[np.ndarray, " n"], size: Float[np.ndarray, " n"], count: Float[np.ndarray, " n"]
) -> float:
    """Return the ε in [0, 1] of greatest likelihood, by bisection on its decreasing slope."""
    if not (1.0 - mass).any():
        return 0.0

    def slope(slip: float) -> float:
        inside = (1.0 / count - 1.0 / size) / ((1.0 - slip) / size + slip / count)
        return float((mass * inside + (1.0 - mass) / slip).sum())

    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)
    return high


def _posterior(rows: Sequence[Row], prior: Prior, observations: int) -> tuple[Row, ...]:
    halvings = [float(row.size) if prior == "description-length" else 0.0 for row in rows]
    weight = np.exp2(min(halvings) - np.array(halvings))
    weight /= weight.sum()
    price = np.array([0.0 if row.name == NONE else 0.5 * np.log(observations) for row in rows])
    score = np.array([row.log_likelihood for row in rows]) - price
    with np.errstate(divide="ignore"):
        score = score + np.log(weight)
    share = np.exp(score - score.max())
    share /= share.sum()
    told = [
        Row(r.name, r.size, r.log_likelihood, r.slip, float(w), float(p), r.fit, r.breadth)
        for r, w, p in zip(rows, weight, share, strict=True)
    ]
    # Among equals the shorter comes first, then the one named first.
    order = sorted(range(len(told)), key=lambda i: (-round(score[i], 9), told[i].size, i))
    return tuple(told[i] for i in order)


def _items(outputs: Outputs, choice: Choice[Any] | None = None) -> Sequence[Hashable]:
    if outputs.items is None:
        raise BadPair("behaviour is explained over listed outputs, and these are not; list them")
    foreign = [] if choice is None else [y for y in choice.support if y not in outputs.items]
    if foreign:
        raise IllegalOutput(
            f"the system chose {foreign[0]!r}, which is none of the outputs {list(outputs.items)}; "
            "let it answer with one of them"
        )
    return outputs.items


def _best(
    candidate: Candidate, instance: Instance, items: Sequence[Hashable], world: World[Any, Any]
) -> list[Hashable]:
    values = candidate.values(instance, world)
    foreign = [y for y in values if y not in items]
    if foreign or not values:
        given = repr(foreign[0]) if foreign else "nothing"
        raise IllegalOutput(
            f"candidate {candidate.name!r} values {given} on {instance!r}; it has to value some of "
            f"the outputs {list(items)}"
        )
    settled = settle(list(values.values()), ROUNDING)
    return [y for y, value in zip(values, settled, strict=True) if value == settled.max()]


def _values(
    candidate: Candidate | None,
    outputs: Callable[[Instance], Outputs],
    world: Callable[[Instance], World[Any, Any]],
) -> Callable[[Instance], Mapping[Hashable, Number]]:
    if candidate is None:
        return lambda instance: dict.fromkeys(_items(outputs(instance)), 0.0)
    return lambda instance: candidate.values(instance, world(instance))
