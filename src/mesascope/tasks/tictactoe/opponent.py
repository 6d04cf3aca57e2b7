"""Opponents: at every move perfect with some probability, else uniformly random.

Mixing move by move keeps the game a Markov decision process, so the optimal action values against
a mixture are well defined; mixing game by game would hide the opponent's kind from the system.
"""

import re
from dataclasses import dataclass

from mesascope.core.errors import BadOpponent


@dataclass(frozen=True)
class Opponent:
    """A mixture of perfect and uniformly random play.

    Attributes:
        perfect: the probability, at each move, of a move drawn uniformly from the minimax-optimal
            ones; otherwise from all of them.
    """

    perfect: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.perfect <= 1.0:
            raise BadOpponent(
                f"an opponent is perfect with a probability from 0 to 1, not {self.perfect!r}"
            )

    def __str__(self) -> str:
        if self.perfect in (0.0, 1.0):
            return "perfect" if self.perfect else "random"
        return f"perfect:{self.perfect:g},random:{1.0 - self.perfect:g}"


RANDOM = Opponent(0.0)
PERFECT = Opponent(1.0)


def parse_opponent(text: str) -> Opponent:
    """Read an opponent: `random`, `perfect`, or a mixture such as `random:1,perfect:3`.

    Weights need not add up to 1; a name alone has weight 1.

    Raises:
        BadOpponent: saying what could not be read.
    """
    weights = {"random": 0.0, "perfect": 0.0}
    for part in text.strip().lower().split(","):
        match = re.fullmatch(r"\s*([a-z]+)\s*(?::\s*([0-9]*\.?[0-9]+(?:e-?[0-9]+)?))?\s*", part)
        if match is None or match[1] not in weights:
            raise BadOpponent(
                f"cannot read the opponent {text!r} at {part.strip()!r}: expected 'random', "
                "'perfect', or a mixture such as 'random:0.5,perfect:0.5'"
            )
        weights[match[1]] += float(match[2]) if match[2] is not None else 1.0
    total = sum(weights.values())
    if not 0.0 < total < float("inf"):
        raise BadOpponent(f"the weights of {text!r} add up to {total:g}; give one above 0")
    return Opponent(weights["perfect"] / total)
