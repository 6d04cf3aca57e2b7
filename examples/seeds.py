"""Which program wins, seed by seed: run a preset's search under ten seeds and print a table.

    python examples/seeds.py diverse [SEEDS]

The last column says which leaves the winner reads.
"""

import sys
from collections import Counter

from mesascope.organisms.catalogue import organism
from mesascope.systems.programs.grammar import ARITY, TOKEN_OF
from mesascope.systems.programs.program import parse


def winner(preset: str, seed: int) -> str:
    """Return the text of the program that a preset's search ends with."""
    study = organism("tictactoe", preset)
    for progress in study.optimizer.search(seed=seed, budget=study.budget):
        pass
    return progress.best.source


def main(preset: str = "random-opponent", seeds: str = "10") -> None:
    """Print each seed's winner, and how often each set of leaves won."""
    study = organism("tictactoe", preset)
    print(f"{study.preset}: {study.base.name}; {study.budget:,} programs by {study.optimizer.name}")
    shares = Counter()
    for seed in range(int(seeds)):
        source = winner(preset, seed)
        names = dict.fromkeys(parse(source).names())
        leaves = ", ".join(name for name in names if not ARITY[TOKEN_OF[name]])
        shares[leaves] += 1
        print(f"  seed {seed}  {source:<44} {leaves}")
    for leaves, count in shares.most_common():
        print(f"{count} of {seeds}: {leaves}")


if __name__ == "__main__":
    main(*sys.argv[1:])
