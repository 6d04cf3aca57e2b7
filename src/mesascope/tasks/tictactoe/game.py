"""Playing games: with feedback, and blindly by a plan made against a simulated opponent."""

from collections.abc import Mapping

import numpy as np

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput
from mesascope.core.task import Respond
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.locate import moves_as_edges
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.world import EMPTY, Instance, Position, TicTacToeWorld


def play(
    start: Instance, respond: Respond, rng: np.random.Generator, *, system_first: bool
) -> tuple[list[Instance], list[int], float]:
    """Play one game from the empty board.

    Returns:
        The decisions that the system met, the cells it filled, and its result.
    """
    reply = replies(game_graph(start.rules), start.opponent)
    position, system_moves = EMPTY, system_first
    met: list[Instance] = []
    filled: list[int] = []
    while True:
        instance = Instance(start.rules, start.opponent, position)
        if not instance.moves:
            won = TicTacToeWorld(instance).score(position, "won")
            return met, filled, float(-won if system_moves else won)
        if system_moves:
            met.append(instance)
            weights = legal_weights(instance, respond(instance).weights)
        else:
            edges = moves_as_edges(start.rules, position)
            weights = np.array([reply[edges[cell]] for cell in instance.moves])
        cell = instance.moves[_draw(weights, rng)]
        if system_moves:
            filled.append(cell)
        position = position.after(cell)
        system_moves = not system_moves


def play_blindly(
    start: Instance, plan: list[int], rng: np.random.Generator, *, system_first: bool
) -> float:
    """Carry a plan out: its next cell that is still free, or any cell when it has run out."""
    remaining = list(plan)

    def follow(instance: Instance) -> Choice[int]:
        while remaining:
            cell = remaining.pop(0)
            if cell in instance.moves:
                return Choice({cell: 1.0})
        return Choice.uniform(instance.moves)

    return play(start, follow, rng, system_first=system_first)[2]


def displaced(instance: Instance, rng: np.random.Generator) -> Instance | None:
    """Return the instance with one of the opponent's pieces elsewhere, if any such is reachable."""
    graph = game_graph(instance.rules)
    own, other = instance.position
    candidates = [
        Position(own, other & ~(1 << source) | 1 << target)
        for source in range(9)
        if other >> source & 1
        for target in instance.moves
    ]
    reachable = []
    for position in candidates:
        moved = Instance(instance.rules, instance.opponent, position)
        try:
            graph.find(*position)
        except KeyError:
            continue
        if len(moved.moves) > 1:
            reachable.append(moved)
    return reachable[int(rng.integers(len(reachable)))] if reachable else None


def legal_weights(instance: Instance, weights: Mapping[int, float]) -> np.ndarray:
    """Return a choice as weights over the instance's moves.

    Raises:
        IllegalOutput: the choice puts weight on something that is no legal move.
    """
    illegal = [y for y, weight in weights.items() if weight > 0.0 and y not in instance.moves]
    if illegal:
        raise IllegalOutput(
            f"{illegal[0]!r} is no legal move on {instance}; legal are the cells {instance.moves}, "
            "numbered 0 to 8 in reading order"
        )
    return np.array([weights.get(cell, 0.0) for cell in instance.moves])


def _draw(weights: np.ndarray, rng: np.random.Generator) -> int:
    return int(rng.choice(len(weights), p=weights / weights.sum()))
