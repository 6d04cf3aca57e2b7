from fractions import Fraction

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from mesascope.objectives.batch import Batch
from mesascope.objectives.errors import BadPair
from mesascope.objectives.pair import Pair, settle
from tests.objectives.strategies import check, samples


def test_a_pair_from_plain_numbers():
    pair = Pair.of([1, Fraction(1, 2)], [None, 3], episode=4, probability=[0.25, 0.75])
    assert pair.utility.tolist() == [1.0, 0.5]
    assert pair.pulled.tolist() == [-np.inf, 3.0]
    assert pair.image.tolist() == [False, True]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"utility": [], "pulled": []}, "at least one"),
        ({"utility": [1.0, 2.0], "pulled": [1.0]}, "lengths"),
        ({"utility": [1.0, float("nan")], "pulled": [1, 2]}, "not all finite"),
        ({"utility": [1.0, float("-inf")], "pulled": [1, 2]}, "not all finite"),
        ({"utility": [1.0, 2.0], "pulled": [1.0, float("inf")]}, "only -inf"),
        ({"utility": [1.0, 2.0], "pulled": [1.0, float("nan")]}, "only -inf"),
        ({"utility": [1, 2], "pulled": [1, 2], "probability": [0.5, 0.4]}, "add up to"),
        ({"utility": [1, 2], "pulled": [1, 2], "probability": [1.5, -0.5]}, "at least 0"),
        ({"utility": [1, 2], "pulled": [1, None], "visited": [True, True]}, "visited"),
    ],
)
def test_what_does_not_line_up_is_refused(given, says):
    with pytest.raises(BadPair, match=says):
        Pair.of(**given)


def test_shapes_are_checked_in_tests():
    with pytest.raises(TypeCheckError):
        settle([1.0], tolerance="a lot")


def test_rounding_is_taken_out_of_floats_and_nothing_out_of_exact_numbers():
    assert len({0.1 + 0.2, 0.3, 0.6 / 2}) == 2
    assert len(set(settle([0.1 + 0.2, 0.3, 1.0, 0.6 / 2], 1e-9).tolist())) == 2
    close = [Fraction(1), Fraction(1) + Fraction(1, 10**12)]
    assert len(set(settle(close, 1e-9).tolist())) == 2
    assert len(set(settle([1.0, 1.0 + 1e-12], 0.0).tolist())) == 2
    assert settle([], 1e-9).tolist() == []
    # Relative to the largest magnitude: small scales keep their differences.
    assert len(set(settle([1e-12, 2e-12], 1e-9).tolist())) == 2


@check(samples())
def test_a_batch_holds_what_its_pairs_hold(several):
    batch = Batch.of(several)
    assert Batch.of(batch) is batch
    for row, pair in enumerate(several):
        k = len(pair.utility)
        assert batch.real[row].tolist() == [True] * k + [False] * (batch.real.shape[1] - k)
        assert (batch.utility[row, :k] == pair.utility).all()
        assert (batch.pulled[row, :k] == pair.pulled).all()
        assert (batch.probability[row, :k] == pair.probability).all()
        assert (batch.gap[row, :k] == pair.utility.max() - pair.utility).all()
        assert batch.spread[row] == np.ptp(pair.utility)
    together = [[a.episode == b.episode for a in several] for b in several]
    assert (batch.episodes[:, None] == batch.episodes[None, :]).tolist() == together
    assert set(batch.episodes.tolist()) == set(range(batch.episodes.max() + 1))


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(BadPair, match="no pairs"):
        Batch.of([])
