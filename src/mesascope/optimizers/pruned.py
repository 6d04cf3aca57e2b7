"""Enumeration without programs that are the same function as an earlier one.

A term without `self` has its value whatever program it stands in, so of such terms with the same
value at every position one is enough. Terms with `self` depend on the whole program and are kept,
but for `add` in both orders and double negation.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from mesascope.systems.programs.batch import Arena, BatchScorer, pack
from mesascope.systems.programs.grammar import SELF, TOKEN_OF, Grammar
from mesascope.systems.programs.terms import terms

_BATCH = 4096
_ADD, _NEG = TOKEN_OF["add"], TOKEN_OF["neg"]
_SELF = TOKEN_OF[SELF]


def pruned_terms(grammar: Grammar, arenas: Sequence[Arena], max_size: int) -> Iterator[bytes]:
    """Yield programs, shortest first, at least one for every function on the arenas' positions."""
    yield from _Pruned(grammar, arenas, max_size).programs()


class _Pruned:
    """Lists of terms by size: `closed` without self, `open_` with it, beneath or not."""

    def __init__(self, grammar: Grammar, arenas: Sequence[Arena], max_size: int) -> None:
        self._grammar = grammar
        self._max_size = max_size
        self._scorer = BatchScorer([Arena(arena.graph) for arena in arenas], values=True)
        self._seen: set[bytes] = set()
        self._closed: list[list[bytes]] = [[]]
        self._open: dict[bool, list[list[bytes]]] = {False: [[]], True: [[]]}

    def programs(self) -> Iterator[bytes]:
        for size in range(1, self._max_size + 1):
            closed = []
            candidates = self._combine(size, beneath=False, with_self=False)
            while batch := list(islice(candidates, _BATCH)):
                keys = self._scorer.score(*pack(batch)).value_keys()
                for tokens, key in zip(batch, keys, strict=True):
                    if key not in self._seen:
                        self._seen.add(key)
                        closed.append(tokens)
                        yield tokens
            self._closed.append(closed)
            if size == self._max_size:  # nothing will be built of these: no need to keep them
                yield from self._combine(size, beneath=False, with_self=True)
                return
            for beneath in (True, False):
                own = list(self._combine(size, beneath=beneath, with_self=True))
                self._open[beneath].append(own)
            yield from self._open[False][size]

    def _combine(self, size: int, *, beneath: bool, with_self: bool) -> Iterator[bytes]:
        """Put terms of a size together from shorter ones that were kept."""
        grammar = self._grammar
        if size == 1:
            leaves = terms(grammar, 1, beneath=beneath)
            yield from (leaf for leaf in leaves if (leaf[0] == _SELF) == with_self)
            return
        open_ = self._open[beneath]
        for name in grammar.unary:
            parts = open_[size - 1] if with_self else self._closed[size - 1]
            head = bytes([TOKEN_OF[name]])
            yield from (head + p for p in parts if not (name == "neg" and p[0] == _NEG))
        for name in grammar.child:
            parts = self._open[True][size - 1] if with_self else self._closed[size - 1]
            head = bytes([TOKEN_OF[name]])
            yield from (head + part for part in parts)
        for name in grammar.binary:
            for left_size in range(1, size - 1):
                right_size = size - 1 - left_size
                yield from self._pairs(
                    TOKEN_OF[name], left_size, right_size, open_ if with_self else None
                )

    def _pairs(
        self, token: int, left_size: int, right_size: int, open_: list[list[bytes]] | None
    ) -> Iterator[bytes]:
        closed = self._closed
        kinds = [(closed, closed)]
        if open_ is not None:
            kinds = [(open_, open_), (open_, closed), (closed, open_)]
        head = bytes([token])
        for lefts, rights in kinds:
            for left in lefts[left_size]:
                both = head + left
                for right in rights[right_size]:
                    if token == _ADD and (len(left), left) > (len(right), right):
                        continue  # the other order is, or stands for, the same function
                    yield both + right
