"""Scoring programs by the thousand: exact results, run time and fingerprints of behaviour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mesascope.systems.programs.compiled.arena import Arena, PreparedArena
from mesascope.systems.programs.compiled.exact import ranks
from mesascope.systems.programs.program import Program
from mesascope.tasks.tictactoe.graph import GameGraph

__all__ = ["Arena", "BatchScorer", "Scores", "best_moves", "pack", "position_values"]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a batch of N programs earned. A column is an opponent in an arena, in the order given.

    Attributes:
        result: expected result, moving first in half the games, (N, columns) float64.
        policy: fingerprint of the sets of best moves on all arenas, (N, 2) uint64.
        win, loss: probabilities, (N, columns); None unless asked for.
        evaluations: positions that plain recursion values for a decision, mean over the decisions
            met in play, (N, columns); None unless asked for.
        values: fingerprint of the values of all positions, (N, 2) uint64; None unless asked for.
    """

    result: np.ndarray
    policy: np.ndarray
    win: np.ndarray | None = None
    loss: np.ndarray | None = None
    evaluations: np.ndarray | None = None
    values: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.result)

    def policy_keys(self) -> list[bytes]:
        """Return each policy's fingerprint as 16 bytes."""
        return _keys(self.policy)

    def value_keys(self) -> list[bytes]:
        """Return the fingerprint of each program's values as 16 bytes."""
        if self.values is None:
            raise ValueError("no values were fingerprinted; build the scorer with values=True")
        return _keys(self.values)


class BatchScorer:
    """Scores batches of programs exactly, on one core, without the GIL and without a cache.

    A program whose values could pass 2**53 is valued in Python's whole numbers instead: slower by
    four orders of magnitude, and exact all the same.
    """

    def __init__(
        self,
        arenas: Sequence[Arena],
        *,
        outcomes: bool = False,
        run_time: bool = False,
        values: bool = False,
    ) -> None:
        """Prepare to score; `columns` then names the arena and opponent of each column.

        Args:
            arenas: where programs play.
            outcomes: also report the probabilities of winning and losing.
            run_time: also report evaluations per decision.
            values: also fingerprint the values.
        """
        if not arenas:
            raise ValueError("programs have nowhere to play; give at least one arena")
        self.arenas = tuple(arenas)
        self.columns = tuple(
            (a, o) for a, arena in enumerate(arenas) for o, _ in enumerate(arena.opponents)
        )
        self._outcomes, self._run_time, self._values = outcomes, run_time, values
        self._prepared = [
            PreparedArena(arena, number, outcomes=outcomes, run_time=run_time, values=values)
            for number, arena in enumerate(self.arenas)
        ]

    def score(self, tokens: np.ndarray, lengths: np.ndarray) -> Scores:
        """Score token programs, (N, L) uint8 in prefix order, of the lengths given, (N,)."""
        count = len(tokens)
        policy = np.zeros((count, 2), dtype=np.uint64)
        hashes = np.zeros((count, 2 if self._values else 0), dtype=np.uint64)
        by_arena = [
            prepared.add_up(tokens, lengths, policy, hashes).reshape(
                count, prepared.kinds, len(arena.opponents)
            )
            for prepared, arena in zip(self._prepared, self.arenas, strict=True)
        ]
        kinds = iter(np.moveaxis(np.concatenate(by_arena, axis=2), 1, 0))
        return Scores(
            result=next(kinds),
            policy=policy,
            win=next(kinds) if self._outcomes else None,
            loss=next(kinds) if self._outcomes else None,
            evaluations=next(kinds) / next(kinds) if self._run_time else None,
            values=hashes if self._values else None,
        )

    def score_programs(self, programs: Iterable[bytes | Program]) -> Scores:
        """Score programs."""
        return self.score(*pack(programs))


def position_values(program: bytes | Program, graph: GameGraph) -> np.ndarray:
    """Return a program's value at every position of a graph, in units of 1/8!, (n,).

    The empty board has value 0: nobody's move leads to it, and no program is asked about it. The
    array is float64 where whole numbers of that size are exact in it, else Python's integers.
    """
    arena = PreparedArena(Arena(graph), 0, outcomes=False, run_time=False, values=False)
    return arena.values(np.frombuffer(_tokens(program), dtype=np.uint8))


def best_moves(program: bytes | Program, graph: GameGraph) -> np.ndarray:
    """Return whether each move leads to a position of the highest value, ties included, (m,)."""
    values = position_values(program, graph)
    order = ranks(values.tolist()) if values.dtype == object else values
    reached = order[graph.child]
    live = np.flatnonzero(~graph.terminal)
    best = np.maximum.reduceat(reached, graph.edge_start[live])
    return reached == np.repeat(best, np.diff(graph.edge_start)[live])


def pack(programs: Iterable[bytes | Program]) -> tuple[np.ndarray, np.ndarray]:
    """Return programs as the token rows (N, longest) uint8 and lengths (N,) int64 of a batch."""
    rows = [_tokens(program) for program in programs]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    width = int(lengths.max(initial=1))
    joined = b"".join(row.ljust(width, b"\0") for row in rows)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(rows), width), lengths


def _tokens(program: bytes | Program) -> bytes:
    return program.tokens if isinstance(program, Program) else program


def _keys(words: np.ndarray) -> list[bytes]:
    return [row.tobytes() for row in np.ascontiguousarray(words)]
