"""Whether an opaque objective could be an expectation of a utility of outputs.

O(s) = E_{x~μ}[R_x(s(x))] has two marks that show without looking inside. Systems with the same
outputs have the same value, and the value of a mixture is the mixture of values. One probe that
breaks either is a counterexample; a sampled objective breaks it only beyond its intervals.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isfinite
from statistics import NormalDist
from typing import Any

from mesascope.core.choice import Number
from mesascope.core.errors import NotDecomposable
from mesascope.core.interval import Interval
from mesascope.objectives.errors import BadPair

_ROUNDING = 1e-9
_NORMAL = NormalDist()


@dataclass(frozen=True, eq=False)
class Probe:
    """A system with what it does everywhere and what the objective says of it.

    Attributes:
        name: of the system.
        outputs: its outputs on every instance; equal exactly where behaviour is.
        value: the objective's value, charges taken off; an interval where it is sampled.
        charged: what declared charges took off. They are known to see more than outputs.
        expected: E_{x~μ}[R_x(s(x))], measured without the objective; None where nobody did.
    """

    name: str
    outputs: Hashable
    value: Number | Interval
    charged: Number = 0.0
    expected: Number | Interval | None = None


@dataclass(frozen=True, eq=False)
class Mixture:
    """A system that plays `first` with probability `share`, else `second`.

    The draw is made anew on each instance, or on each episode where instances depend on what
    was played before; an expectation over a fixed μ is linear in either.

    Attributes:
        first, second: names of probes.
        share: from 0 to 1.
        value: the objective's value of the mixture; charges added back.
    """

    first: str
    second: str
    share: float
    value: Number | Interval


@dataclass(frozen=True)
class Finding:
    """What the probes could show, none of them being a counterexample.

    Attributes:
        coincidences, mixtures: comparisons of either kind that were made.
        telling: how many of each were fine enough to count, as a pair.
        largest_gap: the largest difference seen between values that should be equal.
        resolution: the difference that a comparison has to be able to see.
    """

    coincidences: int
    mixtures: int
    telling: tuple[int, int]
    largest_gap: float
    resolution: float

    @property
    def complete(self) -> bool:
        """Whether both marks were put to a test that could have failed."""
        return min(self.telling) > 0

    def __str__(self) -> str:
        return (
            f"{self.telling[0]} of {self.coincidences} pairs with the same outputs and "
            f"{self.telling[1]} of {self.mixtures} mixtures could tell; values that should be "
            f"equal differ by {self.largest_gap:.3g} at most"
        )


@dataclass(frozen=True)
class _Comparison:
    one: Interval
    two: Interval
    story: dict[str, Any]

    @property
    def gap(self) -> float:
        return abs(self.one.estimate - self.two.estimate)

    def room(self, widen: float) -> float:
        """Return how far apart the two may be by chance and rounding."""
        low, high = sorted((self.one, self.two), key=lambda interval: interval.estimate)
        chance = (high.estimate - high.low) + (low.high - low.estimate)
        size = max(1.0, abs(low.estimate), abs(high.estimate))
        return widen * chance + _ROUNDING * size


def check_black_box(
    name: str,
    probes: Sequence[Probe],
    mixtures: Sequence[Mixture] = (),
    *,
    resolution: float | None = None,
) -> Finding:
    """Look for a counterexample to O(s) = E[R_x(s(x))].

    Args:
        name: of the objective.
        probes: systems, some of which had better share their outputs.
        mixtures: of probes.
        resolution: the smallest difference that matters; a tenth of the spread of the probes'
            values unless given. Comparisons with more noise than that tell nothing.

    Returns:
        What was compared. No finding proves that R exists; `complete` says that it could have
        been refuted both ways. Intervals are widened for the number of comparisons, as
        Bonferroni's rule would for normal errors.

    Raises:
        NotDecomposable: with cause `sees-more-than-outputs` (two systems, same outputs, different
            value), `not-linear-in-mixtures` (a mixture whose value is not the mixture of values)
            or `too-few-samples` (no comparison could have told).
        BadPair: a value is not finite, or a mixture is all of one probe.
        KeyError: a mixture names no probe.
    """
    _must_tell(probes, mixtures)
    same, mixed = list(_coincidences(probes)), list(_mixtures(probes, mixtures))
    widen = _bonferroni([*same, *mixed])
    for comparisons, cause, says in (
        (same, "sees-more-than-outputs", "two systems with the same outputs have different values"),
        (mixed, "not-linear-in-mixtures", "the value of a mixture is not the mixture of values"),
    ):
        for comparison in comparisons:
            if comparison.gap > comparison.room(widen):
                raise NotDecomposable(
                    f"{name!r} is no expectation of a utility of outputs: {says}. "
                    f"{_tell(comparison.story)}. Declare what else it sees as a charge, or compare "
                    "on systems with lift()",
                    cause,
                    comparison.story,
                )
    values = [_interval(probe.value).estimate for probe in probes]
    if resolution is None:
        resolution = 0.1 * (max(values) - min(values)) if values else 0.0
    telling = tuple(
        sum(c.room(widen) <= resolution + 2 * _ROUNDING * _size(c) for c in part)
        for part in (same, mixed)
    )
    if sum(telling) == 0:
        noise = min((c.room(widen) for c in [*same, *mixed]), default=None)
        story: dict[str, object] = {
            "coincidences": len(same),
            "mixtures": len(mixed),
            "least noise": noise,
        }
        raise NotDecomposable(
            f"whether {name!r} is an expectation of a utility of outputs cannot be told: of "
            f"{len(same)} pairs of probes with the same outputs and {len(mixed)} mixtures, none "
            f"could show a difference of {resolution:.3g}. Add probes that share their outputs, "
            "or mixtures, or take more samples of each value",
            "too-few-samples",
            story,
        )
    gaps = [comparison.gap for comparison in [*same, *mixed]]
    return Finding(len(same), len(mixed), (telling[0], telling[1]), max(gaps), resolution)


def _must_tell(probes: Sequence[Probe], mixtures: Sequence[Mixture]) -> None:
    for probe in probes:
        value = behaviour_value(probe).estimate
        if not isfinite(value):
            raise BadPair(f"probe {probe.name!r} has the value {value!r}; give a finite number")
    for mixture in mixtures:
        if not 0.0 < mixture.share < 1.0:
            raise BadPair(
                f"a mixture of {mixture.first!r} and {mixture.second!r} with share "
                f"{mixture.share!r} is no mixture, and tells nothing; give a share between 0 and 1"
            )


def _coincidences(probes: Sequence[Probe]) -> Iterator[_Comparison]:
    groups: dict[Hashable, list[Probe]] = {}
    for probe in probes:
        groups.setdefault(probe.outputs, []).append(probe)
    for group in groups.values():
        for one, two in combinations(group, 2):
            values = behaviour_value(one), behaviour_value(two)
            story = {
                "systems": [one.name, two.name],
                "values": [value.estimate for value in values],
            }
            yield _Comparison(*values, story)


def _mixtures(probes: Sequence[Probe], mixtures: Sequence[Mixture]) -> Iterator[_Comparison]:
    known = {probe.name: behaviour_value(probe) for probe in probes}
    for mixture in mixtures:
        parts, share = (known[mixture.first], known[mixture.second]), mixture.share
        ends = [
            share * getattr(parts[0], end) + (1.0 - share) * getattr(parts[1], end)
            for end in ("estimate", "low", "high")
        ]
        value = _interval(mixture.value)
        story = {
            "systems": [mixture.first, mixture.second],
            "values": [part.estimate for part in parts],
            "share of the first": share,
            "value of the mixture": value.estimate,
            "mixture of the values": ends[0],
        }
        yield _Comparison(value, Interval(ends[0], ends[1], ends[2]), story)


def behaviour_value(probe: Probe) -> Interval:
    """Return the objective's value with the declared charges added back."""
    value, back = _interval(probe.value), float(probe.charged)
    return Interval(
        value.estimate + back, value.low + back, value.high + back, value.samples, value.confidence
    )


def _interval(value: Number | Interval) -> Interval:
    return value if isinstance(value, Interval) else Interval.exact(float(value))


def _size(comparison: _Comparison) -> float:
    return max(1.0, abs(comparison.one.estimate), abs(comparison.two.estimate))


def _bonferroni(comparisons: Sequence[_Comparison]) -> float:
    tail = 0.025
    shared = _NORMAL.inv_cdf(1.0 - tail / max(1, len(comparisons)))
    return shared / _NORMAL.inv_cdf(1.0 - tail)


def _tell(story: dict[str, Any]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in story.items())
