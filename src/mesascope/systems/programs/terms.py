"""Every term of a grammar, shortest first, in the order that the grammar gives its primitives."""

from collections.abc import Iterator

from mesascope.systems.programs.grammar import SELF, TOKEN_OF, Grammar


def terms(grammar: Grammar, size: int, *, beneath: bool = False) -> Iterator[bytes]:
    """Yield the terms of a size as tokens: values, or replies if `beneath` a child operator.

    The order is fixed: unary, child and binary operators as the grammar lists them, then a left
    argument's size, then the arguments' own order.
    """
    if size == 1:
        for leaf in grammar.leaves:
            yield bytes([TOKEN_OF[leaf]])
        if beneath and grammar.recursion:
            yield bytes([TOKEN_OF[SELF]])
        return
    for name in grammar.unary:
        for part in terms(grammar, size - 1, beneath=beneath):
            yield bytes([TOKEN_OF[name]]) + part
    for name in grammar.child:
        for part in terms(grammar, size - 1, beneath=True):
            yield bytes([TOKEN_OF[name]]) + part
    for name in grammar.binary:
        head = bytes([TOKEN_OF[name]])
        for left_size in range(1, size - 1):
            for left in terms(grammar, left_size, beneath=beneath):
                for right in terms(grammar, size - 1 - left_size, beneath=beneath):
                    yield head + left + right


def count_terms(grammar: Grammar, size: int, *, beneath: bool = False) -> int:
    """Return how many terms of a size there are, without listing them."""
    if size < 1:
        return 0
    counts = {False: [0], True: [0]}
    for n in range(1, size + 1):
        for inside in (True, False):
            leaves = len(grammar.leaves) + (inside and grammar.recursion)
            own = counts[inside]
            pairs = sum(own[i] * own[n - 1 - i] for i in range(1, n - 1))
            total = leaves if n == 1 else len(grammar.unary) * own[n - 1]
            if n > 1:
                total += len(grammar.child) * counts[True][n - 1] + len(grammar.binary) * pairs
            own.append(total)
    return counts[beneath][size]
