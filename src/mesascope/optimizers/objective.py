"""Base objectives for programs: how they play, minus what is charged for length and run time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from mesascope.systems.programs.batch import Arena, BatchScorer, Scores

Aggregation = Literal["mean", "worst-case"]


@dataclass(frozen=True, eq=False)
class Assessment:
    """What a batch of programs is worth, each an (N,) array.

    Attributes:
        value: the base objective, charges included.
        behaviour: the part of it that depends on outputs.
        sizes: description lengths in nodes.
        evaluations: positions valued for a decision, mean over decisions, opponents and arenas.
        scores: what the batch earned.
    """

    value: np.ndarray
    behaviour: np.ndarray
    sizes: np.ndarray
    evaluations: np.ndarray
    scores: Scores


@dataclass(frozen=True, eq=False)
class ProgramObjective:
    """O_base(s) = aggregate of the results − λ·size(s) − μ·evaluations(s).

    Attributes:
        arenas: where programs play, and against whom.
        aggregation: `mean` over the columns (opponents in arenas) or `worst-case` over them.
        weights: of the columns, adding up to 1; None: arenas alike, and opponents within one.
            They weigh run time too; the worst case is over columns of positive weight.
        size_charge: λ, per node.
        evaluation_charge: μ, per position valued for a decision.
        name: for the report.
    """

    arenas: tuple[Arena, ...]
    aggregation: Aggregation = "mean"
    weights: tuple[float, ...] | None = None
    size_charge: float = 0.0
    evaluation_charge: float = 0.0
    name: str = "mean result"

    def __post_init__(self) -> None:
        total = float(self.column_weights.sum())
        if len(self.column_weights) != len(self.scorer.columns) or abs(total - 1.0) > 1e-9:
            raise ValueError(
                f"there are {len(self.scorer.columns)} columns (opponents in arenas); give as many "
                f"weights that add up to 1, not {len(self.column_weights)} that add up to {total:g}"
            )

    @cached_property
    def scorer(self) -> BatchScorer:
        """The scorer for these arenas."""
        return BatchScorer(self.arenas, run_time=True)

    @cached_property
    def column_weights(self) -> np.ndarray:
        """The weight of each column, (columns,)."""
        if self.weights is not None:
            return np.array(self.weights)
        return np.array(
            [1.0 / len(a.opponents) / len(self.arenas) for a in self.arenas for _ in a.opponents]
        )

    def assess(self, tokens: np.ndarray, lengths: np.ndarray) -> Assessment:
        """Score and charge a batch of programs."""
        scores = self.scorer.score(tokens, lengths)
        assert scores.evaluations is not None  # the scorer was built with run_time
        evaluations = _weigh(scores.evaluations, self.column_weights)
        if self.aggregation == "mean":
            behaviour = _weigh(scores.result, self.column_weights)
        else:
            behaviour = scores.result[:, self.column_weights > 0.0].min(axis=1)
        charges = self.size_charge * lengths + self.evaluation_charge * evaluations
        return Assessment(behaviour - charges, behaviour, lengths, evaluations, scores)


def _weigh(columns: np.ndarray, weights: Sequence[float] | np.ndarray) -> np.ndarray:
    """Add columns up one by one: a matrix product's rounding depends on the size of the batch."""
    total = np.zeros(len(columns))
    for column, weight in zip(columns.T, weights, strict=True):
        total += weight * column
    return total
