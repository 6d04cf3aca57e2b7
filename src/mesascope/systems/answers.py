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


def as_choice(answer: Any, instance: Instance, name: str) -> Choice[int]:
    """Return an answer as a distribution over the instance's moves.

    Args:
        answer: a cell, as any whole number; a mapping from cells to probabilities; or a `Choice`.
        instance: what was answered.
        name: who answered, for the error.

    Raises:
        IllegalOutput: the answer is none of these, or gives weight to a cell that is not empty.
    """
    if isinstance(answer, Choice):
        answer = answer.weights
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
