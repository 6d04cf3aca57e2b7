"""Reading what somebody's own function answered: one cell, or cells with probabilities."""

import math
import operator
import reprlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput
from mesascope.tasks.tictactoe.world import Instance

_SUM_TOLERANCE = 1e-6  # as in Choice: the rounding of single precision passes
_EXPECTED = "return one empty cell, or a dict from empty cells to probabilities that add up to 1"


def as_choice(answer: Any, instance: Any, name: str) -> Choice[Any]:
    """Return an answer as a distribution over the instance's outputs.

    Args:
        answer: one output; a mapping from outputs to probabilities; or a `Choice`. On a board the
            outputs are its empty cells, as any whole number.
        instance: what was answered.
        name: who answered, for the error.

    Raises:
        IllegalOutput: the answer is none of these, or gives weight to a cell that is not empty.
            Of instances other than boards the caller checks the outputs against the task's own.
    """
    if isinstance(answer, Choice):
        answer = answer.weights
    if not isinstance(instance, Instance):
        return _as_given(answer, instance, name)
    try:
        weights = _weights(answer)
        illegal = [cell for cell in weights if cell not in instance.moves]
        if illegal:
            raise ValueError(f"cell {illegal[0]} is not empty or not on the board")
    except ValueError as error:
        raise IllegalOutput(
            f"{name!r} answered {reprlib.repr(answer)} on {instance}: {error}; {_EXPECTED}. "
            f"Empty here are {instance.moves}, numbered 0 to 8 in reading order"
        ) from None
    return Choice(weights)


def _as_given(answer: Any, instance: Any, name: str) -> Choice[Any]:
    """Return an answer of which only the task knows whether it is an output."""
    try:
        if not isinstance(answer, Mapping):
            return Choice({answer: 1.0})
        return Choice({output: _probability(weight) for output, weight in answer.items()})
    except (TypeError, ValueError) as error:
        raise IllegalOutput(
            f"{name!r} answered {reprlib.repr(answer)} on {instance}: {error}; return one output "
            "of the task, or a dict from outputs to probabilities that add up to 1"
        ) from None


def _weights(answer: Any) -> dict[int, float]:
    """Return the cells that have weight, or raise ValueError saying what is wrong."""
    if not isinstance(answer, Mapping):
        return {_cell(answer): 1.0}
    weights = {_cell(cell): _probability(weight) for cell, weight in answer.items()}
    total = math.fsum(weights.values())
    if abs(total - 1.0) > _SUM_TOLERANCE:
        raise ValueError(f"its probabilities add up to {total:g}")
    return {cell: weight for cell, weight in weights.items() if weight > 0.0}


def _cell(value: Any) -> int:
    if isinstance(value, bool | np.bool_):
        raise ValueError("a truth value is no cell")
    try:
        return operator.index(value)
    except Exception:
        raise ValueError(f"{reprlib.repr(value)} is no whole number") from None


def _probability(value: Any) -> float:
    try:
        probability = math.nan if isinstance(value, bool | np.bool_ | str) else float(value)
    except Exception:
        probability = math.nan
    if not 0.0 <= probability <= 1.0 + _SUM_TOLERANCE:
        raise ValueError(f"{reprlib.repr(value)} is no probability")
    return probability
