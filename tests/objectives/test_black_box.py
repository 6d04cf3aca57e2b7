import math

import pytest

from mesascope.core.errors import NotDecomposable
from mesascope.core.interval import Interval
from mesascope.objectives.black_box import Mixture, Probe, check_black_box

BEHAVIOURS = {"left": (0, 0, 1), "right": (1, 0, 1), "both": (1, 1, 1)}


def mean(outputs):
    return sum(outputs) / len(outputs)


def around(value, half):
    return Interval(value, value - half, value + half, 100, 0.95)


def caught(*args, **kwargs):
    with pytest.raises(NotDecomposable) as caught:
        check_black_box("objective", *args, **kwargs)
    return caught.value


def test_an_expectation_passes_and_says_what_was_compared():
    probes = [Probe(name, outputs, mean(outputs)) for name, outputs in BEHAVIOURS.items()]
    twin = Probe("left again", BEHAVIOURS["left"], mean(BEHAVIOURS["left"]))
    mixture = Mixture("left", "both", 0.25, 0.25 * 1 / 3 + 0.75 * 1.0)
    found = check_black_box("mean", [*probes, twin], [mixture])
    assert (found.coincidences, found.mixtures, found.telling) == (1, 1, (1, 1))
    assert found.complete
    assert found.largest_gap == pytest.approx(0.0, abs=1e-12)
    half = check_black_box("mean", [*probes, twin])
    assert not half.complete


def test_an_objective_that_sees_size_is_caught_with_both_systems():
    error = caught([Probe("short", (0, 1), 1.0), Probe("long", (0, 1), 0.7), Probe("x", (1,), 0)])
    assert error.cause == "sees-more-than-outputs"
    assert error.counterexample == {"systems": ["short", "long"], "values": [1.0, 0.7]}
    assert "'short', 'long'" in str(error)


def test_a_declared_charge_is_given_back():
    probes = [Probe("short", (0, 1), 1.0, charged=0.1), Probe("long", (0, 1), 0.7, charged=0.4)]
    assert check_black_box("charged", probes).largest_gap == pytest.approx(0.0)


def test_a_worst_case_is_not_linear():
    # Worst result over two opponents: each system loses to one of them; the mixture to neither.
    results = {"left": (1.0, -1.0), "right": (-1.0, 1.0)}
    probes = [Probe(name, name, min(result)) for name, result in results.items()]
    mixed = min((a + b) / 2 for a, b in zip(*results.values(), strict=True))
    error = caught(probes, [Mixture("left", "right", 0.5, mixed)])
    assert error.cause == "not-linear-in-mixtures"
    assert error.counterexample["value of the mixture"] == 0.0
    assert error.counterexample["mixture of the values"] == -1.0


def test_a_variance_is_not_linear():
    probes = [Probe("low", 0, 0.0), Probe("high", 1, 0.0)]
    error = caught(probes, [Mixture("low", "high", 0.5, 0.25)])
    assert error.cause == "not-linear-in-mixtures"


def test_probes_that_share_nothing_are_too_few():
    error = caught([Probe("a", 0, 0.0), Probe("b", 1, 1.0)])
    assert error.cause == "too-few-samples"
    assert "Add probes" in str(error)


def test_noise_is_no_counterexample_but_no_evidence_either():
    noisy = [
        Probe("a", 0, around(0.50, 0.3)),
        Probe("b", 0, around(0.40, 0.3)),
        Probe("c", 1, around(0.90, 0.3)),
    ]
    error = caught(noisy)
    assert error.cause == "too-few-samples"
    assert error.counterexample["coincidences"] == 1
    sharp = [
        Probe("a", 0, around(0.50, 0.01)),
        Probe("b", 0, around(0.49, 0.01)),
        Probe("c", 1, around(0.90, 0.01)),
    ]
    assert check_black_box("objective", sharp).telling == (1, 0)
    apart = [
        Probe("a", 0, around(0.50, 0.01)),
        Probe("b", 0, around(0.45, 0.01)),
        Probe("c", 1, around(0.90, 0.01)),
    ]
    assert caught(apart).cause == "sees-more-than-outputs"


def test_the_resolution_may_be_given():
    noisy = [Probe("a", 0, around(0.5, 0.1)), Probe("b", 0, around(0.4, 0.1))]
    assert check_black_box("objective", noisy, resolution=0.5).telling == (1, 0)
    assert caught(noisy, resolution=0.05).cause == "too-few-samples"


def test_many_comparisons_widen_the_intervals():
    # 2.2 standard errors apart: beyond one comparison's interval, within fifty's.
    half = 1.96 / math.sqrt(2)
    pair = [Probe("a", "pair", around(0.0, half / 2)), Probe("b", "pair", around(2.0, half / 2))]
    assert caught(pair).cause == "sees-more-than-outputs"
    others = [
        Probe(f"{n}{twin}", n, around(float(n), half / 2)) for n in range(49) for twin in "ab"
    ]
    assert check_black_box("objective", [*pair, *others]).coincidences == 50


def test_rounding_is_no_counterexample():
    probes = [Probe("a", 0, 0.1 + 0.2), Probe("b", 0, 0.3), Probe("c", 1, 0.3)]
    assert check_black_box("objective", probes).telling == (1, 0)
