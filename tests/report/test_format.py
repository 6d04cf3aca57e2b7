"""Figures read as they should, and nothing looks rounder than it is."""

import pytest

from mesascope.records.figures import Figure
from mesascope.report import axis
from mesascope.report import format as form


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (1.0, "1.000"),
        (0.05, "0.050"),
        (-0.8726, "−0.873"),
        (0.9996, "0.9996"),
        (0.9999999999, "1.000"),
        (0.00042, "4.2×10⁻⁴"),
        (-3e-12, "−3.0×10⁻¹²"),
        (12.345, "12.35"),
        (123.456, "123.5"),
        (13860.0, "13,860"),
        (2.5e9, "2.5×10⁹"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert form.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.05, "0.05"), (1e-7, "10⁻⁷"), (-1e-7, "−10⁻⁷"), (2e-5, "2×10⁻⁵"), (2.2e-6, "2.2×10⁻⁶"),
     (1.0, "1"), (-0.3, "−0.3"), (10_000.0, "10,000")],
)  # fmt: skip
def test_numbers_on_an_axis(value: float, text: str) -> None:
    assert form.short(value) == text


def test_figures() -> None:
    exact = Figure(estimate=0.25, low=0.25, high=0.25)
    assert form.in_words(exact) == "0.250 exact"
    sampled = Figure(estimate=0.25, low=0.2, high=0.3, samples=1200, confidence=0.95)
    assert form.in_words(sampled) == "0.250 [0.200, 0.300] (95 %, n\u00a0=\u00a01,200)"
    # An interval without samples is no exact figure, and is not passed off as one.
    bounds = Figure(estimate=0.25, low=0.2, high=0.3)
    assert form.in_words(bounds) == "0.250 [0.200, 0.300] (not sampled)"


@pytest.mark.parametrize(
    ("estimate", "low", "high", "text"),
    [(1.1e-7, 9e-8, 1.2e-7, "< 0.001 [0, 0.001]"), (-2e-5, -3e-5, 0.01, "> −0.001 [−0.001, 0.010]"),
     (0.5, 0.0, 0.75, "0.500 [0, 0.750]"), (0.0, -2e-9, -1e-9, "0 [−0.001, 0]")],
)  # fmt: skip
def test_what_is_tiny_is_only_said_to_be(
    estimate: float, low: float, high: float, text: str
) -> None:
    sampled = Figure(estimate=estimate, low=low, high=high, samples=9, confidence=0.95)
    assert form.in_words(sampled) == f"{text} (95 %, n\u00a0=\u00a09)"


def test_code_in_prose_is_set_as_code_and_nothing_else_is_markup() -> None:
    assert form.prose("wants `<b>` & `x") == "wants <code>&lt;b&gt;</code> &amp; `x"


def test_durations() -> None:
    assert [form.seconds(s) for s in (0.0421, 3.91, 130.0)] == ["42 ms", "3.9 s", "2 min 10 s"]


def test_names_that_disguise_themselves_are_spelled_out() -> None:
    assert form.printable("a\u202eb\x00c\ud800\x1b") == "a\\u202eb\\u0000c\\ud800\\u001b"
    assert form.printable("Ω ≤ ε – 漢字 🦊\n") == "Ω ≤ ε – 漢字 🦊\n"
    assert form.shortened("one  two\nthree", 9) == "one two…"
    assert form.shortened("one two", 7) == "one two"
    assert form.shortened("漢字漢字漢", 6) == "漢字…"


def test_plain_data_in_lines() -> None:
    data = {"a": {"b": 1, "c": [1, "x", None]}, "d": True, "e": {}, "f": [{"g": 0.1}], "h": 20000}
    assert form.items(data) == [
        ("a.b", "1"),
        ("a.c", "1, x, none"),
        ("d", "yes"),
        ("e", "none"),
        ("f", '[{"g": 0.1}]'),
        ("h", "20,000"),
    ]
    assert form.items([]) == form.items(None) == []


def test_an_axis_holds_what_is_on_it() -> None:
    assert axis.ends([0.217, 0.05]) == (0.0, 0.25)
    assert axis.ends([-0.3, 1.0]) == (-0.3, 1.0)
    assert axis.ends([]) == axis.ends([0.0]) == (0.0, 1.0)
    assert axis.ends([-2.0]) == (-2.0, 0.0)
    sampled = Figure(estimate=0.1, low=0.05, high=0.2, samples=10, confidence=0.95)
    place = axis.place(sampled, 0.1, (0.0, 0.2))
    assert axis.LEFT <= place.low < place.estimate == place.threshold < place.high == axis.RIGHT
    assert [text for _, text, _ in place.labels] == ["0", "0.2", "0.1"]
    # Labels that would run into the threshold's give way to it.
    assert [text for _, text, _ in axis.place(sampled, 0.19, (0.0, 0.2)).labels] == ["0", "0.19"]
