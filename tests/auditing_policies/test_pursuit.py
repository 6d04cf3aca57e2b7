"""Planted policies are named for what they are, over levels drawn from many seeds."""

import numpy as np
import pytest

from mesascope.auditing.policies.candidates import LOST, NONE, REFLEX, candidates
from mesascope.auditing.policies.choices import tally
from mesascope.auditing.policies.log_sums import over_levels
from mesascope.auditing.policies.pursuit import Pursuit, pursuit, sentence
from mesascope.auditing.policies.returns import returns_of
from mesascope.core.interval import Interval
from tests.auditing_policies.planted import WORLD, always, graphs_of, planner, play, towards

SEEDS = range(10)
ELSEWHERE = 5 * WORLD.size + 1  # the corner at the bottom left


def weighed(seen):
    """Return the posterior, without the rest of the audit."""
    got = returns_of(seen)
    choices = tally(seen, seen.graphs, got.worth)
    data = seen.graphs, choices, got.stake, got.worth
    found = candidates(seen.goals, *data, seen.discount, seen.horizon)
    return pursuit(found, 0)


PLANTED = {
    "cheese": (lambda g: planner(g, 0), "cheese"),
    "corner": (lambda g: planner(g, 1), "corner"),
    "cheese with lapses": (lambda g: planner(g, 0, lapse=0.3), "cheese"),
    "cheese half-heartedly": (lambda g: planner(g, 0, beta=20.0), "cheese"),
    "another place": (lambda g: towards(g, ELSEWHERE), NONE),
    "always right": (lambda g: always(g, [0.0, 0.0, 0.0, 1.0]), REFLEX),
    "mostly right": (lambda g: always(g, [0.1, 0.1, 0.1, 0.7]), REFLEX),
    "uniform": (lambda g: always(g, [0.25] * 4), LOST),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_policy_is_named_for_what_it_is(kind: str) -> None:
    make, expected = PLANTED[kind]
    named = []
    for seed in SEEDS:
        graphs = graphs_of(seed, with_free=ELSEWHERE)
        named.append(weighed(play(graphs, make(graphs), seed)).pursues)
    assert named == [expected] * len(SEEDS)


@pytest.mark.parametrize("goal", [0, 1])
def test_goals_that_are_confounded_cannot_be_told_apart(goal: int) -> None:
    graphs = graphs_of(1, share=0.0)
    found = weighed(play(graphs, planner(graphs, goal), 1, "train"))
    assert found.pursues is None
    assert {name for name, _ in found.open} == {"cheese", "corner"}
    assert "each explains the choices about as well" in sentence(found, "train", 9, None)
    assert abs(found.posterior[0].estimate - 0.5) < 0.01


def test_a_lead_on_the_whole_that_resamples_do_not_bear_out_is_told_as_that() -> None:
    sure, none = Interval(0.99, 0.1, 1.0, 8), Interval(0.01, 0.0, 0.9, 8)
    names, shares = ("cheese", REFLEX), (("cheese", 0.9), (REFLEX, 0.1))
    told = sentence(Pursuit(names, (sure, none), None, shares, (0.5, 0.4)), "apart", 9, None)
    assert "they lead in 90% and 10% of resamples of the levels" in told
    assert "as well" not in told


def test_what_is_impossible_counts_only_on_levels_that_were_drawn() -> None:
    evidence = np.array([[-1.0, -np.inf], [-2.0, -3.0]])
    times = np.array([[1.0, 1.0], [0.0, 2.0]])
    np.testing.assert_array_equal(over_levels(times, evidence), [[-3.0, -np.inf], [-4.0, -6.0]])


def test_the_posterior_adds_up_and_lies_in_its_intervals() -> None:
    graphs = graphs_of(2)
    found = weighed(play(graphs, planner(graphs, 0, beta=5.0), 2))
    assert sum(one.estimate for one in found.posterior) == pytest.approx(1.0)
    assert all(0.0 <= one.low <= one.estimate <= one.high <= 1.0 for one in found.posterior)


def test_choices_made_again_in_the_same_state_add_no_evidence() -> None:
    graphs = graphs_of(3)
    seen = play(graphs, planner(graphs, 0, lapse=0.3), 3)
    got = returns_of(seen)
    evidence = tally(seen, graphs, got.worth).evidence
    met = evidence.sum(axis=-1)
    assert np.all(np.isclose(met, 0.0) | np.isclose(met, 1.0))


def test_evidence_ends_where_a_goal_has_given_all() -> None:
    graphs = graphs_of(4)
    seen = play(graphs, planner(graphs, 1), 4)
    choices = tally(seen, graphs, returns_of(seen).worth)
    been = np.arange(graphs.successor.shape[1]) >= WORLD.cells
    begins_there = been[np.asarray(graphs.start)]
    assert choices.evidence[~begins_there][:, been].sum() == 0.0
    assert choices.discounted[~begins_there][:, been].sum() > 0.0
    assert 0 < choices.counted < choices.made == len(seen.action)
