"""A system's answer to an instance: a distribution over outputs."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from mesascope.core.errors import IllegalOutput

Y = TypeVar("Y", bound=Hashable)
Number = int | float | Fraction
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Choice(Generic[Y]):
    """A finite distribution over outputs, heaviest support first where that matters."""

    weights: Mapping[Y, float]

    @classmethod
    def uniform(cls, outputs: Iterable[Y]) -> "Choice[Y]":
        """Return the uniform distribution over some outputs."""
        support = list(dict.fromkeys(outputs))
        return cls({y: 1.0 / len(support) for y in support})

    @classmethod
    def among_best(cls, values: Mapping[Y, Number]) -> "Choice[Y]":
        """Return the uniform distribution over the outputs with the highest value."""
        best = max(values.values())
        return cls.uniform(y for y, value in values.items() if value == best)

    def __post_init__(self) -> None:
        total = sum(self.weights.values())
        low = min(self.weights.values(), default=-1.0)
        if not (abs(total - 1.0) <= _SUM_TOLERANCE and low >= 0.0):
            raise IllegalOutput(
                f"a choice must be a distribution: its weights add up to {total!r} and the least "
                f"is {low!r}; return one output, or probabilities that add up to 1"
            )

    def __getitem__(self, output: Y) -> float:
        return self.weights.get(output, 0.0)

    @property
    def support(self) -> frozenset[Y]:
        """The outputs that have weight."""
        return frozenset(y for y, weight in self.weights.items() if weight > 0.0)

    def distance(self, other: "Choice[Y]") -> float:
        """Return the total variation distance, 0 to 1."""
        outputs = self.support | other.support
        return 0.5 * sum(abs(self[y] - other[y]) for y in outputs)
