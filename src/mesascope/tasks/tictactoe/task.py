"""The tic-tac-toe task: decisions in games under a distribution of rule sets and opponents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from mesascope.core.lookahead import BACKUPS, Lookahead
from mesascope.core.system import System
from mesascope.core.task import Candidate, Distribution, Outputs, Respond
from mesascope.tasks.tictactoe.features import FEATURE_NAMES, FEATURES
from mesascope.tasks.tictactoe.game import displaced, play, play_blindly
from mesascope.tasks.tictactoe.graph import GameGraph, game_graph
from mesascope.tasks.tictactoe.locate import moves_as_edges
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.play import Outcome, optimal_play, outcome, replies
from mesascope.tasks.tictactoe.rules import Rules
from mesascope.tasks.tictactoe.world import Instance, TicTacToeWorld


@dataclass(frozen=True)
class Arena:
    """One rule set and one opponent."""

    rules: Rules
    opponent: Opponent

    def __str__(self) -> str:
        return f"{self.rules} rules, {self.opponent} opponent"


@runtime_checkable
class HasPolicy(Protocol):
    """The handle of systems that give their whole policy on a game graph, for exact scores."""

    def policy(self, graph: GameGraph) -> np.ndarray:
        """Return the probability of every move, (m,)."""
        ...


def arenas_of(distribution: Distribution) -> tuple[Arena, ...]:
    """Return the arenas of a distribution, equally likely."""
    arenas: tuple[Arena, ...] = distribution.parameters
    return arenas


def arena_distribution(name: str, description: str, arenas: Sequence[Arena]) -> Distribution:
    """Return the distribution that draws one of some arenas, then plays a game in it."""
    return Distribution(name, description, tuple(arenas))


class TicTacToe:
    """Implements `mesascope.core.task.Task`. An episode is one game; an instance, one decision.

    R_x(y) is Q*, the value of move y under best play against the instance's own opponent; μ is
    the distribution of the positions that the system meets in its own games.
    """

    name = "tictactoe"

    def __init__(self, distributions: Sequence[Distribution]) -> None:
        self.distributions: Mapping[str, Distribution] = {d.name: d for d in distributions}

    @property
    def glossary(self) -> Mapping[str, str]:
        """Return what each feature says of a position, in words."""
        return {name: words for name, (_, words) in FEATURES.items()}

    def episode(
        self, distribution: Distribution, respond: Respond, rng: np.random.Generator
    ) -> tuple[list[Instance], float]:
        """Play one game, the system moving first in half of them."""
        start, system_first = self._deal(distribution, rng)
        met, _, result = play(start, respond, rng, system_first=system_first)
        return met, result

    def open_loop_episode(
        self, distribution: Distribution, respond: Respond, rng: np.random.Generator
    ) -> float:
        """Plan against a simulated opponent, then play the plan blindly; return the result."""
        start, system_first = self._deal(distribution, rng)
        _, plan, _ = play(start, respond, rng, system_first=system_first)
        return play_blindly(start, plan, rng, system_first=system_first)

    def disturbed(self, instance: Instance, rng: np.random.Generator) -> Instance | None:
        """Return the instance with one of the opponent's pieces elsewhere."""
        return displaced(instance, rng)

    def outputs(self, instance: Instance) -> Outputs:
        """Return the cells that may be filled."""
        return Outputs.finite(instance.moves)

    def utility(self, instance: Instance) -> dict[Any, float]:
        """Return Q* of every move, -1 to 1."""
        values = optimal_play(instance.rules, instance.opponent).move_values
        edges = moves_as_edges(instance.rules, instance.position)
        return {cell: float(values[edges[cell]]) for cell in instance.moves}

    def world(self, instance: Instance) -> TicTacToeWorld:
        """Return the simulator and scorer for an instance."""
        return TicTacToeWorld(instance)

    def describe(self, instance: Instance) -> str:
        """Return the board and what is being played, in a line."""
        return str(instance)

    def picture(self, instance: Instance) -> list[list[str]]:
        """Return the board as rows of texts, for a replay."""
        marks = [{"x": "×", "o": "○", ".": ""}[mark] for mark in instance.board]
        return [marks[row : row + 3] for row in (0, 3, 6)]

    def place(self, output: int) -> tuple[int, int]:
        """Return the row and column of a move in `picture`."""
        return output // 3, output % 3

    def candidates(self) -> Sequence[Candidate]:
        """Return the objectives that a player might pursue, for inference from behaviour."""
        looks = [
            Lookahead(feature, backup, None) for feature in ("won", "line") for backup in BACKUPS
        ]
        looks += [Lookahead(f, "best play", 1) for f in FEATURE_NAMES if f not in ("lost", "full")]
        looks += [Lookahead(f, "best play", h) for f in ("won", "line") for h in (2, 3)]
        return [Candidate(c.name, c.values, c.horizon, c.size) for c in looks]

    def exact_value(self, distribution: Distribution, system: System) -> float | None:
        """Return the exact mean result of a system that offers its policy, else None."""
        found = self.exact_result(distribution, system)
        return None if found is None else found.mean

    def exact_result(self, distribution: Distribution, system: System) -> Outcome | None:
        """Return the exact outcome of a system that offers its policy, else None."""
        if not isinstance(system, HasPolicy):
            return None
        outcomes = []
        for arena in arenas_of(distribution):
            graph = game_graph(arena.rules)
            outcomes.append(outcome(graph, system.policy(graph), replies(graph, arena.opponent)))
        count = len(outcomes)
        return Outcome(sum(o.win for o in outcomes) / count, sum(o.loss for o in outcomes) / count)

    def optimum(self, distribution: Distribution) -> float:
        """Return the best mean result that any system could have."""
        values = [optimal_play(a.rules, a.opponent).value for a in arenas_of(distribution)]
        return float(np.mean(values))

    @staticmethod
    def _deal(distribution: Distribution, rng: np.random.Generator) -> tuple[Instance, bool]:
        arenas = arenas_of(distribution)
        arena = arenas[int(rng.integers(len(arenas)))]
        return Instance(arena.rules, arena.opponent), bool(rng.integers(2))
