"""The affine core against scipy, and what it must not notice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, pearsonr

from mesascope.core.errors import BadRequest
from mesascope.objectives.affine import (
    choice_regret,
    kendall_distance,
    normalised_distance,
    pearson_distance,
)
from mesascope.processes import BadArray

RNG = np.random.default_rng(0)


@given(seed=st.integers(0, 2**16), scale=st.floats(1e-6, 1e6), offset=st.floats(-1e3, 1e3))
@settings(max_examples=40)
def test_pearson_by_scipy_and_without_scale_or_offset(seed, scale, offset):
    x, y = np.random.default_rng(seed).standard_normal((2, 12))
    found = pearson_distance(x, y)
    assert found == pytest.approx(np.sqrt((1 - pearsonr(x, y)[0]) / 2), abs=1e-9)
    assert pearson_distance(scale * x + offset * scale, y) == pytest.approx(found, abs=1e-10)
    assert pearson_distance(x, scale * x) < 1e-14  # where 1 - ρ has no digits left


def test_a_measure_counts_values_more_than_once():
    x, y = RNG.standard_normal((2, 6))
    times = np.array([1, 3, 0, 2, 5, 1])
    repeated = pearson_distance(np.repeat(x, times), np.repeat(y, times))
    assert pearson_distance(x, y, measure=times) == pytest.approx(repeated)
    repeated = kendall_distance(x, y, measure=np.ones(6))
    assert repeated == pytest.approx(kendall_distance(x, y))
    repeated = normalised_distance(np.repeat(x, times), np.repeat(y, times), norms=(1, 2))
    assert normalised_distance(x, y, norms=(1, 2), measure=times) == pytest.approx(repeated)


def test_instances_have_their_own_offset_and_share_one_scale():
    x, y = RNG.standard_normal((2, 3, 4))
    owner = np.repeat(np.arange(3)[:, None], 4, axis=1)
    found = pearson_distance(x, y, instances=owner)
    moved = x + np.array([[5.0], [-2.0], [100.0]])
    assert pearson_distance(moved, y, instances=owner) == pytest.approx(found, abs=1e-12)
    stretched = x * np.array([[5.0], [1.0], [0.1]])
    assert pearson_distance(stretched, y, instances=owner) != pytest.approx(found, abs=1e-3)


@given(seed=st.integers(0, 2**16))
@settings(max_examples=40)
def test_kendall_by_scipy(seed):
    x, y = (np.random.default_rng([seed, i]).permutation(20) for i in range(2))
    assert kendall_distance(x, y) == pytest.approx((1 - kendalltau(x, y)[0]) / 2)
    assert kendall_distance(x, np.exp(0.1 * x)) == 0.0


def test_ties_count_half():
    assert kendall_distance([0, 1, 2], [0, 1, 1]) == pytest.approx(0.5 / 3)
    assert np.isnan(kendall_distance([1, 1], [2, 2]))


def test_the_regret_of_a_choice():
    assert choice_regret([0.0, 1.0, 4.0], [0, 9, 1]) == pytest.approx(0.75)
    assert choice_regret([0.0, 1.0, 4.0], [1, 1, 0]) == pytest.approx(3.5 / 4)
    assert choice_regret([2.0, 2.0], [0, 1]) == 0.0


@pytest.mark.parametrize(
    ("first", "second", "options", "error", "words"),
    [
        ([1, 2], [1, 2, 3], {}, BadArray, r"second has shape \(3,\)"),
        ([1, np.nan], [1, 2], {}, BadArray, r"first\[1\] is nan"),
        ([], [], {}, BadArray, "first is empty"),
        (["a"], ["b"], {}, BadArray, "dtype"),
        ([1, 2], [1, 2], {"measure": [-1, 2]}, BadArray, r"measure\[0\] is -1.0"),
        ([1, 2], [1, 2], {"measure": [0, 0]}, BadArray, "zero everywhere"),
        ([1, 2], [1, 2], {"norms": (3, 2)}, BadRequest, "each 1, 2 or inf"),
    ],
)
def test_what_makes_no_sense_is_refused(first, second, options, error, words):
    with pytest.raises(error, match=words):
        normalised_distance(first, second, **options)
