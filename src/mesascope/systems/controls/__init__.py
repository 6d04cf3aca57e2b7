"""Systems whose inside is known by construction: what a detector must tell apart."""

from mesascope.systems.controls.disguises import Decoy, FakedTrace, OpaqueDecoy, OpaqueMinimax
from mesascope.systems.controls.reflexes import (
    Constant,
    FeedbackController,
    GreedyHeuristic,
    RandomPlayer,
)
from mesascope.systems.controls.searchers import (
    DepthLimitedMinimax,
    EpsilonMinimax,
    HardCodedMinimax,
    NarrowMinimax,
)
from mesascope.systems.controls.tables import LookupTable

__all__ = [
    "Constant",
    "Decoy",
    "DepthLimitedMinimax",
    "EpsilonMinimax",
    "FakedTrace",
    "FeedbackController",
    "GreedyHeuristic",
    "HardCodedMinimax",
    "LookupTable",
    "NarrowMinimax",
    "OpaqueDecoy",
    "OpaqueMinimax",
    "RandomPlayer",
]
