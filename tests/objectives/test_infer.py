import math

import numpy as np
import pytest
from hypothesis import strategies as st

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput
from mesascope.core.task import Candidate, Outputs
from mesascope.objectives.errors import BadPair
from mesascope.objectives.infer import NONE, fit_slip, infer, log_likelihood
from mesascope.objectives.observation import Observation
from tests.objectives.strategies import check
from tests.objectives.toys import letters, still

LETTERS = "abcd"


def liking(name, order, size=1):
    """A candidate that ranks letters by a function of the instance."""
    return Candidate(name, lambda x, world: dict(zip(LETTERS, order(x), strict=True)), None, size)


ALPHABET = liking("alphabet", lambda x: [3, 2, 1, 0])
SAME_BEST = liking("same best", lambda x: [3, 0, 1, 2], size=5)
TURNING = liking("turning", lambda x: [(i - x) % 4 for i in range(4)])
CONSTANT = liking("anything goes", lambda x: [1, 1, 1, 1])
ALL = [TURNING, CONSTANT, ALPHABET, SAME_BEST]


def seen(*choices):
    return [Observation(n, Choice(choice), n) for n, choice in enumerate(choices)]


def ask(observations, candidates=ALL, **kwargs):
    return infer(candidates, observations, outputs=letters, world=still, **kwargs)


def rows(found):
    return {row.name: row for row in found.table}


def test_a_perfect_pursuer_is_found_with_what_cannot_be_told_from_it():
    found = ask(seen(*[{"a": 1.0}] * 12))
    assert found.objective.name == "alphabet"
    assert found.unidentifiable == ("alphabet", "same best")
    table = rows(found)
    assert table["alphabet"].slip == 0.0
    assert table["alphabet"].log_likelihood == 0.0
    assert table["alphabet"].fit == 1.0
    assert table["alphabet"].breadth == 0.25
    assert table[NONE].log_likelihood == pytest.approx(12 * math.log(1 / 4))
    assert table["anything goes"].log_likelihood == pytest.approx(12 * math.log(1 / 4))
    assert sum(row.posterior for row in found.table) == pytest.approx(1.0)
    assert found.observations == 12
    assert found.objective.values(7) == {"a": 3, "b": 2, "c": 1, "d": 0}


def test_a_short_description_breaks_the_tie_but_the_tie_is_told():
    found = ask(seen(*[{"a": 1.0}] * 3), [SAME_BEST, ALPHABET], prior="description-length")
    assert found.objective.name == "alphabet"
    assert set(found.unidentifiable) == {"alphabet", "same best"}
    table = rows(found)
    assert table["alphabet"].prior / table["same best"].prior == pytest.approx(2**4)
    assert table["alphabet"].posterior / table["same best"].posterior == pytest.approx(2**4)


def test_an_instance_that_tells_them_apart_settles_it():
    other = liking("but not on 2", lambda x: [3, 2, 1, 0] if x != 2 else [0, 2, 1, 3])
    assert ask(seen({"a": 1.0}, {"a": 1.0}), [ALPHABET, other]).unidentifiable == (
        "alphabet",
        "but not on 2",
    )
    assert ask(seen(*[{"a": 1.0}] * 3), [ALPHABET, other]).unidentifiable == ("alphabet",)


def test_the_slip_by_hand():
    # Three of four choices are best: (1 - ε) + ε/4 = 3/4, so ε = 1/3.
    found = ask(seen({"a": 1.0}, {"a": 1.0}, {"b": 1.0}, {"a": 1.0}), [ALPHABET])
    row = rows(found)["alphabet"]
    assert row.slip == pytest.approx(1 / 3)
    assert row.log_likelihood == pytest.approx(3 * math.log(3 / 4) + math.log(1 / 12))
    # Score: log-likelihood less ½ log 4, against 4 log ¼.
    odds = math.exp(row.log_likelihood - 0.5 * math.log(4) - 4 * math.log(1 / 4))
    assert row.posterior == pytest.approx(odds / (1 + odds))


@pytest.mark.parametrize("choice", [dict.fromkeys(LETTERS, 0.25), {"b": 0.5, "c": 0.5}])
def test_what_nobody_wants_is_none_of_these(choice):
    found = ask(seen(*[choice] * 30), [ALPHABET, SAME_BEST])
    assert found.objective.name == NONE
    assert found.unidentifiable == (NONE,)
    assert found.objective.values(0) == dict.fromkeys(LETTERS, 0.0)
    assert rows(found)["alphabet"].slip == 1.0


def test_no_candidates_leave_none_of_these():
    found = ask(seen({"a": 1.0}), [])
    assert [row.name for row in found.table] == [NONE]
    assert found.table[0].posterior == 1.0


@check(
    st.lists(
        st.tuples(st.integers(2, 6), st.integers(1, 6), st.integers(0, 4)), min_size=1, max_size=6
    )
)
def test_the_fitted_slip_against_a_grid(data):
    count = np.array([k for k, _, _ in data], float)
    size = np.array([min(g, k) for k, g, _ in data], float)
    mass = np.array([m / 4 for *_, m in data])
    mass = np.where(size == count, 1.0, mass)
    slip = fit_slip(mass, size, count)
    best = log_likelihood(slip, mass, size, count)
    for other in np.linspace(0.0, 1.0, 201):
        assert best >= log_likelihood(float(other), mass, size, count) - 1e-9


@check(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=12))
def test_only_the_best_outputs_count(letters_chosen):
    observations = seen(*[{letter: 1.0} for letter in letters_chosen])
    stretched = liking("stretched", lambda x: [100.0, -1.0, -2.0, -77.0])
    found = rows(ask(observations, [ALPHABET, stretched]))
    assert found["alphabet"].log_likelihood == found["stretched"].log_likelihood


def test_rounding_does_not_hide_a_tie():
    tied = liking("tied", lambda x: [0.1 + 0.2, 0.3, 0.0, 0.0])
    row = rows(ask(seen({"a": 0.5, "b": 0.5}), [tied]))["tied"]
    assert (row.fit, row.breadth) == (1.0, 0.5)


def test_probabilities_that_add_up_to_less_by_rounding_fit_perfectly():
    digits = [str(n) for n in range(12)]
    told = Candidate("the first ten", lambda x, w: {y: float(int(y) < 10) for y in digits}, None, 1)
    choice = Choice(dict.fromkeys(digits[:10], 0.1))
    assert sum(choice.weights.values()) < 1.0
    found = infer(
        [told], [Observation(0, choice)], outputs=lambda x: Outputs.finite(digits), world=still
    )
    assert rows(found)["the first ten"].slip == 0.0


def test_errors():
    with pytest.raises(BadPair, match="nothing was observed"):
        ask([])
    with pytest.raises(BadPair, match="listed"):
        infer(ALL, seen({"a": 1.0}), outputs=lambda x: Outputs(None, bool), world=still)
    foreign = Candidate("foreign", lambda x, world: {"z": 1}, None, 1)
    with pytest.raises(IllegalOutput, match="'z'"):
        ask(seen({"a": 1.0}), [foreign])
    empty = Candidate("empty", lambda x, world: {}, None, 1)
    with pytest.raises(IllegalOutput, match="nothing"):
        ask(seen({"a": 1.0}), [empty])
    with pytest.raises(IllegalOutput, match="'z'"):
        ask(seen({"z": 1.0}))
