"""Instances to ask systems about."""

from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import RANDOM
from mesascope.tasks.tictactoe.rules import Rules
from mesascope.tasks.tictactoe.world import Instance, Position


def decisions(rules: Rules, every: int = 1) -> list[Instance]:
    """Every so many of the reachable positions of a rule set where there is a move to make."""
    graph = game_graph(rules, canonical=False)
    pairs = zip(graph.own.tolist(), graph.other.tolist(), strict=True)
    instances = [Instance(rules, RANDOM, Position(*pair)) for pair in pairs]
    return [instance for instance in instances if instance.moves][::every]
