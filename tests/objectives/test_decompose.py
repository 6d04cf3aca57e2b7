import pytest

from mesascope.core.errors import IncomparableObjectives, NotDecomposable
from mesascope.core.interval import Interval
from mesascope.core.objective import BaseObjective, Charge, Utility
from mesascope.objectives.black_box import Mixture, Probe
from mesascope.objectives.decompose import decompose
from tests.objectives.toys import model

UTILITY = Utility("result", lambda x: {0: 0.0, 1: 1.0})
SIZE = Charge("size", 0.01, lambda system: 3.0)


def base(aggregation="mean", charges=()):
    return BaseObjective("mean result", lambda system: 0.0, charges, aggregation)


def test_a_mean_with_a_charge():
    probes = [
        Probe("short", (0, 1), 0.47, charged=0.03, expected=0.5),
        Probe("long", (0, 1), 0.41, charged=0.09, expected=0.5),
    ]
    found = decompose(base(charges=(SIZE,)), UTILITY, "train", probes)
    assert (found.base, found.mu, found.utility) == ("mean result", "train", UTILITY)
    (line,) = found.residual
    assert (line.key, line.status) == ("charge-size", "declared")
    assert "0.01" in line.statement
    assert "0.03 to 0.09" in line.figure
    assert found.certificate.status == "checked"
    assert "differ by 0" in found.certificate.figure


def test_a_charge_of_nothing_is_no_residual():
    free = Charge("evaluations", 0.0, lambda system: 5.0)
    assert decompose(base(charges=(free,)), UTILITY, "train").residual == ()


def test_the_wrong_utility_fails_with_its_gap():
    probes = [Probe("a", 0, 0.5, expected=0.5), Probe("b", 1, 0.9, expected=0.6)]
    line = decompose(base(), UTILITY, "train", probes).certificate
    assert line.status == "failed"
    assert "0.3 (b)" in line.figure


def test_sampled_means_may_differ_within_their_intervals():
    near = Interval(0.6, 0.5, 0.7, 100, 0.95)
    probes = [Probe("a", 0, 0.55, expected=near)]
    assert decompose(base(), UTILITY, "train", probes).certificate.status == "checked"
    probes = [Probe("a", 0, 0.75, expected=near)]
    assert decompose(base(), UTILITY, "train", probes).certificate.status == "failed"


def test_nothing_measured_is_unchecked_not_refused():
    found = decompose(base(), UTILITY, "train")
    assert found.certificate.status == "unchecked"
    assert found.finding is None
    one_mark = decompose(base(), UTILITY, "train", [Probe("a", 0, 0.5), Probe("b", 0, 0.5)])
    assert one_mark.certificate.status == "unchecked"
    assert one_mark.finding.telling == (1, 0)


def test_both_marks_tested_is_a_certificate():
    probes = [Probe("a", 0, 0.5), Probe("b", 0, 0.5), Probe("c", 1, 1.0)]
    found = decompose(base(), UTILITY, "train", probes, [Mixture("a", "c", 0.5, 0.75)])
    assert found.certificate.status == "checked"


def test_a_declared_mean_that_is_none_is_refused():
    with pytest.raises(NotDecomposable) as caught:
        decompose(base(), UTILITY, "train", [Probe("a", 0, 0.5), Probe("b", 0, 0.6)])
    assert caught.value.cause == "sees-more-than-outputs"


def test_a_worst_case_is_a_residual():
    probes = [
        Probe("a", 0, -1.0, expected=0.5),
        Probe("b", 1, -1.0, expected=0.0),
        Probe("a again", 0, -1.0, expected=0.5),
    ]
    mixture = Mixture("a", "b", 0.5, 0.0)  # not linear, as declared
    found = decompose(base("worst-case"), UTILITY, "train", probes, [mixture])
    (line,) = found.residual
    assert (line.key, line.status) == ("aggregation-worst-case", "checked")
    assert "-1.5 to -1" in line.figure
    assert found.certificate.status == "checked"
    unmeasured = decompose(base("worst-case"), UTILITY, "train")
    assert unmeasured.residual[0].status == "unchecked"
    assert unmeasured.certificate.status == "unchecked"


def test_anything_else_has_to_pass_the_black_box_check():
    with pytest.raises(NotDecomposable) as caught:
        decompose(base("other"), UTILITY, "train")
    assert caught.value.cause == "too-few-samples"
    probes = [Probe("a", 0, 0.5), Probe("b", 0, 0.5), Probe("c", 1, 1.0)]
    one_mark = decompose(base("other"), UTILITY, "train", probes)
    assert one_mark.certificate.status == "unchecked"
    both = decompose(base("other"), UTILITY, "train", probes, [Mixture("a", "c", 0.5, 0.75)])
    assert both.certificate.status == "checked"


def test_only_base_objectives_decompose():
    with pytest.raises(IncomparableObjectives, match=r"inner candidates Ω_x.*pullback"):
        decompose(model({"a": 1}).objective, UTILITY, "train")
