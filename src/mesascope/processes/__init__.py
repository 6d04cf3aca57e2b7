"""Finite decision processes: their arrays, checked, and the solvers that everything else shares."""

from mesascope.processes.errors import BadArray, NoTermination
from mesascope.processes.process import Process
from mesascope.processes.reward import expected, full, shaped

__all__ = ["BadArray", "NoTermination", "Process", "expected", "full", "shaped"]
