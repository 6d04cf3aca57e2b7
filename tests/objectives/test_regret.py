import dataclasses
from itertools import combinations

import numpy as np
import pytest

from mesascope.objectives.errors import BadPair
from mesascope.objectives.menu import menu_regret
from mesascope.objectives.pair import Pair
from mesascope.objectives.regret import behaviour_regret, decision_regret
from mesascope.objectives.statistic import value_of
from tests.objectives.strategies import INSIDE, check, pairs, rising, samples

INF = -np.inf


def brute_decision(pair):
    best = max(pair.pulled)
    chosen = [r for r, o in zip(pair.utility, pair.pulled, strict=True) if o == best]
    return max(pair.utility) - sum(chosen) / len(chosen), max(pair.utility) - min(pair.utility)


def brute_menu(pair):
    k = len(pair.utility)
    menus = [m for size in range(2, k + 1) for m in combinations(range(k), size)]
    regrets, stakes = [], []
    for menu in menus:
        part = Pair(pair.utility[list(menu)], pair.pulled[list(menu)])
        regret, stake = brute_decision(part)
        regrets.append(regret)
        stakes.append(stake)
    return (np.mean(regrets), np.mean(stakes)) if menus else (0.0, 0.0)


def test_decision_regret_by_hand():
    # Two tied best by Õ with utilities 1 and 0: regret ½ of stake 1. Then regret 2 of stake 4.
    first = Pair.of([1, 0, 0.5], [7, 7, 3])
    second = Pair.of([4, 2, 0], [1, 2, 0])
    ratio = decision_regret([first, second])
    assert ratio.above.tolist() == [0.5, 2.0]
    assert ratio.below.tolist() == [1.0, 4.0]
    assert value_of(ratio) == 2.5 / 5.0
    assert value_of(ratio) != np.mean([0.5, 0.5 + 0.1])  # not a mean of ratios


def test_the_scale_is_shared_between_instances():
    # Wrong where a mistake costs 1, right where it would cost 9: the mean of ratios would be ½.
    cheap = Pair.of([1, 0], [0, 1])
    dear = Pair.of([9, 0], [1, 0])
    assert value_of(decision_regret([cheap, dear])) == 0.1


def test_constant_instances_add_nothing_and_are_counted():
    constant = Pair.of([2, 2], [0, 1])
    wrong = Pair.of([1, 0], [0, 1])
    ratio = decision_regret([constant, wrong, constant])
    assert value_of(ratio) == 1.0
    assert ratio.undefined == 2
    assert value_of(decision_regret([constant])) is None
    assert value_of(menu_regret([constant])) is None
    assert value_of(behaviour_regret([Pair.of([2, 2], [0, 1], probability=[0, 1])])) is None


def test_outside_the_image_ranks_last_and_an_empty_image_chooses_uniformly():
    assert value_of(decision_regret([Pair.of([1, 0], [None, -1e9])])) == 1.0
    assert value_of(decision_regret([Pair.of([1, 0, 0, 0], [None] * 4)])) == 0.75


def test_behaviour_regret_by_hand():
    pair = Pair.of([1, 0, -1], [0, 0, 0], probability=[0.5, 0.25, 0.25])
    assert value_of(behaviour_regret([pair])) == (0.25 * 1 + 0.25 * 2) / 2
    with pytest.raises(BadPair, match="1 of 2 pairs"):
        behaviour_regret([pair, Pair.of([1, 0], [0, 1])])


def test_menu_regret_by_hand():
    # Menus of {a, b, c} with two or more: ab, ac, bc, abc. R = 2, 1, 0; Õ puts b first, then a.
    # Choices b, a, b, b: regrets 1, 0, 0, 1; stakes 1, 2, 1, 2.
    ratio = menu_regret([Pair.of([2, 1, 0], [5, 6, 1])])
    assert ratio.above[0] == pytest.approx(2 / 4)
    assert ratio.below[0] == pytest.approx(6 / 4)
    assert value_of(ratio) == pytest.approx(2 / 6)


def test_a_good_first_choice_does_not_hide_a_bad_order():
    pair = Pair.of([4, 3, 2, 1, 0], [9, 0, 1, 2, 3])
    assert value_of(decision_regret([pair])) == 0.0
    assert value_of(menu_regret([pair])) > 0.2


def test_a_menu_outside_the_image_is_a_uniform_choice():
    # ab: neither in the image, so regret ½. ac and abc choose c: regrets 2 and 2; bc: 1.
    ratio = menu_regret([Pair.of([2, 1, 0], [None, None, 5])])
    assert ratio.above[0] == pytest.approx((0.5 + 2 + 1 + 2) / 4)


def test_a_single_output_leaves_no_menu():
    ratio = menu_regret([Pair.of([3], [1]), Pair.of([1, 0], [0, 1])])
    assert ratio.above.tolist() == [0.0, 1.0]
    assert ratio.below.tolist() == [0.0, 1.0]
    assert ratio.undefined == 1


def test_menus_of_many_outputs_are_exact():
    k = 2000
    order = np.arange(k, dtype=float)
    assert value_of(menu_regret([Pair(order, order)])) == 0.0
    assert value_of(menu_regret([Pair(order, -order)])) == pytest.approx(1.0)
    constant = value_of(menu_regret([Pair(order, np.zeros(k))]))
    assert constant == pytest.approx(0.5)


@check(samples())
def test_decision_regret_against_brute_force(several):
    ratio = decision_regret(several)
    for row, pair in enumerate(several):
        regret, stake = brute_decision(pair)
        assert ratio.above[row] == pytest.approx(regret, abs=1e-12)
        assert ratio.below[row] == stake


@check(samples())
def test_menu_regret_against_all_menus(several):
    ratio = menu_regret(several)
    for row, pair in enumerate(several):
        regret, stake = brute_menu(pair)
        assert ratio.above[row] == pytest.approx(regret, abs=1e-11)
        assert ratio.below[row] == pytest.approx(stake, abs=1e-11)


@check(samples())
def test_behaviour_regret_against_a_loop(several):
    ratio = behaviour_regret(several)
    for row, pair in enumerate(several):
        got = sum(p * r for p, r in zip(pair.probability, pair.utility, strict=True))
        assert ratio.above[row] == pytest.approx(max(pair.utility) - got, abs=1e-12)


@pytest.mark.parametrize("regret", [decision_regret, menu_regret])
@check(several=samples())
def test_bounds(regret, several):
    ratio = regret(several)
    assert (ratio.above >= 0).all()
    assert (ratio.above <= ratio.below).all()


@pytest.mark.parametrize("regret", [decision_regret, menu_regret])
@check(several=samples())
def test_an_increasing_map_of_each_instance_changes_nothing(regret, several):
    mapped = [
        dataclasses.replace(
            pair, pulled=np.array([o if o == INF else (n + 1) * rising(o) for o in pair.pulled])
        )
        for n, pair in enumerate(several)
    ]
    assert regret(mapped).above == pytest.approx(regret(several).above, abs=1e-12)


@pytest.mark.parametrize("regret", [decision_regret, menu_regret])
@check(pair=pairs(values=INSIDE))
def test_the_utility_has_no_regret_with_itself_and_its_reverse_has_all(regret, pair):
    same = regret([dataclasses.replace(pair, pulled=3.0 * pair.utility - 1.0)])
    assert same.above[0] == 0.0
    reverse = regret([dataclasses.replace(pair, pulled=-pair.utility)])
    assert reverse.above[0] == pytest.approx(reverse.below[0])


@pytest.mark.parametrize("regret", [decision_regret, menu_regret])
@check(pair=pairs())
def test_the_order_of_outputs_does_not_matter(regret, pair):
    turned = Pair(pair.utility[::-1].copy(), pair.pulled[::-1].copy())
    assert regret([turned]).above == pytest.approx(regret([pair]).above, abs=1e-12)
