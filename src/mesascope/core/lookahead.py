"""Named criteria of a look-ahead: a feature, a rule for backing it up, and a horizon.

These are hypotheses about what goes on inside a system. They ask the world like any system does, so
they can be run in a perturbed world beside the system, and predict what it will do there.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Literal

from mesascope.core.choice import Number
from mesascope.core.system import Instance
from mesascope.core.world import World, asker, memory_of

Backup = Literal["best play", "average play", "average reply"]
BACKUPS: tuple[Backup, ...] = ("best play", "average play", "average reply")
_WORDS = {
    "best play": "assuming that both sides play best for themselves",
    "average play": "averaged over uniformly random play of both sides",
    "average reply": "averaged over the other side's replies, with best play of one's own",
}
_EXACT = {int, Fraction}
# Nodes of the shortest program of each kind: sub(f, max(self)), sub(f, mean(self)) and
# add(f, mean(sub(max(self), f))); a bounded horizon spells every ply out.
_SIZE = {"best play": 4, "average play": 4, "average reply": 7}


@dataclass(frozen=True)
class Lookahead:
    """The criterion "`feature`, backed up by `backup`, `horizon` plies ahead".

    The value of a state, for whoever brought it about, is the feature there minus what the other
    side can make of it. Horizon 1 reads the feature of the immediate outcomes alone.

    Attributes:
        feature: what is read off a state.
        backup: how the values of replies combine; without meaning at horizon 1.
        horizon: plies looked ahead, or None to the end.
        only_ends: read the feature only where the look-ahead ends, not on the way there. For a
            feature that is 0 until the end the two are one criterion; under perturbed scores
            they are not.
        sign: 1 to want as much of the feature as can be, -1 as little.
    """

    feature: str
    backup: Backup
    horizon: int | None
    only_ends: bool = False
    sign: int = 1

    @property
    def name(self) -> str:
        """The criterion in words."""
        if self.horizon == 1:
            return f"{self._wanted} right after the move"
        if self.only_ends:
            end = "the end" if self.horizon is None else f"the end or {self.horizon} plies ahead"
            return f"{self._wanted} at {end}, {_WORDS[self.backup]}"
        reach = "to the end" if self.horizon is None else f"{self.horizon} plies ahead"
        return f"{self._wanted}, {reach}, {_WORDS[self.backup]}"

    @property
    def _wanted(self) -> str:
        return f"`{self.feature}`" if self.sign > 0 else f"as little `{self.feature}` as can be"

    @property
    def size(self) -> int:
        """Description length in nodes of the program language."""
        if self.horizon is None:
            return _SIZE[self.backup]
        return 1 + (_SIZE[self.backup] - 1) * (self.horizon - 1)

    def values(self, instance: Instance, world: World[Any, Any]) -> Mapping[Hashable, Number]:
        """Return the value of every option at the world's root."""
        valuation = _Valuation(self, world)
        root = world.root
        return {o: valuation(world.step(root, o), 1) for o in world.options(root)}


class _Valuation:
    """One run of a criterion; the states that it has valued are remembered as the world does."""

    def __init__(self, criterion: Lookahead, world: World[Any, Any]) -> None:
        self._criterion = criterion
        self._world = world
        self._ask = asker(world)
        known = memory_of(world).setdefault(criterion, {})
        self._known: dict[tuple[Hashable, int], Number] = known

    def __call__(self, state: Hashable, depth: int) -> Number:
        # Without a horizon it does not matter how far ahead a state is.
        key = (state, 0 if self._criterion.horizon is None else depth)
        value = self._known.get(key)
        if value is None:
            value = self._known[key] = self._value(state, depth)
        return value

    def _value(self, state: Hashable, depth: int) -> Number:
        replies = self._outcomes(state, depth)
        here = self._read(state, at_end=not replies)
        if not replies:
            return here
        if self._criterion.backup == "best play":
            return here - max([self(reply, depth + 1) for reply in replies])
        if self._criterion.backup == "average play":
            return here - mean([self(reply, depth + 1) for reply in replies])
        return here + mean([self._own_best(reply, depth + 1) for reply in replies])

    def _own_best(self, state: Hashable, depth: int) -> Number:
        """Return what a reply is worth to the side that did not make it."""
        moves = self._outcomes(state, depth)
        theirs = self._read(state, at_end=not moves)
        return max([self(move, depth + 1) for move in moves], default=0) - theirs

    def _outcomes(self, state: Hashable, depth: int) -> Sequence[Hashable]:
        """Return what can come next, or nothing at the horizon."""
        horizon = self._criterion.horizon
        if horizon is not None and depth >= horizon:
            return ()
        return self._ask(state)

    def _read(self, state: Hashable, *, at_end: bool) -> Number:
        if self._criterion.only_ends and not at_end:
            return 0
        return self._criterion.sign * self._world.score(state, self._criterion.feature)


def mean(values: Any) -> Number:
    """Return the exact mean of whole numbers and fractions, or the mean of floats."""
    items: list[Any] = values if isinstance(values, list) else list(values)
    kinds = set(map(type, items))
    if Fraction in kinds and kinds <= _EXACT:
        # Over one denominator: adding fractions one by one reduces every sum.
        ratios = [item.as_integer_ratio() for item in items]
        below = lcm(*[denominator for _, denominator in ratios])
        over = sum([numerator * (below // denominator) for numerator, denominator in ratios])
        return Fraction(over, below * len(items))
    total = sum(items)
    if isinstance(total, int):
        whole, rest = divmod(total, len(items))
        return Fraction(total, len(items)) if rest else whole
    return total / len(items)
