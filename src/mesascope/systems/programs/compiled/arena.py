"""An arena, and its arguments for the compiled scorer."""

import hashlib
from dataclasses import dataclass

import numpy as np

from mesascope.core.randomness import stream
from mesascope.systems.programs.compiled.exact import exact_values, ranks
from mesascope.systems.programs.compiled.judge import NOTHING, ONE_EACH, RUN_TIME
from mesascope.systems.programs.compiled.kernel import EXACT_BELOW
from mesascope.systems.programs.compiled.lanes import LANES
from mesascope.systems.programs.compiled.layout import lay_out
from mesascope.systems.programs.compiled.score import score
from mesascope.tasks.tictactoe.graph import GameGraph

_CHUNK = 4096  # programs between two looks at Ctrl-C


@dataclass(frozen=True, eq=False)
class Arena:
    """A canonical game graph and the opponents to be met on it.

    Attributes:
        graph: the game.
        opponents: each one's probability of every move, (m,) float64.
        payoff: what the end of the game pays whoever made the last move, (n,); None: the result.
    """

    graph: GameGraph
    opponents: tuple[np.ndarray, ...] = ()
    payoff: np.ndarray | None = None


class PreparedArena:
    """An arena ready for the compiled scorer.

    A channel is something that is added up over a game against one opponent. Channels come kind
    by kind: results, then (if asked for) wins and losses, then run time and numbers of decisions.

    Attributes:
        kinds: channels for each opponent.
    """

    def __init__(
        self, arena: Arena, number: int, *, outcomes: bool, run_time: bool, values: bool
    ) -> None:
        """Prepare an arena; `number` tells it from others with the same rules."""
        graph = arena.graph
        self._layout = layout = lay_out(graph)
        merged = np.zeros((len(arena.opponents), len(layout.by_slot)))
        for row, opponent in zip(merged, arena.opponents, strict=True):
            np.add.at(row, layout.merged, opponent)
        payoff = np.asarray(graph.result if arena.payoff is None else arena.payoff, dtype=float)
        won, lost = (payoff > 0).astype(float), (payoff < 0).astype(float)
        ends = [(payoff, -payoff), *([(won, lost), (lost, won)] if outcomes else [])]
        adds = [NOTHING] * len(ends) + ([RUN_TIME, ONE_EACH] if run_time else [])
        ends += [(0.0 * payoff, 0.0 * payoff)] * (len(adds) - len(ends))
        self.kinds = len(adds)
        self._reply = np.concatenate([merged] * self.kinds)
        self._adds = np.repeat(np.array(adds, dtype=np.int64), len(arena.opponents))
        after_own, after_theirs = (
            np.repeat(layout.spread(np.stack(side)), len(arena.opponents), axis=0)
            for side in zip(*ends, strict=True)
        )
        self._waiting = np.repeat(after_own[:, :, None], LANES, axis=2)
        self._to_move = np.repeat(after_theirs[:, :, None], LANES, axis=2)
        # The empty board is never valued: its word is 0, as an empty slot's is.
        draws = stream(0, "fingerprints", str(graph.rules), number)
        self._words = draws.integers(0, 2**64, (2, len(layout.by_slot)), dtype=np.uint64)
        position_words = draws.integers(0, 2**64, (2, len(graph)), dtype=np.uint64) | np.uint64(1)
        position_words[:, 0] = 0
        value_words = np.zeros((2, len(layout)), dtype=np.uint64)
        value_words[:, layout.slot] = position_words
        self._value_words = value_words if values else value_words[:0]

    def add_up(
        self, tokens: np.ndarray, lengths: np.ndarray, policy: np.ndarray, hashes: np.ndarray
    ) -> np.ndarray:
        """Return each channel's expectation, (N, channels), and add to the fingerprints."""
        totals = np.zeros((len(tokens), len(self._reply)))
        refused = np.zeros(len(tokens), dtype=np.bool_)
        given = np.zeros((0, len(self._layout)))
        for begin in range(0, len(tokens), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            outputs = (totals[part], policy[part], hashes[part], given, refused[part])
            self._call(tokens[part], lengths[part], given, outputs)
        for i in np.flatnonzero(refused).tolist():
            self._by_hand(tokens[i : i + 1], lengths[i : i + 1], i, (totals, policy, hashes))
        return totals

    def values(self, tokens: np.ndarray) -> np.ndarray:
        """Return one program's value at every position in units of 1/8!, (n,).

        Float64 where whole numbers of that size are exact in it, else Python's integers.
        """
        row, length = tokens[None, :], np.array([tokens.size])
        given, slots = np.zeros((0, len(self._layout))), np.zeros((1, len(self._layout)))
        outputs = (
            np.zeros((1, len(self._reply))),
            np.zeros((1, 2), dtype=np.uint64),
            np.zeros((1, len(self._value_words)), dtype=np.uint64),
            slots,
            np.zeros(1, dtype=np.bool_),
        )
        self._call(row, length, given, outputs)
        if outputs[-1][0]:
            return np.array(exact_values(tokens.tobytes(), self._layout.graph), dtype=object)
        values = slots[0, self._layout.slot]
        values[0] = 0.0
        return values + 0.0  # no negative zeros

    def _by_hand(
        self,
        tokens: np.ndarray,
        lengths: np.ndarray,
        i: int,
        outputs: tuple[np.ndarray, np.ndarray, np.ndarray],
    ) -> None:
        """Judge a program that the compiled evaluator refused: only the order of values counts."""
        exact = exact_values(tokens[0, : lengths[0]].tobytes(), self._layout.graph)
        totals, policy, hashes = outputs
        largest = max(abs(value) for value in exact)
        fits = largest < EXACT_BELOW
        numbers = np.array(exact, dtype=float) if fits else ranks(exact)
        own_hash = np.zeros((1, hashes.shape[1]), dtype=np.uint64)
        one = slice(i, i + 1)
        unused = np.zeros((0, len(self._layout)))
        given = self._layout.spread(numbers)[None, :]
        refused = np.zeros(1, dtype=np.bool_)
        self._call(tokens, lengths, given, (totals[one], policy[one], own_hash, unused, refused))
        if own_hash.size and not fits:  # ranks would collide with a program of such small values
            digest = hashlib.sha256(repr(exact).encode()).digest()[:16]
            own_hash[0] = np.frombuffer(digest, dtype=np.uint64)
        hashes[one] += own_hash

    def _call(
        self,
        tokens: np.ndarray,
        lengths: np.ndarray,
        given: np.ndarray,
        outputs: tuple[np.ndarray, ...],
    ) -> None:
        layout = self._layout
        totals, policy, hashes, values, refused = outputs
        score(
            # Writable, though nothing writes: to the compiler read-only arrays are another type.
            np.require(tokens, np.uint8, ["C", "W"]),
            np.require(lengths, np.int64, ["C", "W"]),
            given,
            layout.live_start,
            layout.block_start,
            layout.by_rank,
            layout.edge_start,
            layout.by_slot,
            layout.weight,
            layout.leaves,
            layout.reach,
            layout.paths,
            self._reply,
            self._adds,
            self._words,
            self._value_words,
            self._to_move.copy(),  # a call's own, so that threads may share an arena
            self._waiting.copy(),
            totals,
            policy,
            hashes,
            values,
            refused,
        )
