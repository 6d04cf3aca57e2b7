"""Arenas, objectives and whole searches that several tests share."""

import json
from typing import Any

from mesascope.core.optimizer import BaseOptimizer, Progress
from mesascope.optimizers.objective import ProgramObjective
from mesascope.systems.programs.batch import Arena
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.rules import STANDARD, Rules

# Unions of orbits on which minimax, playouts and reflexes part, and nobody has won at once.
DIVERSE = tuple(Rules(frozenset(o)) for o in ((0, 10, 13), (8, 12), (14, 15), (3, 5, 10)))


def arena(rules: Rules, *perfect: float) -> Arena:
    graph = game_graph(rules)
    return Arena(graph, tuple(replies(graph, Opponent(p)) for p in perfect))


def against(*perfect: float, **settings: Any) -> ProgramObjective:
    return ProgramObjective((arena(STANDARD, *perfect),), **settings)


def last(
    optimizer: BaseOptimizer, *, seed: int = 0, budget: int = 10**9, resume: Any = None
) -> Progress:
    *_, progress = optimizer.search(seed=seed, budget=budget, resume=resume)
    return progress


def through_json(state: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(state, allow_nan=False))
