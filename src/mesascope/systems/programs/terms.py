"""Every term of a grammar, shortest first, in the order that the grammar gives its primitives."""

from collections.abc import Iterator
from functools import lru_cache

from mesascope.systems.programs.grammar import SELF, TOKEN_OF, Grammar

_KEPT_SIZE = 5  # terms up to this size are kept as lists, longer ones are put together each time


def terms(grammar: Grammar, size: int, *, beneath: bool = False) -> Iterator[bytes]:
    """Yield the terms of a size as tokens: values, or replies if `beneath` a child operator.

    The order is fixed: leaves, then unary, child and binary operators as the grammar lists them,
    then a left argument's size, then the arguments' own order.
    """
    if size <= _KEPT_SIZE:
        yield from _kept(grammar, size, beneath)
    else:
        yield from _put_together(grammar, size, beneath)


@lru_cache(maxsize=64)
def _kept(grammar: Grammar, size: int, beneath: bool) -> tuple[bytes, ...]:
    return tuple(_put_together(grammar, size, beneath))


def _put_together(grammar: Grammar, size: int, beneath: bool) -> Iterator[bytes]:
    if size == 1:
        yield from (bytes([TOKEN_OF[leaf]]) for leaf in grammar.leaves)
        if beneath and grammar.recursion:
            yield bytes([TOKEN_OF[SELF]])
        return
    for name in grammar.unary:
        head = bytes([TOKEN_OF[name]])
        yield from (head + part for part in terms(grammar, size - 1, beneath=beneath))
    for name in grammar.child:
        head = bytes([TOKEN_OF[name]])
        yield from (head + part for part in terms(grammar, size - 1, beneath=True))
    for name in grammar.binary:
        head = bytes([TOKEN_OF[name]])
        for left_size in range(1, size - 1):
            for left in terms(grammar, left_size, beneath=beneath):
                both = head + left
                for right in terms(grammar, size - 1 - left_size, beneath=beneath):
                    yield both + right


def count_terms(grammar: Grammar, size: int, *, beneath: bool = False) -> int:
    """Return how many terms of a size there are, without listing them."""
    counts: dict[bool, list[int]] = {False: [0], True: [0]}
    for n in range(1, size + 1):
        for inside in (True, False):
            own = counts[inside]
            if n == 1:
                own.append(len(grammar.leaves) + (inside and grammar.recursion))
                continue
            pairs = sum(own[left] * own[n - 1 - left] for left in range(1, n - 1))
            own.append(
                len(grammar.unary) * own[n - 1]
                + len(grammar.child) * counts[True][n - 1]
                + len(grammar.binary) * pairs
            )
    return counts[beneath][size] if size > 0 else 0
