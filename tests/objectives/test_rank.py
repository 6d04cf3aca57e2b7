import dataclasses
from itertools import combinations

import numpy as np
import pytest
from hypothesis import strategies as st

from mesascope.objectives import rank
from mesascope.objectives.pair import Pair
from mesascope.objectives.rank import rank_distance
from mesascope.objectives.statistic import value_of
from tests.objectives.strategies import INSIDE, check, pairs, rising, samples


def brute(pair):
    items = [i for i, o in enumerate(pair.pulled) if o > -np.inf]
    first, second = pair.utility[items], pair.pulled[items]
    if len(set(first)) < 2 or len(set(second)) < 2:
        return None
    cost = ordered = 0.0
    for i, j in combinations(range(len(items)), 2):
        a, b = np.sign(first[i] - first[j]), np.sign(second[i] - second[j])
        ordered += a != 0 or b != 0
        cost += 1.0 if a * b < 0 else 0.5 if a != b else 0.0
    return cost / ordered


def test_by_hand():
    # Pairs ab, ac, bc. R: a > b > c. Õ: b > a = c. ab reversed 1, ac tied in one ½, bc the same 0.
    assert value_of(rank_distance([Pair.of([2, 1, 0], [0, 1, 0])])) == pytest.approx(1.5 / 3)


def test_pairs_that_both_leave_tied_do_not_count():
    # R: a above b = c; Õ: b = c above a. Both pairs that anybody orders are reversed.
    assert value_of(rank_distance([Pair.of([1, 0, 0], [0, 1, 1])])) == 1.0


def test_undefined_instances_are_counted_and_leave_the_mean():
    reversed_ = Pair.of([1, 0], [0, 1])
    constant = Pair.of([1, 0], [2, 2])
    outside = Pair.of([1, 0, 0], [2, None, None])
    figure = rank_distance([reversed_, constant, outside])
    assert value_of(figure) == 1.0
    assert figure.undefined == 2
    assert value_of(rank_distance([constant, outside])) is None


@check(samples())
def test_against_a_double_loop(several):
    figure = rank_distance(several)
    expected = [brute(pair) for pair in several]
    assert figure.undefined == expected.count(None)
    assert figure.above == pytest.approx([share or 0.0 for share in expected], abs=1e-12)
    assert (figure.above <= figure.below).all()


@check(samples())
def test_large_batches_are_cut_without_a_seam(several):
    whole = rank_distance(several).above
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rank, "_CELLS", 1)
        assert (rank_distance(several).above == whole).all()


@check(st.permutations(range(6)))
def test_without_ties_it_is_half_of_one_less_tau(order):
    scipy = pytest.importorskip("scipy.stats")
    tau = scipy.kendalltau(range(6), order).statistic
    figure = rank_distance([Pair.of(range(6), order)])
    assert value_of(figure) == pytest.approx((1 - tau) / 2)


@check(pairs(values=INSIDE, least=2))
def test_identity_reversal_and_symmetry(pair):
    same = value_of(rank_distance([Pair(pair.utility, pair.utility)]))
    reverse = value_of(rank_distance([Pair(pair.utility, -pair.utility)]))
    assert (same, reverse) in {(0.0, 1.0), (None, None)}
    there, back = Pair(pair.utility, pair.pulled), Pair(pair.pulled, pair.utility)
    assert value_of(rank_distance([there])) == value_of(rank_distance([back]))


@check(samples())
def test_increasing_maps_of_each_instance_change_nothing(several):
    mapped = [
        dataclasses.replace(
            pair,
            utility=np.array([rising(r) for r in pair.utility]),
            pulled=np.array([o if o == -np.inf else rising(o) * (n + 2) for o in pair.pulled]),
        )
        for n, pair in enumerate(several)
    ]
    assert (rank_distance(mapped).above == rank_distance(several).above).all()
