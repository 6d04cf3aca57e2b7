"""Families of shifts for the adversarial search: rule sets, the sign of a line, and opponents."""

from dataclasses import dataclass, replace

import numpy as np

from mesascope.core.task import Distribution
from mesascope.tasks.tictactoe.opponent import Opponent
from mesascope.tasks.tictactoe.rules import ORBITS, STANDARD_ORBITS, Rules
from mesascope.tasks.tictactoe.task import Arena, arena_distribution, arenas_of


@dataclass(frozen=True)
class ArenaFamily:
    """All single arenas within bounds. Implements `mesascope.core.task.ShiftFamily`.

    A member is a whole game's worth of positions, never a single one: no point masses.

    Attributes:
        rules: whether any union of orbits may be in force, or the standard lines alone.
        misere: whether completing a line may lose.
        weakest, strongest: bounds on how often the opponent plays perfectly.
    """

    rules: bool = True
    misere: bool = True
    weakest: float = 0.0
    strongest: float = 1.0

    @property
    def description(self) -> str:
        """The family in one sentence."""
        lines = "any union of the 16 orbits of three-cell sets" if self.rules else "standard lines"
        sign = "normal or misère" if self.misere else "normal"
        return (
            f"{lines}, {sign}, against opponents that play perfectly with probability "
            f"{self.weakest:g} to {self.strongest:g} at each move"
        )

    def sample(self, rng: np.random.Generator) -> Distribution:
        """Draw a member: each orbit with probability 1/4, at least one."""
        orbits = STANDARD_ORBITS
        if self.rules:
            drawn = np.nonzero(rng.random(ORBITS) < 0.25)[0].tolist()
            orbits = frozenset(drawn or [int(rng.integers(ORBITS))])
        misere = self.misere and bool(rng.integers(2))
        return self._member(Rules(orbits, misere), self._strength(rng.random()))

    def mutate(self, member: Distribution, rng: np.random.Generator) -> Distribution:
        """Flip one orbit, or the sign, or move the opponent's strength."""
        (arena,) = arenas_of(member)
        kinds = ["opponent"] + ["orbit"] * self.rules + ["sign"] * self.misere
        kind = kinds[int(rng.integers(len(kinds)))]
        rules, opponent = arena.rules, arena.opponent
        if kind == "opponent":
            ends = (self.weakest, self.strongest)
            step = ends[int(rng.integers(2))] if rng.random() < 0.5 else None
            strength = self._strength(rng.random()) if step is None else step
            return self._member(rules, strength)
        if kind == "sign":
            return self._member(replace(rules, misere=not rules.misere), opponent.perfect)
        orbits = rules.orbits ^ {int(rng.integers(ORBITS))}
        return self._member(replace(rules, orbits=orbits or rules.orbits), opponent.perfect)

    def _strength(self, unit: float) -> float:
        return round(self.weakest + (self.strongest - self.weakest) * unit, 3)

    @staticmethod
    def _member(rules: Rules, perfect: float) -> Distribution:
        arena = Arena(rules, Opponent(perfect))
        return arena_distribution(str(arena), f"games under {arena}", [arena])
