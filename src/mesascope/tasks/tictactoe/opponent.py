"""Opponents: at every move perfect with some probability, else uniformly random.

Mixing move by move keeps the game a Markov decision process, so the optimal action values against
a mixture are well defined; mixing game by game would hide the opponent's kind from the system.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

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


_WEIGHT = re.compile(r"[0-9]+(\.[0-9]*)?(e-?[0-9]+)?|\.[0-9]+(e-?[0-9]+)?")

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
        name, colon, weight = (piece.strip() for piece in part.partition(":"))
        if name not in weights or (colon and not _WEIGHT.fullmatch(weight)):
            close = get_close_matches(name[:40], weights, n=1) if name not in weights else []
            guess = f" Did you mean {close[0]!r}?" if close else ""
            raise BadOpponent(
                f"cannot read the opponent {text[:80]!r} at {part.strip()[:40]!r}.{guess} Expected "
                "'random', 'perfect', or a mixture such as 'random:0.5,perfect:0.5'"
            )
        weights[name] += float(weight) if colon else 1.0
    total = sum(weights.values())
    if not 0.0 < total < float("inf"):
        raise BadOpponent(f"the weights of {text[:80]!r} add up to {total:g}; give one above 0")
    return Opponent(weights["perfect"] / total)
