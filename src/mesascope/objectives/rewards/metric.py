"""The metrics by name: a canonical form, a norm to divide by, a norm to measure with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf

from jaxtyping import Array

from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up
from mesascope.objectives.affine import require_norms
from mesascope.objectives.rewards import canonical
from mesascope.objectives.rewards.coverage import Coverage


@dataclass(frozen=True)
class Metric:
    """A distance between rewards.

    Attributes:
        name: as on the command line; a suffix such as `-1-inf` names other norms.
        title: the canonical form and the normalisation, in words.
        form: (K, S, A, S) to (K, S, A, S) or (K, S, A).
        norms: n and m of m(x / n(x) - y / n(y)).
        pearson: centre the values, and halve the distance: then it is sqrt((1 - ρ) / 2).
        directed: from the first to the second, not symmetric: NPEC.
        keeps_returns: the form changes the return of no policy by more than a constant, so that
            the distance bounds regret.
        sound: 0 if and only if the two rewards are equivalent in the process, wherever the
            coverage is positive on all that can happen.
        by_values: the form needs V^π.
        reads_impossible: it depends on rewards of transitions that cannot happen.
    """

    name: str
    title: str
    form: Callable[..., Array]
    norms: tuple[float, float] = (2.0, 2.0)
    pearson: bool = False
    directed: bool = False
    keeps_returns: bool = True
    sound: bool = False
    reads_impossible: bool = True
    by_values: bool = False

    def arrays(self, coverage: Coverage) -> dict[str, Array]:
        """Return what the form computes with."""
        return coverage.arrays_and_visits if self.by_values else coverage.arrays

    @property
    def measure(self) -> str:
        """The metric in words, with its normalisation and its range."""
        if self.pearson:
            return f"{self.title}; sqrt((1 - ρ) / 2), from 0 to 1"
        if self.directed:
            return f"{self.title}; divided by the distance of the zero reward, from 0 to 1"
        n, m = ({inf: "L∞", 0.0: "nothing"}.get(o, f"L{o:g}") for o in self.norms)
        top = ", from 0 to 2" if self.norms[0] == self.norms[1] else ""
        return f"{self.title}; divided by {n}, measured by {m}{top}"


METRICS: Mapping[str, Metric] = {
    m.name: m
    for m in (
        Metric("epic", "EPIC's canonical form", canonical.epic, pearson=True),
        Metric("dard", "DARD's canonical form", canonical.dard, keeps_returns=False),
        Metric(
            "starc-val", "VAL", canonical.val, sound=True, reads_impossible=False, by_values=True
        ),
        Metric("starc-valpotential", "VALPotential", canonical.val_potential, by_values=True),
        Metric("starc-minimal", "Minimal", canonical.minimal, sound=True, reads_impossible=False),
        Metric("npec", "NPEC", canonical.minimal_potential, directed=True, keeps_returns=False),
        Metric("none", "the reward as it is", canonical.none),
    )
}
DEFAULT = ("epic", "dard", "starc-val", "starc-valpotential", "starc-minimal", "npec")
_ORDERS = {"0": 0.0, "1": 1.0, "2": 2.0, "inf": inf}


def metric(name: str) -> Metric:
    """Return the metric of a name, such as `epic`, `starc-val` or `starc-val-1-inf`.

    Raises:
        UnknownName: there is no such metric; the message says what was meant, perhaps.
        BadRequest: the metric has its own normalisation, and norms were asked for.
    """
    parts = name.split("-")
    if len(parts) > 2 and parts[-1] in _ORDERS and parts[-2] in _ORDERS:
        base = look_up("metric", "-".join(parts[:-2]), METRICS)
        if base.pearson or base.directed:
            raise BadRequest(f"{base.name} has a normalisation of its own; ask for {base.name}")
        norms = require_norms((_ORDERS[parts[-2]], _ORDERS[parts[-1]]))
        return replace(base, name=name, norms=norms)
    return look_up("metric", name, METRICS)


def every_norm_pair(base: str) -> tuple[Metric, ...]:
    """Return a metric with each pair of norms, n and m each 1, 2 or infinity.

    Raises:
        UnknownName, BadRequest: as `metric`.
    """
    return tuple(metric(f"{base}-{n}-{m}") for n in ("1", "2", "inf") for m in ("1", "2", "inf"))
