import pytest

from mesascope.core.choice import Choice
from mesascope.core.task import Outputs
from mesascope.objectives.errors import BadPair
from mesascope.objectives.faithful import Baseline, faithfulness
from mesascope.objectives.observation import Observation
from tests.objectives.toys import letters, model, still

SEEN = [
    Observation(0, Choice({"a": 1.0}), 0),
    Observation(1, Choice({"a": 0.5, "b": 0.5}), 0),
    Observation(2, Choice({"c": 1.0}), 1),
]


def score(told, seen=SEEN, outputs=letters, **kwargs):
    return faithfulness(told, seen, outputs=outputs, world=still, **kwargs)


def test_by_hand():
    # Predicted {a, b} everywhere: agreement 1, 1, 0; distance ½, 0, 1; half of the outputs.
    found = score(model({"a": 1, "b": 1, "c": 0}))[0]
    assert (found.model, found.size) == ("mesa", 3)
    assert found.agreement.estimate == pytest.approx(2 / 3)
    assert found.distance.estimate == pytest.approx(0.5)
    assert found.tie_share == 0.5
    assert found.agreement.samples == 2


def test_a_perfect_model_keeps_its_uncertainty():
    right = [{"a": 1}, {"a": 1, "b": 1}, {"c": 1}]
    found = score(model(of=lambda x: right[x]))[0]
    assert found.agreement.estimate == 1.0
    assert found.agreement.low < 0.9
    assert found.distance.estimate == 0.0
    assert found.distance.high > 0.1


def test_trivial_objectives_stand_beside_it():
    *_, copy, constant = score(model({"a": 1}))
    assert copy.model == "1 if this is what the system does"
    assert (copy.agreement.estimate, copy.distance.estimate) == (1.0, 0.0)
    assert copy.size == 4
    assert copy.tie_share == pytest.approx((1 + 2 + 1) / 3 / 4)
    assert constant.model == "a constant"
    assert (constant.agreement.estimate, constant.tie_share, constant.size) == (1.0, 1.0, 1)
    assert constant.distance.estimate == pytest.approx((0.75 + 0.5 + 0.75) / 3)


def test_further_baselines_come_between():
    table = Baseline("last seen", 1, lambda x, world: Choice({"c": 1.0}), "the same length")
    found = score(model({"a": 1}), baselines=[table])
    assert [row.model for row in found][:2] == ["mesa", "last seen"]
    assert found[1].agreement.estimate == pytest.approx(1 / 3)
    assert found[1].note == "the same length"


def test_numbers_within_the_tolerance_agree():
    space = Outputs(None, lambda y: True, tolerance=0.1)
    seen = [Observation(0, Choice({0.52: 1.0}), 0)]
    near, far = model({0.5: 1}), model({0.3: 1})
    found = score(near, seen, lambda x: space)
    assert found[0].agreement.estimate == 1.0
    assert found[0].distance.estimate == 0.0
    assert found[0].tie_share == 0.0
    assert score(far, seen, lambda x: space)[0].agreement.estimate == 0.0
    assert found[-1].tie_share == 1.0


def test_nothing_held_out_is_refused():
    with pytest.raises(BadPair, match="held out"):
        score(model({"a": 1}), [])
