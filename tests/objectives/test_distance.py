import pytest

from mesascope.core.errors import IllegalOutput, IncomparableObjectives, UnknownName
from mesascope.core.objective import BaseObjective, Utility
from mesascope.objectives.distance import distance
from mesascope.objectives.errors import BadPair
from mesascope.objectives.pullback import carry
from tests.objectives.toys import letters, model, still

BASE = BaseObjective("mean result", lambda system: 0.0)
UTILITY = Utility("optimal value", lambda x: {"a": 3.0, "b": 2.0, "c": 1.0, "d": 0.0})
MESA = model({"a": 1, "b": 2, "c": 0}).objective
PULLED = carry(model({"a": 1, "b": 2, "c": 0}), letters, still)


@pytest.mark.parametrize(
    ("first", "second", "bridge"),
    [
        (BASE, MESA, r"systems Σ.*inner candidates Ω_x.*decompose\(base\).*pullback"),
        (MESA, BASE, r"inner candidates Ω_x.*systems Σ.*decompose\(base\).*pullback"),
        (UTILITY, MESA, r"outputs Y_x.*inner candidates Ω_x.*pullback\(mesa model\)"),
        (BASE, PULLED, r"systems Σ.*outputs Y_x.*decompose\(base\).*lift"),
    ],
)
def test_objectives_with_different_domains_do_not_compare(first, second, bridge):
    with pytest.raises(IncomparableObjectives, match=bridge):
        distance(first, second, [0])


@pytest.mark.parametrize("objective", [BASE, MESA])
def test_the_same_domain_is_not_enough_off_outputs(objective):
    with pytest.raises(IncomparableObjectives, match=r"decompose\(\).*carry\(\)"):
        distance(objective, objective, [0])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("decision", 1 / 3),
        # a > b > c against b > a > c: one of three pairs; d is outside the image.
        ("rank", 1 / 3),
        # Centred (1, 0, -1) and (0, 1, -1): ρ = ½.
        ("pearson", 0.5),
    ],
)
def test_each_kind_by_hand(kind, value):
    found = distance(UTILITY, PULLED, [0, 1], kind=kind, mu="train")
    assert found.value.estimate == pytest.approx(value)
    assert (found.mu, found.nu, found.instances) == ("train", "all outputs alike", 2)
    assert found.kind == kind
    assert found.measure
    assert found.undefined == 0


def test_menus_see_more_than_decisions():
    last = carry(model({"a": 9, "b": 0, "c": 1, "d": 2}), letters, still)
    assert distance(UTILITY, last, [0]).value.estimate == 0.0
    assert distance(UTILITY, last, [0], kind="menu").value.estimate > 0.1


def test_episodes_are_the_samples():
    assert distance(UTILITY, PULLED, [0, 1, 2], episodes=[5, 5, 9]).value.samples == 2


def test_undefined_on_every_instance():
    constant = carry(model({"a": 1, "b": 1}), letters, still)
    found = distance(UTILITY, constant, [0, 1], kind="rank")
    assert (found.value, found.undefined) == (None, 2)


def test_errors():
    with pytest.raises(UnknownName, match="Did you mean 'rank'"):
        distance(UTILITY, PULLED, [0], kind="ranks")
    with pytest.raises(BadPair, match="no pairs"):
        distance(UTILITY, PULLED, [])
    short = Utility("short", lambda x: {"a": 1.0, "b": 0.0})
    with pytest.raises(IllegalOutput, match="'c'"):
        distance(short, PULLED, [0])
