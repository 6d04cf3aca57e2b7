"""Rewards compared: distances, what they promise, and what it really costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.rewards.bound import regret_bound, why_no_bound
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import DEFAULT, Metric, metric
from mesascope.objectives.rewards.regret import Regret, regret, returns_differ, worst_regret
from mesascope.objectives.rewards.table import distances, sizes_of, stacked
from mesascope.processes import Process, expected

_WORK = 4e9  # operations of one round of supporting lines, beyond which they are left out


@dataclass(frozen=True, eq=False)
class Comparison:
    """Every distance, bound and regret between some rewards on a process.

    Attributes:
        names: of the rewards, in the order of rows and columns.
        metrics: what was measured.
        distances: by metric, from each reward (row) to each (column).
        bounds: by metric, an upper bound on `worst`, in its units; None where there is none.
        no_bound: by metric, why there is none.
        regret: of optimising the column where the row is meant.
        worst: the most that any improvement by the column can cost the row; None where it would
            have taken too long.
        notes: what a reader should know of this process and coverage, in sentences.
    """

    names: tuple[str, ...]
    metrics: tuple[Metric, ...]
    distances: Mapping[str, Float[np.ndarray, "k k"]]
    bounds: Mapping[str, Float[np.ndarray, "k k"] | None]
    no_bound: Mapping[str, str]
    regret: Regret
    worst: Float[np.ndarray, "k k"] | None
    notes: tuple[str, ...]


def compare_rewards(
    process: Process,
    rewards: Mapping[str, Any],
    *,
    metrics: Sequence[str] | None = None,
    coverage: Any = None,
) -> Comparison:
    """Return the distances between rewards, the regret they bound, and the true regret.

    Args:
        process: where; regrets are from its initial distribution.
        rewards: by name, of shape (S,), (S, A) or (S, A, S).
        metrics: names as in `metric`; the usual six unless given, less those that the coverage
            leaves undefined, which are noted.
        coverage: D[s, a, s']; uniform over what is not terminal unless given.

    Raises:
        BadArray: an array does not fit the process.
        UnknownName: there is no such metric.
        BadRequest: there are no rewards, or a metric that was asked for does not exist under
            this coverage.
    """
    asked = [metric(name) for name in (metrics or DEFAULT)]
    over = Coverage.of(process, coverage)
    stack = stacked(process, rewards)
    gains = np.stack([expected(process, reward, name) for name, reward in rewards.items()])
    size = sizes_of(stack)
    scaled, unit = stack / size, gains / size[..., 0]  # regret and bound know no scale
    true = regret(process, unit)
    spread = true.highest - true.lowest
    spread = np.where(returns_differ(spread, unit), spread, 0.0)
    chosen, tables, bounds, reasons = [], {}, {}, {}
    notes = _notes(over, tuple(rewards), spread)
    for one in asked:
        try:
            tables[one.name] = distances(over, stack, one)
        except BadRequest as error:
            if metrics:
                raise
            notes.append(f"Left out: {error}.")
            continue
        chosen.append(one)
        bounds[one.name] = regret_bound(over, scaled, tables[one.name], spread, one)
        reason = why_no_bound(over, one)
        if reason:
            reasons[one.name] = reason
    work = float(len(rewards)) ** 2 * process.states**3
    return Comparison(
        names=tuple(rewards),
        metrics=tuple(chosen),
        distances=tables,
        bounds=bounds,
        no_bound=reasons,
        regret=replace(
            true, lowest=true.lowest * size.ravel(), highest=true.highest * size.ravel()
        ),
        worst=worst_regret(process, unit) if work <= _WORK else None,
        notes=tuple(notes),
    )


def _notes(coverage: Coverage, names: tuple[str, ...], spread: np.ndarray) -> list[str]:
    process = coverage.process
    notes = []
    unreachable = ~process.reachable
    if unreachable.any():
        first = int(unreachable.argmax())
        notes.append(
            f"{int(unreachable.sum())} of {process.states} states cannot be reached from where "
            f"episodes start (state {first}, for one). Distances count them all the same; regret "
            "does not. Give a coverage that is 0 there to leave them out."
        )
    possible = (process.transition > 0.0).sum() / (
        (~process.terminal).sum() * process.actions * process.states
    )
    if not coverage.given and possible < 1.0:
        notes.append(
            f"The coverage is uniform over (s, a, s'), and {1 - possible:.0%} of it lies on "
            "transitions that cannot happen. EPIC, DARD, VALPotential and NPEC depend on rewards "
            "there; VAL and Minimal do not."
        )
    if coverage.given and coverage.missed:
        notes.append(
            f"The coverage is 0 on {coverage.missed:.0%} of the transitions that can happen: "
            "rewards may differ there at no distance."
        )
    if process.episodic:
        notes.append(
            "Episodes end, so adding a constant to a reward changes what it asks for; EPIC and "
            "Pearson distances do not see it. DARD reads rewards out of terminal states as given."
        )
    for name, size in zip(names, spread, strict=True):
        if size == 0.0:
            notes.append(
                f"Under {name} every policy has the same return: its regret is 0 by convention, "
                "and it is as far from any other reward as the zero reward is."
            )
    return notes
