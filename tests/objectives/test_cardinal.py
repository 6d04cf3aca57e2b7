import math

import numpy as np
import pytest
from hypothesis import strategies as st

from mesascope.objectives.cardinal import cardinal_distance
from mesascope.objectives.pair import Pair
from mesascope.objectives.statistic import value_of
from tests.objectives.strategies import INSIDE, check, samples


def brute(several):
    """Weighted correlation of a long table, by the definition."""
    rows = []
    for pair in several:
        inside = [(r, o) for r, o in zip(pair.utility, pair.pulled, strict=True) if o > -math.inf]
        for r, o in inside:
            mean_r = math.fsum(a for a, _ in inside) / len(inside)
            mean_o = math.fsum(b for _, b in inside) / len(inside)
            rows.append((1 / len(inside), r - mean_r, o - mean_o))
    xy = math.fsum(w * x * y for w, x, y in rows)
    xx = math.fsum(w * x * x for w, x, _ in rows)
    yy = math.fsum(w * y * y for w, _, y in rows)
    if min(xx, yy) < 1e-20:
        return None
    return math.sqrt(max(0.0, 1 - xy / math.sqrt(xx * yy)) / 2)


def test_by_hand():
    # Orthogonal after centring: ρ = 0.
    orthogonal = Pair.of([1, 1, -1, -1], [1, -1, 1, -1])
    assert value_of(cardinal_distance([orthogonal])) == pytest.approx(math.sqrt(0.5))
    # Centred: (-1, 1) against (-1, 1) and (-2, 2) against (2, -2): ρ = (2 - 8) / 10.
    mixed = [Pair.of([0, 2], [5, 7]), Pair.of([0, 4], [4, 0])]
    assert value_of(cardinal_distance(mixed)) == pytest.approx(math.sqrt(1.6 / 2))


@check(samples())
def test_against_the_definition(several):
    found, expected = value_of(cardinal_distance(several)), brute(several)
    assert (found is None) == (expected is None)
    if found is not None:
        assert 0.0 <= found <= 1.0
        # Near ρ = 1 the root magnifies rounding, so compare ρ.
        assert found**2 == pytest.approx(expected**2, abs=1e-12)


@check(
    samples(values=INSIDE),
    st.floats(0.1, 10),
    st.floats(0.1, 10),
    st.lists(st.floats(-50, 50), min_size=12, max_size=12),
)
def test_offsets_of_each_instance_and_one_scale_change_nothing(several, a, b, offsets):
    mapped = [
        Pair(a * pair.utility + offsets[n], b * pair.pulled + offsets[-1 - n])
        for n, pair in enumerate(several)
    ]
    before, after = value_of(cardinal_distance(several)), value_of(cardinal_distance(mapped))
    assert (before is None) == (after is None)
    if before is not None:
        assert after**2 == pytest.approx(before**2, abs=1e-9)


def test_standardising_each_instance_alone_is_something_else():
    # Right where little is at stake, wrong where much is.
    several = [Pair.of([0, 1], [0, 1]), Pair.of([0, 10], [10, 0])]
    alone = [
        Pair((p.utility - p.utility.mean()) / p.utility.std(), (p.pulled - 5.0) / p.pulled.std())
        for p in several
    ]
    shared = value_of(cardinal_distance(several))
    assert shared == pytest.approx(math.sqrt((1 + 99 / 101) / 2))
    assert value_of(cardinal_distance(alone)) == pytest.approx(math.sqrt(0.5))
    # And it can change which of two objectives is nearer.
    other = [Pair.of([0, 1], [1, 0]), Pair.of([0, 10], [0, 5])]
    alone_other = [
        Pair((p.utility - p.utility.mean()) / p.utility.std(), p.pulled / p.pulled.std())
        for p in other
    ]
    assert value_of(cardinal_distance(other)) < 0.5
    assert value_of(cardinal_distance(alone_other)) == pytest.approx(math.sqrt(0.5))


def test_only_the_image_is_seen():
    with_outside = Pair.of([0, 1, 2, 99], [0, 1, 2, None])
    assert value_of(cardinal_distance([with_outside])) == 0.0


def test_undefined_where_either_is_constant_throughout():
    flat = Pair.of([0.1, 0.1, 0.1], [1, 2, 3])
    indifferent = Pair.of([1, 2, 3], [0.1, 0.1, 0.1])
    assert value_of(cardinal_distance([flat])) is None
    assert value_of(cardinal_distance([indifferent])) is None
    assert value_of(cardinal_distance([Pair.of([1, 2], [None, 3])])) is None
    # One varies here and the other there: a correlation of 0, not an undefined one.
    both = cardinal_distance([flat, indifferent])
    assert both.undefined == 2
    assert value_of(both) == pytest.approx(math.sqrt(0.5))


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_extreme_scales_do_not_vanish(scale):
    pair = Pair(np.array([0.0, 1.0, 2.0]), scale * np.array([2.0, 1.0, 0.0]))
    assert value_of(cardinal_distance([pair])) == 1.0
