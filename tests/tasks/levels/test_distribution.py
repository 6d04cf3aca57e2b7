"""Training levels and shifts: named, and as confounded as they say."""

import jax
import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.tasks.levels.distribution import distributions
from mesascope.tasks.mazes.catalogue import make_world


def test_shares_are_what_they_say():
    world = make_world("dish", size=5)
    train, apart, walls = distributions(world, share=0.25)
    key, solid = jax.random.key(0), {}
    for made, expected in ((train, 0.25), (apart, 1.0), (walls, 1.0)):
        drawn = made.draw(key, 400)
        solid[made.name] = int(np.asarray(drawn.walls).sum())
        share = float(np.mean(np.asarray(drawn.prize) != np.asarray(drawn.lure)))
        assert share == pytest.approx(expected, abs=0.08)
    assert [made.role for made in (train, apart, walls)] == ["train", "shift", "shift"]
    assert solid["walls"] > solid["apart"] == solid["train"]


def test_a_walled_world_has_no_second_layout():
    names = [made.name for made in distributions(make_world("dish", layout="tree"))]
    assert names == ["train", "apart"]


def test_no_such_share():
    with pytest.raises(BadRequest, match="from 0 to 1"):
        distributions(make_world("dish"), share=2.0)
