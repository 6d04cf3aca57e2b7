"""Decision processes of up to millions of states, in memory proportional to their transitions."""

from mesascope.processes.sparse.build import from_dense, from_matrix, from_successors
from mesascope.processes.sparse.evaluate import (
    Evaluation,
    Occupancy,
    evaluate,
    expected_return,
    occupancy,
)
from mesascope.processes.sparse.plan import Plan, plan
from mesascope.processes.sparse.process import SparseProcess
from mesascope.processes.sparse.reward import expected
from mesascope.processes.sparse.settle import TOLERANCE, NotSettled
from mesascope.processes.sparse.soft import Soft, soften

__all__ = [
    "TOLERANCE",
    "Evaluation",
    "NotSettled",
    "Occupancy",
    "Plan",
    "Soft",
    "SparseProcess",
    "evaluate",
    "expected",
    "expected_return",
    "from_dense",
    "from_matrix",
    "from_successors",
    "occupancy",
    "plan",
    "soften",
]
