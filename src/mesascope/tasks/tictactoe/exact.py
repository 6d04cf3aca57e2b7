"""Exact results as fractions: the plain recursion, for figures that are to be quoted."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mesascope.tasks.tictactoe.graph import GameGraph
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.play import greedy_policy, minimax_values


@dataclass(frozen=True)
class ExactOutcome:
    """Probabilities of winning, drawing and losing, moving first in half the games."""

    win: Fraction
    loss: Fraction

    @property
    def draw(self) -> Fraction:
        return 1 - self.win - self.loss

    @property
    def mean(self) -> Fraction:
        return self.win - self.loss


def exact_outcome(graph: GameGraph, policy: np.ndarray, opponent: Opponent) -> ExactOutcome:
    """Return the result of a policy that is uniform over the moves it gives weight.

    Args:
        graph: the canonical graph of a rule set.
        policy: probabilities of the moves, (m,); only which are above 0 matters.
        opponent: the mixture; its probability is taken as the decimal that it prints as.
    """
    perfect = greedy_policy(graph, -minimax_values(graph)[graph.child]) > 0
    strength = Fraction(repr(opponent.perfect))
    chosen = policy > 0
    to_move: list[tuple[Fraction, Fraction]] = [(Fraction(0), Fraction(0))] * len(graph)
    waiting = list(to_move)
    for position in range(len(graph) - 1, -1, -1):
        first, last = int(graph.edge_start[position]), int(graph.edge_start[position + 1])
        if first == last:
            result = int(graph.result[position])
            won, lost = Fraction(result > 0), Fraction(result < 0)
            waiting[position], to_move[position] = (won, lost), (lost, won)
            continue
        edges = range(first, last)
        own = [waiting[graph.child[e]] for e in edges if chosen[e]]
        theirs = [to_move[graph.child[e]] for e in edges]
        best = [to_move[graph.child[e]] for e in edges if perfect[e]]
        to_move[position] = _mean(own)
        random_reply, perfect_reply = _mean(theirs), _mean(best)
        waiting[position] = (
            strength * perfect_reply[0] + (1 - strength) * random_reply[0],
            strength * perfect_reply[1] + (1 - strength) * random_reply[1],
        )
    return ExactOutcome(
        win=(to_move[0][0] + waiting[0][0]) / 2, loss=(to_move[0][1] + waiting[0][1]) / 2
    )


def _mean(outcomes: list[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    count = len(outcomes)
    return sum((o[0] for o in outcomes), Fraction(0)) / count, sum(
        (o[1] for o in outcomes), Fraction(0)
    ) / count
