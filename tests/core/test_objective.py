"""The type rule: what has different domains does not compare, and the error says why."""

import operator
from collections.abc import Callable
from typing import Any

import pytest

from mesascope.core.errors import IncomparableObjectives, MesascopeError
from mesascope.core.objective import (
    CANDIDATES,
    OUTPUTS,
    SYSTEMS,
    BaseObjective,
    BehaviouralObjective,
    Charge,
    MesaObjective,
    Objective,
    Utility,
    require_same_domain,
)
from mesascope.systems.controls import Constant

BASE = BaseObjective("mean result", lambda system: 0.0)
MESA = MesaObjective("won, to the end", lambda instance, world: {})
UTILITY = Utility("action value", lambda instance: {})
BEHAVIOURAL = BehaviouralObjective("seems to like corners", lambda instance: {}, fit=0.9)

ACROSS = [
    (BASE, MESA, "decompose(base) to get a utility of outputs, then pullback(mesa model)"),
    (MESA, UTILITY, "pullback(mesa model)"),
    (BASE, UTILITY, "lift(utility)"),
    (BASE, BEHAVIOURAL, "lift(utility)"),
    (MESA, BEHAVIOURAL, "pullback(mesa model)"),
]
OPERATORS = [
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
    operator.sub,
]


@pytest.mark.parametrize("compare", [*OPERATORS, require_same_domain], ids=lambda f: f.__name__)
@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(("first", "second", "bridge"), ACROSS)
def test_across_domains_nothing_compares(
    first: Objective,
    second: Objective,
    bridge: str,
    compare: Callable[[Any, Any], Any],
    swapped: bool,
) -> None:
    if swapped:
        first, second = second, first
    with pytest.raises(IncomparableObjectives) as caught:
        compare(first, second)
    message = str(caught.value)
    assert f"{first.name!r} ranks {first.domain}" in message
    assert f"{second.name!r} ranks {second.domain}" in message
    assert "The missing bridge: " in message
    assert bridge in message


def test_the_error_is_a_type_error_and_ours() -> None:
    assert issubclass(IncomparableObjectives, TypeError)
    assert issubclass(IncomparableObjectives, MesascopeError)


def test_a_domain_of_the_callers_own_is_told_apart_too() -> None:
    other = Utility("speed", lambda instance: {}, domain="trajectories")
    with pytest.raises(IncomparableObjectives, match="'speed' ranks trajectories"):
        require_same_domain(BASE, other)


def test_the_domains() -> None:
    assert BASE.domain == SYSTEMS
    assert MESA.domain == CANDIDATES
    assert UTILITY.domain == BEHAVIOURAL.domain == OUTPUTS


@pytest.mark.parametrize("compare", [operator.lt, operator.ge, operator.sub])
def test_within_a_domain_a_distance_is_asked_for(compare: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(TypeError, match="compared by a distance") as caught:
        compare(UTILITY, BEHAVIOURAL)
    assert not isinstance(caught.value, IncomparableObjectives)


def test_within_a_domain_equality_is_identity() -> None:
    other = BaseObjective("mean result", lambda system: 0.0)
    same = BASE
    assert same == BASE
    assert other != BASE
    assert len({BASE, other, BASE}) == 2


def test_what_is_no_objective_compares_as_usual() -> None:
    assert BASE != 3
    with pytest.raises(TypeError, match="not supported"):
        assert BASE < 3
    with pytest.raises(TypeError, match="unsupported operand"):
        BASE - 3


def test_charges_are_taken_off() -> None:
    size = Charge("size", 0.25, lambda system: 4.0)
    time = Charge("evaluations", 0.5, lambda system: 3.0)
    charged = BaseObjective("charged", lambda system: 10.0, (size, time))
    assert charged(Constant()) == 10.0 - 1.0 - 1.5
