import numpy as np
import pytest

from mesascope.objectives import bootstrap
from mesascope.objectives.bootstrap import accelerated, interval, intervals
from mesascope.objectives.statistic import Misfit, Ratio


def ratio(above, below=None, episodes=None, most=None):
    above = np.asarray(above, float)
    below = np.ones(len(above)) if below is None else np.asarray(below, float)
    episodes = np.arange(len(above)) if episodes is None else np.asarray(episodes)
    return Ratio(above, below, episodes, most)


def test_the_same_seed_gives_the_same_interval():
    rng = np.random.default_rng(0)
    figure = ratio(rng.random(40))
    assert interval(figure, seed=3) == interval(figure, seed=3)
    assert interval(figure, seed=3) != interval(figure, seed=4)


def test_samples_are_episodes():
    figure = ratio([0, 1, 1, 0], episodes=[0, 0, 1, 1])
    found = interval(figure, seed=0)
    assert found.samples == 2
    assert found.confidence == 0.95
    assert found.estimate == 0.5


def test_instances_of_an_episode_are_resampled_together():
    rng = np.random.default_rng(1)
    once = (rng.random(60) < 0.3).astype(float)
    alone = interval(ratio(once), seed=0)
    # Ten copies of each instance in its own episode bring no news.
    copies = interval(ratio(np.repeat(once, 10), episodes=np.repeat(np.arange(60), 10)), seed=0)
    assert (copies.low, copies.high) == pytest.approx((alone.low, alone.high))
    naive = interval(ratio(np.repeat(once, 10)), seed=0)
    assert naive.high - naive.low < 0.5 * (alone.high - alone.low)


@pytest.mark.parametrize("episodes", [1, 10, 300])
def test_no_regret_at_all_follows_the_rule_of_three(episodes):
    found = interval(ratio(np.zeros(episodes)), seed=0)
    bound = 1 - 0.05 ** (1 / episodes)
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(bound)
    assert found.high == pytest.approx(3 / episodes, rel=0.01) or episodes < 300


def test_the_unseen_episode_may_be_as_large_as_the_largest_seen():
    # 99 episodes with a stake of 1, one with a stake of 11: mean stake 1.1.
    found = interval(ratio(np.zeros(100), [1.0] * 99 + [11.0]), seed=0)
    share = 1 - 0.05 ** (1 / 100)
    assert found.high == pytest.approx(share * 11 / ((1 - share) * 1.1 + share * 11))


def test_constant_figures_get_room_on_both_sides():
    share = 1 - 0.05 ** (1 / 20)
    all_wrong = interval(ratio(np.ones(20)), seed=0)
    assert (all_wrong.low, all_wrong.high) == pytest.approx((1 - share, 1.0))
    half = interval(ratio(np.full(20, 0.5)), seed=0)
    assert (half.low, half.high) == pytest.approx((0.5 * (1 - share), 0.5 * (1 - share) + share))


def test_a_mean_in_other_units_is_bounded_by_what_it_could_be():
    found = interval(ratio(np.zeros(50), most=np.full(50, 4.0)), seed=0)
    assert found.high == pytest.approx(4.0 * (1 - 0.05 ** (1 / 50)))


def test_few_departures_are_not_trusted_alone():
    # One tiny regret in 100 episodes must not promise more than none at all would.
    found = interval(ratio([1e-6] + [0.0] * 99), seed=0)
    assert found.high >= 1 - 0.05 ** (1 / 100) - 1e-9


def test_a_perfect_correlation_gets_room_too():
    x = np.random.default_rng(0).normal(size=200)
    found = interval(Misfit(x * x, x * x, x * x, np.arange(200)), seed=0)
    assert (found.estimate, found.low) == (0.0, 0.0)
    assert 0.05 < found.high < 0.6


def test_undefined_figures_have_no_interval_and_undefined_resamples_count_at_both_ends():
    assert interval(ratio([0.0, 0.0], [0.0, 0.0]), seed=0) is None
    assert intervals({}, seed=0) == {}
    # Five of six episodes have nothing at stake: a third of the resamples are undefined.
    found = interval(ratio([0.5] + [0.0] * 5, [1.0] + [0.0] * 5), seed=0)
    assert (found.low, found.estimate, found.high) == (0.0, 0.5, 1.0)


def test_figures_share_resamples_and_do_not_disturb_one_another():
    rng = np.random.default_rng(2)
    one, two = ratio(rng.random(30)), ratio(rng.random(30))
    both = intervals({"one": one, "two": two}, seed=5)
    assert both["one"] == interval(one, seed=5)
    assert both["two"] == interval(two, seed=5)


def test_resamples_drawn_in_parts_are_the_same():
    figure = ratio(np.random.default_rng(3).random(20))
    whole = interval(figure, seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "_CELLS", 1)
        parts = interval(figure, seed=1)
    assert (parts.low, parts.high) == pytest.approx((whole.low, whole.high))


def test_without_bias_and_skew_it_is_the_percentile_interval():
    drawn = np.arange(-500.0, 501.0)
    low, high = accelerated(0.0, drawn, np.array([-1.0, 1.0]), 0.95, -9.0, 9.0)
    assert (low, high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]))


def test_against_another_library():
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(4).exponential(size=80)
    ours = interval(ratio(values / values.max()), seed=0, resamples=20_000)
    theirs = stats.bootstrap(
        (values / values.max(),), np.mean, method="BCa", n_resamples=20_000, rng=0
    ).confidence_interval
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.004)


@pytest.mark.parametrize(("chance", "mean"), [(0.02, 0.01), (0.2, 0.1)])
def test_coverage_of_a_ratio_with_rare_regrets(chance, mean):
    rng = np.random.default_rng(7)
    trials, missed = 150, 0
    for trial in range(trials):
        lengths = rng.integers(1, 5, size=100)
        episodes = np.repeat(np.arange(100), lengths)
        stake = rng.uniform(0.5, 1.5, size=len(episodes))
        bad = (rng.random(100) < chance)[episodes]
        figure = ratio(stake * bad * rng.random(len(episodes)), stake, episodes)
        found = interval(figure, seed=trial, resamples=300)
        missed += not found.low <= mean <= found.high
    assert missed / trials < 0.11  # 0.05 nominal; 0.11 is three standard errors above
