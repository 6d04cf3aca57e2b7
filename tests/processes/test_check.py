"""What is refused, and that the message names array, index and value."""

import numpy as np
import pytest

from mesascope.processes import BadArray, check


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([[1.0, 2.0], [np.nan, 4.0]]), r"^x\[1, 0\] is nan, and every value must be fin"),
        (np.array([1.0, np.inf]), r"^x\[1\] is inf, and every value must be finite"),
        (np.array([-np.inf]), r"^x\[0\] is -inf"),
        (np.nan, r"^x is nan, and every value must be finite"),
        (np.array(["a", "b"]), r"^x has dtype <U1, and real numbers are expected"),
        (np.array([None, 1], dtype=object), r"^x has dtype object"),
        (np.array([1j]), r"^x has dtype complex128"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), r"^x has dtype datetime64"),
        (np.zeros((0, 3)), r"^x is empty: its shape is \(0, 3\)"),
        ([], r"^x is empty"),
        ([[1.0], [1.0, 2.0]], r"^x is no array: setting an array element with a sequence"),
    ],
)
def test_real_refuses(values: object, message: str) -> None:
    with pytest.raises(BadArray, match=message) as caught:
        check.real("x", values)
    assert caught.value.array == "x"


def test_the_first_offence_is_named_and_kept_on_the_error() -> None:
    values = np.zeros((2, 3))
    values[0, 2] = values[1, 1] = np.nan
    with pytest.raises(BadArray) as caught:
        check.real("reward", values)
    assert caught.value.index == (0, 2)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.float32, np.float64])
def test_real_takes_every_kind_of_real_number(dtype: type) -> None:
    given = np.array([0, 1], dtype=dtype)
    got = check.real("x", given)
    assert got.dtype == np.float64
    assert got.tolist() == [0.0, 1.0]


def test_real_does_not_change_what_it_is_given() -> None:
    given = np.array([0.25, 0.75])
    check.distribution("x", given)[0] = 9.0
    assert given.tolist() == [0.25, 0.75]


def test_shape_lets_none_stand_for_any_length() -> None:
    check.shape("x", np.zeros((2, 5)), (2, None), "(2, B)")
    with pytest.raises(BadArray, match=r"^x has shape \(2, 5\), and \(3, B\) is expected$"):
        check.shape("x", np.zeros((2, 5)), (3, None), "(3, B)")
    with pytest.raises(BadArray, match="has shape"):
        check.shape("x", np.zeros((2, 5, 1)), (2, None), "(2, B)")


def test_a_distribution_is_rescaled_within_its_tolerance() -> None:
    got = check.distribution("x", np.float32([[0.1, 0.2, 0.7], [1 / 3, 1 / 3, 1 / 3]]))
    np.testing.assert_allclose(got.sum(axis=-1), 1.0, rtol=0, atol=2e-16)
    slight = np.array([0.5, 0.5 + 0.9e-6])
    assert check.distribution("x", slight).sum() == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize(
    ("values", "message", "index"),
    [
        ([0.5, 0.4], r"^x sums to 0.9, and a distribution to 1. Divide it by its sum$", ()),
        ([[1.0, 0.0], [0.5, 0.5 + 2e-6]], r"^x\[1\] sums to 1.000002", (1,)),
        ([[0.0, 0.0], [0.5, 0.5]], r"^x\[0\] sums to 0,", (0,)),
        ([[1.5, -0.5]], r"^x\[0, 1\] is -0.5, and a probability cannot be negative", (0, 1)),
        ([[np.nan, 1.0]], r"^x\[0, 0\] is nan", (0, 0)),
    ],
)
def test_distribution_refuses(values: object, message: str, index: tuple[int, ...]) -> None:
    with pytest.raises(BadArray, match=message) as caught:
        check.distribution("x", values)
    assert caught.value.index == index


def test_a_measure_is_scaled_to_one() -> None:
    np.testing.assert_allclose(check.measure("x", [1, 3], (2,)), [0.25, 0.75])
    with pytest.raises(BadArray, match="x is zero everywhere"):
        check.measure("x", [0.0, 0.0], (2,))
    with pytest.raises(BadArray, match=r"x has shape \(3,\), and \(2,\) is expected"):
        check.measure("x", [1.0, 1.0, 1.0], (2,))
    with pytest.raises(BadArray, match=r"x\[1\] is -1.0"):
        check.measure("x", [1.0, -1.0], (2,))


@pytest.mark.parametrize(
    "given", [[False, True, False], [0, 1, 0], [0.0, 1.0, 0.0], [1], np.uint8([1])]
)
def test_flags_are_masks_or_numbers(given: object) -> None:
    assert check.flags("terminal", given, 3).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([0, 2, 0], r"^terminal\[1\] is 2, and a mask holds 0 and 1"),
        ([0.0, np.nan, 0.0], r"^terminal\[1\] is nan, and a mask holds 0 and 1"),
        ([3], r"^terminal\[0\] is 3, and states are 0 to 2"),
        ([0, -1], r"^terminal\[1\] is -1, and states are 0 to 2"),
        ([0.5], r"^terminal has shape \(1,\), and a mask of shape \(3,\) is expected"),
        ([True, False], r"^terminal has shape \(2,\), and a mask of shape \(3,\) is expected"),
        (["1"], r"^terminal has shape \(1,\) and dtype <U1"),
        ([[True], [False], [True]], r"^terminal has shape \(3, 1\)"),
        (1, r"^terminal has shape \(\)"),
    ],
)
def test_flags_refuse(given: object, message: str) -> None:
    with pytest.raises(BadArray, match=message):
        check.flags("terminal", given, 3)
