"""Write the fixed file of programs that `benchmarks/programs.py` scores.

    python -m benchmarks.make_programs

Sizes 5 to 9 take turns; of each, random terms of the small grammar are drawn from a fixed seed and
kept if their policy on the standard game (the set of best moves at every position up to symmetry)
is one that no program before them has.
"""

from pathlib import Path

from mesascope.core.randomness import stream
from mesascope.optimizers.variation import Draws, Variation
from mesascope.systems.programs.batch import Arena, BatchScorer
from mesascope.systems.programs.grammar import SMALL
from mesascope.systems.programs.program import Program
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.rules import STANDARD

FILE = Path(__file__).with_name("programs-10000.txt")
COUNT = 10_000
SIZES = range(5, 10)
_SEED = 20_260
_BATCH = 2_000


def draw_programs() -> list[str]:
    """Return the programs of the file, in its order."""
    scorer = BatchScorer([Arena(game_graph(STANDARD))])
    draws = Draws(stream(_SEED, "benchmark programs"))
    variation = Variation(SMALL, max(SIZES))
    found: dict[bytes, bytes] = {}
    while len(found) < COUNT:
        batch = [variation.term(SIZES[i % len(SIZES)], draws) for i in range(_BATCH)]
        for tokens, key in zip(batch, scorer.score_programs(batch).policy_keys(), strict=True):
            found.setdefault(key, tokens)
    return [str(Program(tokens)) for tokens in found.values()][:COUNT]


if __name__ == "__main__":
    FILE.write_text("\n".join(draw_programs()) + "\n", encoding="utf-8")
