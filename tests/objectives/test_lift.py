import numpy as np
import pytest
from hypothesis import strategies as st

from mesascope.core.choice import Choice
from mesascope.core.errors import IncomparableObjectives
from mesascope.core.objective import Utility
from mesascope.core.task import Outputs
from mesascope.objectives.correlation import Pearson, kendall, pearson
from mesascope.objectives.errors import BadPair
from mesascope.objectives.lift import Lifted, agreement, lift
from mesascope.objectives.pullback import carry
from tests.objectives.strategies import check
from tests.objectives.toys import letters, model, still

PULLED = carry(model(of=lambda x: {"a": x, "b": 0, "c": -x}), letters, still)


def always(*outputs):
    return lambda instance: Choice.uniform(outputs)


def lifted(value, outside=0.0):
    return Lifted("s", value, value, outside, 1)


def test_by_hand():
    found = lift(PULLED, always("a", "b"), [1, 3], system="s")
    assert found == Lifted("s", (0.5 + 1.5) / 2, 1.0, 0.0, 2)


def test_what_has_no_value_leaves_none():
    found = lift(PULLED, always("a", "d"), [1, 3])
    assert found.value is None
    assert found.inside == 2.0
    assert found.outside == 0.5
    nowhere = lift(PULLED, always("d"), [1])
    assert (nowhere.value, nowhere.inside, nowhere.outside) == (None, None, 1.0)


def test_outputs_within_the_tolerance_have_a_value():
    near = Utility("near 0", lambda x: {0.0: 5.0, 1.0: 0.0})
    space = Outputs(None, lambda y: True, tolerance=0.1)
    assert lift(near, always(0.05), [0]).value is None
    assert lift(near, always(0.05), [0], outputs=lambda x: space).value == 5.0
    assert lift(near, always(0.5), [0], outputs=lambda x: space).value is None


def test_only_objectives_over_outputs_are_lifted():
    with pytest.raises(IncomparableObjectives, match="inner candidates"):
        lift(model({"a": 1}).objective, always("a"), [0])
    with pytest.raises(BadPair, match="none"):
        lift(PULLED, always("a"), [])


def test_agreement_over_a_population():
    values = [lifted(float(v)) for v in (0, 1, 2, 3)]
    found = agreement([*values, lifted(None, 0.5)], [0, 1, 3, 2, 9], population="all of size 2")
    # Of six pairs five agree.
    assert found.kendall.estimate == pytest.approx(4 / 6)
    assert found.pearson.estimate == pytest.approx(np.corrcoef([0, 1, 2, 3], [0, 1, 3, 2])[0, 1])
    assert (found.systems, found.undefined, found.missing) == (4, 1, "")
    assert found.population == "all of size 2"


@pytest.mark.parametrize(
    ("values", "base", "says"),
    [
        ([None, 1.0], [0, 1], "1 of 2 systems"),
        ([1.0, 1.0], [0, 1], "lifted objective values all systems alike"),
        ([0.0, 1.0], [2, 2], "base objective values all systems alike"),
    ],
)
def test_undefined_agreement_says_why(values, base, says):
    found = agreement([lifted(v) for v in values], base, population="two")
    assert (found.kendall, found.pearson) == (None, None)
    assert says in found.missing


def test_values_that_do_not_line_up_are_refused():
    with pytest.raises(BadPair, match="one order"):
        agreement([lifted(1.0)], [1, 2], population="two")


@check(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=8),
)
def test_correlations_against_another_library(points):
    stats = pytest.importorskip("scipy.stats")
    x, y = (np.array(side, float) for side in zip(*points, strict=True))
    found = kendall(x, y, seed=0, resamples=50), pearson(x, y, seed=0, resamples=50)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert found == (None, None)
        return
    assert found[0].estimate == pytest.approx(stats.kendalltau(x, y).statistic)
    assert found[1].estimate == pytest.approx(stats.pearsonr(x, y).statistic)
    for figure in found:
        assert -1.0 - 1e-12 <= figure.low <= figure.estimate <= figure.high <= 1.0 + 1e-12


def test_a_resample_is_correlated_by_its_own_means():
    x, y = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 0.0, 3.0, 2.0])
    times = np.array([[2.0, 0.0, 1.0, 1.0], [4.0, 0.0, 0.0, 0.0]])
    figure = Pearson(x, y)
    found = figure.combine(times @ figure.terms)
    drawn = [0, 0, 2, 3]
    assert found[0] == pytest.approx(np.corrcoef(x[drawn], y[drawn])[0, 1])
    assert np.isnan(found[1])


def test_the_interval_of_tau_against_another_library():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(1)
    x = rng.exponential(size=30)
    y = x**2 + rng.normal(size=30)
    ours = kendall(x, y, seed=0, resamples=4000)
    theirs = stats.bootstrap(
        (x, y),
        lambda a, b: stats.kendalltau(a, b).statistic,
        paired=True,
        vectorized=False,
        n_resamples=1000,
        rng=0,
    ).confidence_interval
    assert ours.high == pytest.approx(theirs.high, abs=0.02)
    # The lower end allows for the unseen, so it may only reach further.
    assert ours.low <= theirs.low + 0.02


def test_a_perfect_order_gets_room_for_what_was_not_seen():
    x = np.arange(30.0)
    for figure, way in ((kendall(x, x**3, seed=0), 1), (kendall(x, -x, seed=0), -1)):
        assert figure.estimate == way
        assert 0.3 < figure.high - figure.low < 0.8
    assert pearson(x, 2 * x + 1, seed=0).low < 0.95


def test_intervals_narrow_with_the_population():
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    y = x + rng.normal(size=400)
    widths = []
    for n in (25, 400):
        figure = kendall(x[:n], y[:n], seed=0)
        assert figure.low < 0.5 < figure.high  # τ of correlation 1/√2 is ½
        widths.append(figure.high - figure.low)
    assert widths[1] < widths[0] / 2
