"""Exact play on a game graph: minimax values, replies, optimal action values, visits, results.

Everything here is one backward or forward sweep over the plies, vectorised within each. A policy
or an opponent is an array of move probabilities, shape (m,), that sums to 1 over the moves of
every position where the game goes on. The system moves first in half the games.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mesascope.tasks.tictactoe.graph import PLIES, GameGraph, game_graph
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.rules import Rules


@dataclass(frozen=True)
class _Ply:
    """The live positions of a ply and their moves: `offsets` says where each one's moves begin."""

    live: np.ndarray
    moves: slice
    offsets: np.ndarray
    owner: np.ndarray


@lru_cache(maxsize=512)
def _plies(graph: GameGraph) -> tuple[_Ply, ...]:
    plies = []
    for k in range(PLIES):
        positions = np.arange(graph.ply_start[k], graph.ply_start[k + 1])
        live = positions[~graph.terminal[positions]]
        moves = slice(
            int(graph.edge_start[graph.ply_start[k]]), int(graph.edge_start[graph.ply_start[k + 1]])
        )
        offsets = graph.edge_start[live] - moves.start
        owner = np.repeat(live, graph.edge_start[live + 1] - graph.edge_start[live])
        plies.append(_Ply(live, moves, offsets, owner))
    return tuple(plies)


def _backward(graph: GameGraph) -> Iterator[_Ply]:
    return (ply for ply in reversed(_plies(graph)) if len(ply.live))


@lru_cache(maxsize=512)
def minimax_values(graph: GameGraph) -> np.ndarray:
    """Return the value of every position for the side to move, both sides perfect; (n,) int8."""
    values = -graph.result
    for ply in _backward(graph):
        values[ply.live] = np.maximum.reduceat(-values[graph.child[ply.moves]], ply.offsets)
    return values


def uniform_policy(graph: GameGraph) -> np.ndarray:
    """Return the policy that makes every legal move alike, (m,)."""
    return normalised(graph, np.ones(len(graph.child)))


def normalised(graph: GameGraph, weights: np.ndarray) -> np.ndarray:
    """Scale non-negative weights of the moves to probabilities at every position, (m,)."""
    policy = np.empty(len(graph.child))
    for ply in _backward(graph):
        totals = np.zeros(len(graph))
        totals[ply.live] = np.add.reduceat(weights[ply.moves], ply.offsets, dtype=float)
        policy[ply.moves] = weights[ply.moves] / totals[ply.owner]
    return policy


def greedy_policy(graph: GameGraph, move_values: np.ndarray) -> np.ndarray:
    """Return the policy uniform over each position's moves of highest value, (m,)."""
    chosen = np.zeros(len(graph.child))
    for ply in _backward(graph):
        best = np.zeros(len(graph))
        best[ply.live] = np.maximum.reduceat(move_values[ply.moves], ply.offsets)
        chosen[ply.moves] = move_values[ply.moves] == best[ply.owner]
    return normalised(graph, chosen)


@lru_cache(maxsize=512)
def replies(graph: GameGraph, opponent: Opponent) -> np.ndarray:
    """Return an opponent's probability of each move, (m,)."""
    perfect = greedy_policy(graph, -minimax_values(graph)[graph.child])
    return opponent.perfect * perfect + (1.0 - opponent.perfect) * uniform_policy(graph)


@dataclass(frozen=True)
class Outcome:
    """How a policy fares: probabilities of winning and losing, and their difference."""

    win: float
    loss: float

    @property
    def draw(self) -> float:
        return 1.0 - self.win - self.loss

    @property
    def mean(self) -> float:
        return self.win - self.loss


def outcome(graph: GameGraph, policy: np.ndarray, opponent: np.ndarray) -> Outcome:
    """Return the exact result of a policy against an opponent, moving first in half the games."""
    wins = _expected(
        graph, policy, opponent, np.maximum(graph.result, 0), -np.minimum(graph.result, 0)
    )
    losses = _expected(
        graph, policy, opponent, -np.minimum(graph.result, 0), np.maximum(graph.result, 0)
    )
    return Outcome(wins, losses)


def _expected(
    graph: GameGraph,
    policy: np.ndarray,
    opponent: np.ndarray,
    after_own: np.ndarray,
    after_theirs: np.ndarray,
) -> float:
    """Expected payoff, given what the end of the game pays after either side's move."""
    to_move, waiting = after_theirs.astype(float), after_own.astype(float)
    for ply in _backward(graph):
        children = graph.child[ply.moves]
        to_move[ply.live] = np.add.reduceat(policy[ply.moves] * waiting[children], ply.offsets)
        waiting[ply.live] = np.add.reduceat(opponent[ply.moves] * to_move[children], ply.offsets)
    return 0.5 * float(to_move[0] + waiting[0])


@dataclass(frozen=True)
class OptimalPlay:
    """The best response to an opponent.

    Attributes:
        value: the optimum of the mean result, moving first in half the games.
        move_values: Q*, the value of every move for the system that makes it, (m,).
    """

    value: float
    move_values: np.ndarray


@lru_cache(maxsize=512)
def optimal_play(rules: Rules, opponent: Opponent) -> OptimalPlay:
    """Solve the decision process that an opponent makes of the game, on the canonical graph."""
    graph = game_graph(rules)
    reply = replies(graph, opponent)
    to_move, waiting = -graph.result.astype(float), graph.result.astype(float)
    move_values = np.empty(len(graph.child))
    for ply in _backward(graph):
        children = graph.child[ply.moves]
        move_values[ply.moves] = waiting[children]
        to_move[ply.live] = np.maximum.reduceat(waiting[children], ply.offsets)
        waiting[ply.live] = np.add.reduceat(reply[ply.moves] * to_move[children], ply.offsets)
    return OptimalPlay(0.5 * float(to_move[0] + waiting[0]), move_values)


def visits(graph: GameGraph, policy: np.ndarray, opponent: np.ndarray) -> np.ndarray:
    """Return how often a game puts each position before the system, in expectation, (n,)."""
    system_to_move, system_waits = np.zeros(len(graph)), np.zeros(len(graph))
    system_to_move[0] = system_waits[0] = 0.5
    for ply in _plies(graph):
        if not len(ply.live):
            continue
        children = graph.child[ply.moves]
        np.add.at(system_waits, children, policy[ply.moves] * system_to_move[ply.owner])
        np.add.at(system_to_move, children, opponent[ply.moves] * system_waits[ply.owner])
    system_to_move[graph.terminal] = 0.0
    return system_to_move
