"""Comparing rewards on a process of one's own: the distances, what they promise, what they cost."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mesascope.auditing.record import figure, sure_figure
from mesascope.core.errors import BadRequest
from mesascope.objectives.rewards.calibration import Prediction, calibrate
from mesascope.objectives.rewards.comparison import Comparison, compare_rewards
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.rollouts import dard_form, val_form
from mesascope.objectives.rewards.sampled import (
    PearsonDistance,
    Sampled,
    UnitDistance,
    epic_form,
    sampled_distance,
)
from mesascope.objectives.rewards.table import stacked
from mesascope.objectives.rewards.tabular_draws import TabularSimulator, draws_from, table_reward
from mesascope.processes import Process
from mesascope.processes.files import DISCOUNT, read
from mesascope.processes.toy_text import from_gymnasium
from mesascope.records.comparison import ComparisonRecord, MetricRecord, PredictionRecord, Table
from mesascope.records.figures import Figure

_LARGEST = 4e5  # transitions of a process on which pairs for the calibration are drawn


def compare(
    process: Any,
    rewards: Mapping[str, Any] | None = None,
    *,
    metrics: Sequence[str] | None = None,
    discount: float | None = None,
    coverage: Any = None,
    initial: Any = None,
    terminal: Any = None,
    samples: int = 0,
    pairs: int = 64,
    seed: int = 0,
    source: str = "arrays",
) -> ComparisonRecord:
    """Compare rewards on a finite decision process.

    Args:
        process: a `Process`; a transition array (S, A, S); or a Gymnasium environment that has a
            table, such as those of `toy_text`, or its id. An environment's own reward is compared
            too, as `environment`.
        rewards: by name, of shape (S,), (S, A) or (S, A, S).
        metrics: `epic`, `dard`, `starc-val`, `starc-valpotential`, `starc-minimal`, `npec`, `none`,
            or one with norms, such as `starc-val-1-inf`; the first six unless given.
        discount: γ; .99 unless given, or that of the `Process`.
        coverage: D, (S, A, S); uniform unless given.
        initial, terminal: as in `Process.of`, where `process` is an array.
        samples: estimate EPIC, DARD and VAL from so many transitions, with intervals and a noise
            floor, instead of exactly.
        pairs: random pairs of rewards for the calibration on this process; 0 leaves it out.
        seed: of all that is drawn.
        source: what to call the process in the record.

    Raises:
        BadArray: an array is malformed; the message names it, the index and the value.
        BadRequest: there is nothing to compare, or a metric does not exist here.
        NoTermination: nothing is discounted, and some policy never ends.
        UnknownName: there is no such metric or environment.
    """
    if samples == 1:
        raise BadRequest("samples is 1; 0, for exact distances, or at least 2 are expected")
    where, named = _process(process, rewards, discount, initial, terminal)
    found = compare_rewards(where, named, metrics=metrics, coverage=coverage)
    over = Coverage.of(where, coverage)
    sampled = _sampled(over, named, found, samples, seed) if samples else {}
    notes = list(found.notes)
    if pairs and where.transition.size > _LARGEST:
        notes.append(
            f"The calibration was left out: the process has {where.transition.size:,} entries, "
            f"and pairs of rewards are drawn on processes of up to {_LARGEST:,.0f}."
        )
        pairs = 0
    told = [m for m in found.metrics if m.name not in sampled] if samples else found.metrics
    predictions = calibrate(over, told, segments=pairs, seed=seed) if pairs and told else {}
    return _record(where, found, sampled, predictions, notes, (samples, pairs, seed), source)


def compare_file(path: Path, *, discount: float | None = None, **options: Any) -> ComparisonRecord:
    """Compare the rewards in a `.npz` file; see `mesascope.processes.files.read` and `compare`.

    Raises:
        BadFile: the file cannot be read.
        BadArray, BadRequest, NoTermination, UnknownName: as `compare`.
    """
    bundle = read(path, discount)
    if not bundle.rewards:
        raise BadRequest(f"{path} holds no rewards; save each as an array reward_NAME")
    return compare(
        bundle.process, bundle.rewards, coverage=bundle.coverage, source=path.name, **options
    )


def _process(
    given: Any,
    rewards: Mapping[str, Any] | None,
    discount: float | None,
    initial: Any,
    terminal: Any,
) -> tuple[Process, dict[str, Any]]:
    if isinstance(given, Process):
        return (given if discount is None else given.at(discount)), dict(rewards or {})
    gamma = DISCOUNT if discount is None else discount
    if isinstance(given, str) or hasattr(given, "unwrapped"):
        tabular = from_gymnasium(given, gamma)
        return tabular.process, {"environment": tabular.reward, **(rewards or {})}
    process = Process.of(given, gamma, initial=initial, terminal=terminal)
    return process, dict(rewards or {})


def _sampled(
    over: Coverage, rewards: Mapping[str, Any], found: Comparison, samples: int, seed: int
) -> dict[str, Sampled]:
    simulator = TabularSimulator(over)
    ways = {
        "epic": (epic_form, PearsonDistance),
        "dard": (dard_form(simulator), UnitDistance),
        "starc-val": (val_form(simulator), UnitDistance),
    }
    tables = dict(zip(rewards, stacked(over.process, rewards), strict=True))
    functions = {name: table_reward(table) for name, table in tables.items()}
    draw, gamma = draws_from(over, samples), over.process.discount
    return {
        m.name: sampled_distance(functions, draw, gamma, way=ways[m.name], seed=seed)
        for m in found.metrics
        if m.name in ways
    }


def _record(
    process: Process,
    found: Comparison,
    sampled: Mapping[str, Sampled],
    predictions: Mapping[str, Prediction],
    notes: list[str],
    settings: tuple[int, int, int],
    source: str,
) -> ComparisonRecord:
    names = found.names

    def table(values: np.ndarray) -> Table:
        rows = (dict(zip(names, row, strict=True)) for row in values.tolist())
        return dict(zip(names, rows, strict=True))

    def drawn(one: Sampled) -> dict[str, dict[str, Figure]]:
        return {
            a: {b: sure_figure(i) for b in names if (i := one.distances[a, b]) is not None}
            for a in names
        }

    inside = {name: drawn(one) for name, one in sampled.items()}
    distances = {m.name: table(found.distances[m.name]) for m in found.metrics}
    for name, rows in inside.items():
        distances[name] = {a: {b: f.estimate for b, f in row.items()} for a, row in rows.items()}
    return ComparisonRecord(
        source=source,
        states=process.states,
        actions=process.actions,
        discount=process.discount,
        rewards=list(names),
        metrics=[
            MetricRecord(
                name=m.name, measure=m.measure, sound=m.sound, no_bound=found.no_bound.get(m.name)
            )
            for m in found.metrics
        ],
        distances=distances,
        intervals=inside,
        noise_floor={
            name: {a: {b: one.noise_floor[a, b] for b in names} for a in names}
            for name, one in sampled.items()
        },
        bounds={name: table(bound) for name, bound in found.bounds.items() if bound is not None},
        regret=table(found.regret.uniform),
        regret_ties={"for": table(found.regret.best), "against": table(found.regret.worst)},
        worst_regret=None if found.worst is None else table(found.worst),
        calibration={name: _prediction(one) for name, one in predictions.items()},
        calibration_pairs=settings[1],
        samples=settings[0],
        seed=settings[2],
        notes=notes,
    )


def _prediction(found: Prediction) -> PredictionRecord:
    rows = [(b.upto, b.median, b.high, b.pairs) for b in found.bands]
    return PredictionRecord(correlation=figure(found.correlation), bands=rows)
