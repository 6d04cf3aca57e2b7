"""Which program wins, seed by seed: run a preset's search under ten seeds and print a table.

    python examples/seeds.py diverse [SEEDS]

It shows the mean result, charges left out, the program, and how often which leaves were read.
"""

import sys
from collections import Counter

from mesascope.core.optimizer import Discovery
from mesascope.organisms.catalogue import organism
from mesascope.systems.programs.grammar import ARITY, SELF, TOKEN_OF
from mesascope.systems.programs.program import parse


def winner(preset: str, seed: int) -> Discovery:
    """Return what a preset's search ends with."""
    study = organism("tictactoe", preset)
    *_, last = study.optimizer.search(seed=seed, budget=study.budget)
    return last.best


def leaves(source: str) -> str:
    """Return the features that a program reads."""
    names = set(parse(source).names()) - {SELF}
    return ", ".join(sorted(name for name in names if not ARITY[TOKEN_OF[name]]))


def main(preset: str = "random-opponent", seeds: str = "10") -> None:
    """Print each seed's winner, and how often each set of leaves won."""
    study = organism("tictactoe", preset)
    print(f"{study.preset}: {study.base.name}; {study.budget:,} programs by {study.optimizer.name}")
    shares = Counter()
    for seed in range(int(seeds)):
        found = winner(preset, seed)
        shares[leaves(found.source)] += 1
        print(f"  seed {seed}  {found.behaviour:+.4f}  {found.source}")
    for names, count in shares.most_common():
        print(f"{count} of {seeds} read {names}")


if __name__ == "__main__":
    main(*sys.argv[1:])
