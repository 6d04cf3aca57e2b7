"""Enumeration: every program of a grammar, shortest first."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mesascope.core.randomness import stream
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.ordered import OrderedSearch
from mesascope.optimizers.pruned import pruned_terms
from mesascope.systems.programs.batch import Arena, BatchScorer, pack
from mesascope.systems.programs.grammar import Grammar
from mesascope.systems.programs.program import Program
from mesascope.systems.programs.terms import terms

_BATCH = 4096


class Enumeration(OrderedSearch):
    """Shortest first; within a size, in the order in which the grammar lists its primitives.

    Of programs with the same value the first found wins: the shorter, then the earlier in that
    order. Nothing is random unless `shuffle` is set, and then the seed decides such ties alone.
    """

    def __init__(
        self,
        objective: ProgramObjective,
        grammar: Grammar,
        *,
        max_size: int,
        prune: bool = False,
        shuffle: bool = False,
    ) -> None:
        """Prepare to enumerate.

        Args:
            objective: the base objective.
            grammar: the primitives.
            max_size: the longest programs, in nodes.
            prune: leave out programs that equal a shorter or earlier one as functions, found by
                merging terms without `self` that have the same value on all positions of the
                arenas. No policy is lost; members of its class are.
            shuffle: let the seed shuffle the order of the primitives.
        """
        super().__init__(objective)
        self.grammar = grammar
        self.max_size = max_size
        self.prune = prune
        self.shuffle = shuffle

    @property
    def name(self) -> str:
        """The method's name."""
        return "enumeration"

    def programs(self, seed: int) -> Iterator[bytes]:
        """Yield the programs, shortest first."""
        grammar = shuffled(self.grammar, seed) if self.shuffle else self.grammar
        if self.prune:
            yield from pruned_terms(grammar, self.objective.arenas, self.max_size)
            return
        for size in range(1, self.max_size + 1):
            yield from terms(grammar, size)


def shuffled(grammar: Grammar, seed: int) -> Grammar:
    """Return a grammar that lists the same primitives in an order drawn by a seed."""
    draws = stream(seed, "enumeration")

    def mixed(group: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(group[i] for i in draws.permutation(len(group)))

    return replace(
        grammar,
        leaves=mixed(grammar.leaves),
        unary=mixed(grammar.unary),
        child=mixed(grammar.child),
        binary=mixed(grammar.binary),
    )


def equivalents(
    program: Program, grammar: Grammar, arenas: Sequence[Arena], max_size: int
) -> list[Program]:
    """Return all programs up to a size that choose the same best moves everywhere on some arenas.

    That is the unidentifiable set: no result on these arenas, however long one trains, tells its
    members apart. The shortest come first; the program itself is among them if it is not too long.
    """
    scorer = BatchScorer([Arena(arena.graph) for arena in arenas])
    key = scorer.score_programs([program]).policy_keys()[0]
    found: list[Program] = []
    batch: list[bytes] = []

    def sift() -> None:
        keys = scorer.score(*pack(batch)).policy_keys()
        found.extend(Program(t) for t, k in zip(batch, keys, strict=True) if k == key)
        batch.clear()

    for size in range(1, max_size + 1):
        for tokens in terms(grammar, size):
            batch.append(tokens)
            if len(batch) == _BATCH:
                sift()
    sift()
    return found
