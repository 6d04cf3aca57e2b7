"""What is measured along a segment agrees with what is measured point by point."""

import numpy as np
import pytest

from mesascope.objectives.rewards.calibration import bands, calibrate
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import DEFAULT, METRICS, metric
from mesascope.objectives.rewards.regret import regret
from mesascope.objectives.rewards.segment import measure_segments
from mesascope.objectives.rewards.table import distances
from mesascope.processes import expected
from tests.objectives.rewards.toys import process, reward


@pytest.mark.parametrize("ends", [False, True])
def test_points_of_a_segment(ends):
    p = process(3, ends=ends)
    over, every = Coverage.of(p), tuple(METRICS.values())
    firsts, seconds = (np.stack([reward(k), reward(k + 1)]) for k in (10, 20))
    found = measure_segments(over, firsts, seconds, 4, every)
    for i in range(2):
        points = np.stack([firsts[i] + t / 4 * (seconds[i] - firsts[i]) for t in range(5)])
        for m in every:
            plain = distances(over, points, m)[0, 1:]
            assert found.distances[m.name][i] == pytest.approx(plain, abs=1e-12)
        true = regret(p, np.stack([expected(p, r) for r in points])).uniform
        assert found.regret[i] == pytest.approx((true[0, 1:] + true[1:, 0]) / 2, abs=1e-10)


def test_a_calibration_says_what_a_distance_means_here():
    over = Coverage.of(process(2))
    found = calibrate(over, [metric(name) for name in DEFAULT], segments=48, seed=1)
    again = calibrate(over, [metric("starc-val")], segments=48, seed=1)
    assert found["starc-val"] == again["starc-val"]
    val = found["starc-val"]
    assert val.correlation.low < val.correlation.estimate < val.correlation.high
    assert val.correlation.estimate > 0.5
    assert sum(band.pairs for band in val.bands) == 48 * 8
    medians = [band.median for band in val.bands]
    assert medians[0] < medians[-1]


def test_bands_hold_equal_distances_together():
    distance, cost = np.array([0.0] * 8 + [1.0, 2.0]), np.linspace(0.0, 0.9, 10)
    found = bands(distance, cost)
    assert (found[0].upto, found[0].pairs) == (0.0, 8)
    assert sum(band.pairs for band in found) == 10
    assert found[-1].upto == 2.0
