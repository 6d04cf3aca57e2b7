"""Anybody's Gymnasium environments: made, observed, their levels enumerated, their goals named."""

from mesascope.tasks.gymnasium_envs.goals import (
    Goal,
    Moment,
    as_goal,
    collect_kind,
    follow_agent,
    from_info,
    from_reward,
    reach_object,
    reach_place,
)
from mesascope.tasks.gymnasium_envs.shift import Shift

__all__ = [
    "Goal",
    "Moment",
    "Shift",
    "as_goal",
    "collect_kind",
    "follow_agent",
    "from_info",
    "from_reward",
    "reach_object",
    "reach_place",
]
