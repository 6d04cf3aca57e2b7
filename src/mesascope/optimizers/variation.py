"""Typed variation of token programs: random terms, mutation, hoisting, shrinking and crossover.

Beneath a child operator any term may stand; elsewhere only a term in which every `self` has a child
operator above it. Everything here keeps to that, and to a size cap.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from mesascope.systems.programs.grammar import ARITY, CHILD, SELF, TOKEN_OF, Grammar

_SELF = TOKEN_OF[SELF]
_CHILD_TOKENS = frozenset(TOKEN_OF[name] for name in CHILD)
_BLOCK = 4096
_ATTEMPTS = 8


class Draws:
    """Random choices from one generator, drawn in blocks: one at a time they cost more."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._left: list[float] = []

    def below(self, count: int) -> int:
        """Return a whole number from 0 to count − 1."""
        if not self._left:
            self._left = self._generator.random(_BLOCK).tolist()
        return int(self._left.pop() * count)

    def chance(self) -> float:
        """Return a number from 0 to 1."""
        return self.below(1 << 30) / (1 << 30)


@dataclass(frozen=True)
class Anatomy:
    """Where terms end, which lie beneath a child operator, and which hold a bare `self`."""

    end: tuple[int, ...]
    beneath: tuple[bool, ...]
    bare: tuple[bool, ...]


@lru_cache(maxsize=1 << 15)
def anatomy(tokens: bytes) -> Anatomy:
    """Take a program apart."""
    size = len(tokens)
    end, beneath, bare = [0] * size, [False] * size, [False] * size
    for i in range(size - 1, -1, -1):
        token, at = tokens[i], i + 1
        bare[i] = token == _SELF
        for _ in range(ARITY[token]):
            bare[i] = bare[i] or (bare[at] and token not in _CHILD_TOKENS)
            at = end[at]
        end[i] = at
        if token in _CHILD_TOKENS:
            beneath[i + 1 : at] = [True] * (at - i - 1)
    return Anatomy(
        tuple(end),
        tuple(beneath),
        tuple(bare),
    )


class Variation:
    """Random terms of a grammar and random changes to them, at most `max_size` nodes long."""

    def __init__(self, grammar: Grammar, max_size: int) -> None:
        self._max_size = max_size
        self._leaves = bytes(TOKEN_OF[name] for name in grammar.leaves)
        self._replies = self._leaves + (bytes([_SELF]) if grammar.recursion else b"")
        self._child = bytes(TOKEN_OF[name] for name in grammar.child)
        self._one = bytes(TOKEN_OF[name] for name in (*grammar.unary, *grammar.child))
        self._two = bytes(TOKEN_OF[name] for name in grammar.binary)
        if not self._leaves or not (self._one or max_size == 1):
            raise ValueError("a grammar to evolve in needs a leaf and an operator of one argument")
        # Draws are weighed by repetition: changes that keep most of a parent come more often.
        self._changes: tuple[Callable[[bytes, bytes, Draws], bytes | None], ...] = (
            *3 * (self._cross,),
            *3 * (self._replace,),
            *2 * (self._point,),
            self._shrink,
            self._hoist,
            self._wrap,
        )

    def term(self, size: int, draws: Draws, *, beneath: bool = False) -> bytes:
        """Return a random term of a size."""
        if size == 1:
            leaves = self._replies if beneath else self._leaves
            return leaves[(i := draws.below(len(leaves))) : i + 1]
        operators = self._one + (self._two if size > 2 else b"")
        token = operators[draws.below(len(operators))]
        if ARITY[token] == 1:
            inside = beneath or token in _CHILD_TOKENS
            return bytes([token]) + self.term(size - 1, draws, beneath=inside)
        left = 1 + draws.below(size - 2)
        return (
            bytes([token])
            + self.term(left, draws, beneath=beneath)
            + self.term(size - 1 - left, draws, beneath=beneath)
        )

    def fresh(self, draws: Draws) -> bytes:
        """Return a random program."""
        return self.term(1 + draws.below(self._max_size), draws)

    def child(self, parent: bytes, other: bytes, draws: Draws) -> bytes:
        """Return a changed program that may take a part from another."""
        for _ in range(_ATTEMPTS):
            change = self._changes[draws.below(len(self._changes))]
            child = change(parent, other, draws)
            if child is not None and len(child) <= self._max_size and child != parent:
                return child
        return self.fresh(draws)

    def _cross(self, parent: bytes, other: bytes, draws: Draws) -> bytes | None:
        to, of = anatomy(parent), anatomy(other)
        at = draws.below(len(parent))
        source = draws.below(len(other))
        if of.bare[source] and not to.beneath[at]:
            return None
        return parent[:at] + other[source : of.end[source]] + parent[to.end[at] :]

    def _replace(self, parent: bytes, other: bytes, draws: Draws) -> bytes | None:
        body = anatomy(parent)
        at = draws.below(len(parent))
        room = self._max_size - len(parent) + body.end[at] - at
        size = 1 + draws.below(min(room, 5))
        term = self.term(size, draws, beneath=body.beneath[at])
        return parent[:at] + term + parent[body.end[at] :]

    def _point(self, parent: bytes, other: bytes, draws: Draws) -> bytes | None:
        body = anatomy(parent)
        at = draws.below(len(parent))
        token = parent[at]
        if ARITY[token] == 2:
            group = self._two
        elif ARITY[token] == 1:
            # Without its child operator, a bare `self` below would stand where it may not.
            group = self._child if body.bare[at + 1] and not body.beneath[at] else self._one
        else:
            group = self._replies if body.beneath[at] else self._leaves
        i = draws.below(len(group))
        return parent[:at] + group[i : i + 1] + parent[at + 1 :]

    def _shrink(self, parent: bytes, other: bytes, draws: Draws) -> bytes | None:
        """Put one of a term's own parts in its place."""
        body = anatomy(parent)
        at = draws.below(len(parent))
        if body.end[at] - at == 1:
            return None
        source = at + 1 + draws.below(body.end[at] - at - 1)
        if body.bare[source] and not body.beneath[at]:
            return None
        return parent[:at] + parent[source : body.end[source]] + parent[body.end[at] :]

    def _hoist(self, parent: bytes, other: bytes, draws: Draws) -> bytes | None:
        """Let a part stand alone."""
        body = anatomy(parent)
        source = draws.below(len(parent))
        return None if body.bare[source] else parent[source : body.end[source]]

    def _wrap(self, parent: bytes, other: bytes, draws: Draws) -> bytes | None:
        """Put an operator around a term."""
        body = anatomy(parent)
        at = draws.below(len(parent))
        operators = self._one + self._two
        token = operators[draws.below(len(operators))]
        term = parent[at : body.end[at]]
        if ARITY[token] == 2:
            leaves = self._replies if body.beneath[at] else self._leaves
            i = draws.below(len(leaves))
            leaf = leaves[i : i + 1]
            term = term + leaf if draws.below(2) else leaf + term
        return parent[:at] + bytes([token]) + term + parent[body.end[at] :]
