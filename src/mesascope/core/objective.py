"""Typed objectives: each knows its domain, and two with different domains do not compare.

A base objective ranks systems; a mesa-objective ranks what one system searches over inside. "They
agree" means nothing until somebody says how one is carried to the domain of the other, so every
direct comparison raises `IncomparableObjectives` and names the bridge that is missing.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from mesascope.core.choice import Number
from mesascope.core.errors import IncomparableObjectives
from mesascope.core.system import Instance, System
from mesascope.core.world import World

SYSTEMS = "systems Σ"
CANDIDATES = "inner candidates Ω_x"
OUTPUTS = "outputs Y_x"

_BRIDGE = {
    frozenset({SYSTEMS, CANDIDATES}): (
        "decompose(base) to get a utility of outputs, then pullback(mesa model) to carry the "
        "mesa-objective to outputs, then compare those two"
    ),
    frozenset({SYSTEMS, OUTPUTS}): (
        "decompose(base) to get a utility of outputs, or lift(utility) to carry the other one to "
        "systems"
    ),
    frozenset({CANDIDATES, OUTPUTS}): (
        "pullback(mesa model), which carries the mesa-objective to outputs through its decoder"
    ),
}


class Objective:
    """A criterion with a domain. Orders, equality and differences across domains raise."""

    name: str
    domain: str

    def _compare(self, other: object) -> Any:
        if not isinstance(other, Objective):
            return NotImplemented
        require_same_domain(self, other)
        raise TypeError(
            f"two objectives over {self.domain} are compared by a distance over a named "
            "distribution, not by an operator; use mesascope.objectives"
        )

    def __eq__(self, other: object) -> Any:
        if self is other or not isinstance(other, Objective):
            return self is other
        require_same_domain(self, other)
        return False

    def __hash__(self) -> int:
        return id(self)

    __lt__ = __le__ = __gt__ = __ge__ = _compare
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _compare
    __truediv__ = __rtruediv__ = _compare


def require_same_domain(first: Objective, second: Objective) -> None:
    """Let two objectives pass only if they rank the same kind of thing.

    Raises:
        IncomparableObjectives: naming both domains and the bridge that is missing.
    """
    if first.domain != second.domain:
        _refuse(first, second)


def _refuse(first: Objective, second: Objective) -> NoReturn:
    bridge = _BRIDGE.get(
        frozenset({first.domain, second.domain}), "a map from one domain to the other, to be given"
    )
    raise IncomparableObjectives(
        f"{first.name!r} ranks {first.domain} and {second.name!r} ranks {second.domain}: they "
        f"have different domains and cannot be compared directly. The missing bridge: {bridge}."
    )


@dataclass(frozen=True, eq=False)
class Charge:
    """A term of a base objective that sees more than outputs.

    Attributes:
        name: `size`, `evaluations`, or the caller's own.
        rate: how much of the objective one unit costs.
        amount: units of a system.
    """

    name: str
    rate: float
    amount: Callable[[System], float]


@dataclass(frozen=True, eq=False)
class BaseObjective(Objective):
    """O_base: Σ → ℝ, the criterion that selected the system.

    Attributes:
        name: for the report.
        value_of_behaviour: the part that depends on what the system puts out.
        charges: what is taken off for anything else, such as description length or run time.
        aggregation: `mean` where the first part is an expectation over instances (and so has a
            per-instance utility), `worst-case` or `other` where it is not.
    """

    name: str
    value_of_behaviour: Callable[[System], float]
    charges: tuple[Charge, ...] = ()
    aggregation: str = "mean"
    domain: str = SYSTEMS

    def __call__(self, system: System) -> float:
        """Return O_base of a system, charges included."""
        charged = sum(charge.rate * charge.amount(system) for charge in self.charges)
        return self.value_of_behaviour(system) - charged


@dataclass(frozen=True, eq=False)
class MesaObjective(Objective):
    """O_mesa,x: Ω_x → ℝ, the criterion of a search inside one system.

    Attributes:
        name: for the report.
        values: the value of every candidate of an instance, in a world.
    """

    name: str
    values: Callable[[Instance, World[Any, Any]], Mapping[Hashable, Number]]
    domain: str = CANDIDATES


@dataclass(frozen=True, eq=False)
class Utility(Objective):
    """R_x: Y_x → ℝ, what an output is worth on an instance; one shared scale over instances.

    Attributes:
        name: for the report.
        values: the utility of every output of an instance.
    """

    name: str
    values: Callable[[Instance], Mapping[Hashable, float]]
    domain: str = OUTPUTS


@dataclass(frozen=True, eq=False)
class BehaviouralObjective(Objective):
    """What fits a system's behaviour. Every system has one; it is never its mesa-objective.

    Attributes:
        name: the candidate that fits best.
        values: the fitted utility of every output of an instance.
        fit: mean share of the system's probability on outputs that this objective ranks best.
    """

    name: str
    values: Callable[[Instance], Mapping[Hashable, Number]]
    fit: float
    domain: str = OUTPUTS
