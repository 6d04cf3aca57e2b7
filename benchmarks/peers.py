"""The evaluators that the compiled one is measured against, each complete and independent of it."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from mesascope.systems.programs.program import Program
from mesascope.tasks.tictactoe.features import FEATURE_NAMES, feature_table
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.rules import STANDARD

LINES = ((0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6))
ARITY = {"neg": 1, "max": 1, "min": 1, "mean": 1, "add": 2, "sub": 2}
_TOLERANCE = 1e-9  # floating point breaks ties that are true


def tree(program: Program) -> Any:
    """Return a program as nested tuples: (name, arguments …)."""
    names = list(program.names())

    def build(at: int) -> tuple[Any, int]:
        parts, end = [], at + 1
        for _ in range(ARITY.get(names[at], 0)):
            part, end = build(end)
            parts.append(part)
        return (names[at], *parts), end

    return build(0)[0]


class NumPyPeer:
    """Plain NumPy with symmetry: all canonical positions of a ply at once, last ply first."""

    def __init__(self, opponents: tuple[np.ndarray, ...]) -> None:
        graph = game_graph(STANDARD)
        self._graph, self._opponents = graph, opponents
        self._features = dict(zip(FEATURE_NAMES, feature_table(graph).astype(float), strict=True))
        self._plies = []
        for start, stop in zip(graph.ply_start[:-1], graph.ply_start[1:], strict=True):
            live = np.arange(start, stop)[~graph.terminal[start:stop]]
            moves = slice(int(graph.edge_start[start]), int(graph.edge_start[stop]))
            counts = graph.edge_start[live + 1] - graph.edge_start[live]
            offsets = graph.edge_start[live] - moves.start
            owner = np.repeat(np.arange(len(live)), counts)
            self._plies.append((slice(start, stop), live, moves, offsets, counts, owner))

    def score(self, program: Program) -> list[float]:
        """Return the expected result against each opponent."""
        own = self._values(tree(program))
        results = []
        for reply in self._opponents:
            waiting = self._graph.result.astype(float)
            to_move = -waiting
            for _, live, moves, offsets, _, owner in reversed(self._plies):
                if not len(live):
                    continue
                children = self._graph.child[moves]
                reached = own[children]
                best = np.maximum.reduceat(reached, offsets)[owner]
                chosen = (reached >= best - _TOLERANCE).astype(float)
                ties = np.add.reduceat(chosen, offsets)
                to_move[live] = np.add.reduceat(chosen * waiting[children], offsets) / ties
                waiting[live] = np.add.reduceat(reply[moves] * to_move[children], offsets)
            results.append(0.5 * float(to_move[0] + waiting[0]))
        return results

    def _values(self, root: Any) -> np.ndarray:
        rows: dict[int, np.ndarray] = {}

        def collect(node: Any) -> None:
            rows[id(node)] = np.zeros(len(self._graph))
            for part in node[1:]:
                collect(part)

        collect(root)
        for ply in reversed(self._plies):
            self._term(root, root, ply, rows)
            for node in _beneath(root):
                self._term(node, root, ply, rows)
        return rows[id(root)]

    def _term(self, node: Any, root: Any, ply: Any, rows: dict[int, np.ndarray]) -> np.ndarray:
        """Value a term on one ply; what stands beneath a child operator is read a ply later."""
        here, live, moves, offsets, counts, _ = ply
        name, *parts = node
        row = rows[id(node)]
        if name == "self":
            row[here] = rows[id(root)][here]
        elif name == "1":
            row[here] = 1.0
        elif name in self._features:
            row[here] = self._features[name][here]
        elif name in ("max", "min", "mean"):
            if len(live):
                reached = rows[id(parts[0])][self._graph.child[moves]]
                if name == "mean":
                    row[live] = np.add.reduceat(reached, offsets) / counts
                else:
                    ufunc = np.maximum if name == "max" else np.minimum
                    row[live] = ufunc.reduceat(reached, offsets)
        else:
            first = self._term(parts[0], root, ply, rows)
            if name == "neg":
                row[here] = -first
            else:
                second = self._term(parts[1], root, ply, rows)
                row[here] = first + second if name == "add" else first - second
        return row[here]


def _beneath(node: Any) -> list[Any]:
    """Return the arguments of all child operators."""
    found = [node[1]] if node[0] in ("max", "min", "mean") else []
    return found + [below for part in node[1:] for below in _beneath(part)]


class OpenSpielPeer:
    """The same programs played through OpenSpiel's tic-tac-toe, each position expanded once."""

    def __init__(self) -> None:
        # OpenSpiel is asked for by this peer alone; the others are measured without it.
        pyspiel = importlib.import_module("pyspiel")
        self._start = pyspiel.load_game("tic_tac_toe").new_initial_state
        self._minimax: dict[str, float] = {}

    def score(self, program: Program) -> list[float]:
        """Return the expected result against a random and against a perfect opponent."""
        root = tree(program)
        values: dict[str, float] = {}

        def value(state: Any) -> float:
            key = str(state)
            if key not in values:
                values[key] = term(root, state)
            return values[key]

        def term(node: Any, state: Any) -> float:
            name, *parts = node
            if name == "self":
                return value(state)
            if name == "neg":
                return -term(parts[0], state)
            if name in ("add", "sub"):
                sign = 1.0 if name == "add" else -1.0
                return term(parts[0], state) + sign * term(parts[1], state)
            if name in ("max", "min", "mean"):
                inner = [term(parts[0], state.child(a)) for a in _moves(state)] or [0.0]
                return {"max": max, "min": min, "mean": _mean}[name](inner)
            return _feature(name, state)

        return [self._expected(value, reply) for reply in (self._random, self._perfect)]

    def _expected(self, value: Callable[[Any], float], reply: Callable[[Any], Any]) -> float:
        known: dict[tuple[str, int], float] = {}

        def game(state: Any, system: int) -> float:
            key = (str(state), system)
            if key not in known:
                known[key] = play(state, system)
            return known[key]

        def play(state: Any, system: int) -> float:
            if state.is_terminal():
                return state.returns()[system]
            children = [state.child(a) for a in state.legal_actions()]
            if state.current_player() != system:
                shares = reply(children)
                return sum(p * game(c, system) for p, c in zip(shares, children, strict=True))
            worth = [value(child) for child in children]
            best = [c for c, v in zip(children, worth, strict=True) if v >= max(worth) - _TOLERANCE]
            return sum(game(child, system) for child in best) / len(best)

        return 0.5 * (game(self._start(), 0) + game(self._start(), 1))

    def _random(self, children: list[Any]) -> list[float]:
        return [1 / len(children)] * len(children)

    def _perfect(self, children: list[Any]) -> list[float]:
        worth = [-self._value(child) for child in children]
        best = [v == max(worth) for v in worth]
        return [b / sum(best) for b in best]

    def _value(self, state: Any) -> float:
        """Minimax for the side to move; kept across programs, as the opponent is no program."""
        key = str(state)
        if key not in self._minimax:
            if state.is_terminal():
                self._minimax[key] = -abs(state.returns()[0])
            else:
                self._minimax[key] = max(-self._value(state.child(a)) for a in _moves(state))
        return self._minimax[key]


def _moves(state: Any) -> list[int]:
    return [] if state.is_terminal() else state.legal_actions()


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _feature(name: str, state: Any) -> float:
    """Read a leaf of the small grammar off OpenSpiel's board."""
    if name == "1":
        return 1.0
    board = str(state).replace("\n", "")
    moved = "o" if board.count("x") == board.count("o") else "x"
    if name == "lost":
        return float(any(all(board[c] == moved for c in line) for line in LINES))
    if name == "full":
        return float("." not in board)
    if name == "centre":
        return float(board[4] == moved)
    if name == "corner":
        return float(sum(board[c] == moved for c in (0, 2, 6, 8)))
    two = "x" if moved == "o" else "o"
    lines = ("".join(board[c] for c in line) for line in LINES)
    return float(sum(line.count(two) == 2 and "." in line for line in lines))
