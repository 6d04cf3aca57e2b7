"""Instances to ask systems about."""

from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import Rules
from mesascope.tasks.tictactoe.world import Instance, Position


def decisions(rules: Rules, every: int = 1, *, most: int = 9) -> list[Instance]:
    """Every so many of the reachable positions of a rule set where there is a move to make.

    Args:
        rules: the rule set.
        every: take one in so many.
        most: leave out positions with more moves than this, where search takes long.
    """
    graph = game_graph(rules, canonical=False)
    pairs = zip(graph.own.tolist(), graph.other.tolist(), strict=True)
    instances = [Instance(rules, RANDOM, Position(*pair)) for pair in pairs]
    return [i for i in instances if 0 < len(i.moves) <= most][::every]
