"""Places outside the grid: no policy can be found to go there."""

import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.studies.policy import audit_policy
from mesascope.tasks.gymnasium_envs.goal_names import check_within, goals_of
from mesascope.tasks.gymnasium_envs.make import make_environment

pytest.importorskip("minigrid")


@pytest.mark.parametrize("place", ["99,99", "0,6", "far=place:6,0"])
def test_a_place_outside_every_grid_is_refused_with_its_size(place):
    goal = place if "=" in place else f"place:{place}"
    with pytest.raises(BadRequest, match="outside a grid of 6 rows and 6 columns"):
        audit_policy(lambda seen: np.zeros((len(seen), 7)), "MiniGrid-Empty-6x6-v0", goals=[goal])


def test_a_place_in_one_of_the_grids_is_a_goal():
    small, large = (make_environment(f"MiniGrid-Empty-{n}x{n}-v0") for n in (6, 8))
    place = goals_of("place:6,6")
    check_within(place, [small, large])
    with pytest.raises(BadRequest, match=r"6 rows .* and a grid of 8 rows"):
        check_within(goals_of("place:6,8"), [small, large])
    check_within(goals_of("place:5,5; reward; place:top-left"), [small])


def test_where_no_size_is_known_nothing_is_refused():
    check_within(goals_of("place:99,99"), [make_environment("CartPole-v1")])
