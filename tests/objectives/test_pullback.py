from fractions import Fraction

import numpy as np
import pytest

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput
from mesascope.core.objective import OUTPUTS
from mesascope.core.task import Outputs
from mesascope.objectives.errors import BadPair
from mesascope.objectives.pair import Pair
from mesascope.objectives.pullback import (
    carry,
    image_share,
    loss_outside,
    pair_up,
    pullback,
    visited_share,
)
from mesascope.objectives.statistic import value_of
from tests.objectives.toys import Still, letters, model, still

UTILITY = {"a": 1.0, "b": 0.5, "c": 0.0, "d": -1.0}


def first_letter(instance, candidate):
    return candidate[0]


def test_an_output_is_worth_its_best_candidate():
    plans = {"ab": 1, "ac": Fraction(7, 2), "ba": -3, "bb": -4}
    pulled = pullback(model(plans, first_letter), letters(0), 0, Still())
    assert pulled == {"a": Fraction(7, 2), "b": -3}


def test_the_pulled_choice_is_the_model_s_own():
    plans = {"ab": 2, "ac": 2, "ba": 2, "cc": 1}
    told = model(plans, first_letter)
    pulled = pullback(told, letters(0), 0, Still())
    assert Choice.among_best(pulled).weights == told.predict(0, Still()).weights


def test_a_candidate_that_decodes_to_no_output_is_refused():
    with pytest.raises(IllegalOutput, match=r"'zz'.*'z'"):
        pullback(model({"zz": 1}, first_letter), letters(0), 0, Still())


@pytest.mark.parametrize("value", [float("-inf"), float("inf"), float("nan")])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(BadPair, match="finite"):
        pullback(model({"a": value}), letters(0), 0, Still())


def test_outputs_within_the_tolerance_are_one_output():
    listed = Outputs((0.0, 1.0), lambda y: -1 <= y <= 2, tolerance=0.1)
    assert pullback(model({0.05: 1, -0.02: 3, 1.08: 2}), listed, 0, Still()) == {0.0: 3, 1.0: 2}
    free = Outputs(None, lambda y: True, tolerance=0.1)
    points = {(0.0, 1.0): 1, (0.05, 0.95): 4, (0.0, 1.2): 2}
    pulled = pullback(model(points), free, 0, Still())
    assert pulled == {(0.0, 1.0): 4, (0.0, 1.2): 2}


def test_carrying_gives_an_objective_over_outputs():
    carried = carry(model(of=lambda x: {"a": x}), letters, still)
    assert carried.domain == OUTPUTS
    assert (carried.values(5), carried.name, carried.standing) == ({"a": 5}, "mesa", "declared")


def test_a_pair_lines_everything_up():
    pair = pair_up(
        UTILITY,
        {"c": 2, "a": 1},
        letters(0),
        episode=3,
        choice=Choice({"a": 0.25, "c": 0.75}),
        visited=["a", "d"],
    )
    assert pair.outputs == ("a", "b", "c", "d")
    assert pair.utility.tolist() == [1.0, 0.5, 0.0, -1.0]
    assert pair.pulled.tolist() == [1.0, -np.inf, 2.0, -np.inf]
    assert pair.probability.tolist() == [0.25, 0.0, 0.75, 0.0]
    assert pair.visited.tolist() == [True, False, False, False]
    assert pair.episode == 3


def test_rounding_is_taken_out_of_a_pair():
    pair = pair_up({"a": 0.1 + 0.2, "b": 0.3}, {"a": 1, "b": 2}, Outputs.finite("ab"))
    assert pair.utility[0] == pair.utility[1]


def test_a_pair_that_does_not_line_up_is_refused():
    with pytest.raises(BadPair, match="'d' has no utility"):
        pair_up({"a": 1.0, "b": 1.0, "c": 1.0}, {"a": 1}, letters(0))
    with pytest.raises(IllegalOutput, match=r"pulled-back objective names 'z'"):
        pair_up(UTILITY, {"z": 1}, letters(0))
    with pytest.raises(IllegalOutput, match=r"choice names 'z'"):
        pair_up(UTILITY, {"a": 1}, letters(0), choice=Choice({"z": 1.0}))
    with pytest.raises(BadPair, match=r"lift\(\)"):
        pair_up(UTILITY, {"a": 1}, Outputs(None, lambda y: True))


def test_choices_within_the_tolerance_are_put_together():
    space = Outputs((0.0, 1.0), lambda y: True, tolerance=0.1)
    choice = Choice({0.02: 0.5, 0.0: 0.25, 1.0: 0.25})
    pair = pair_up({0.0: 1.0, 1.0: 0.0}, {0.0: 1}, space, choice=choice)
    assert pair.probability.tolist() == [0.75, 0.25]


def test_coverage_and_loss_by_hand():
    # a and b outside: half the outputs, and of 1.0 the image keeps 0.0.
    pair = Pair.of([1, 0.5, 0, -1], [None, None, 2, 3], visited=[False, False, True, False])
    whole = Pair.of([2, 0], [1, 1], visited=[True, True])
    assert value_of(image_share([pair, whole])) == 0.75
    assert value_of(visited_share([pair, whole])) == 0.625
    assert value_of(loss_outside([pair, whole])) == 0.5
    # An empty image loses all there is to lose.
    assert value_of(loss_outside([Pair.of([2, 0], [None, None])])) == 2.0
    with pytest.raises(BadPair, match="visited"):
        visited_share([Pair.of([1], [1])])
