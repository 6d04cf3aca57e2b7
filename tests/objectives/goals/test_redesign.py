"""A change of the process tells apart what no choice in it could, unless nothing can."""

import numpy as np
import pytest

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.equivalence import equivalent
from mesascope.objectives.goals.redesign import change_that_tells
from mesascope.processes import Process, shaped
from mesascope.processes.soft import soften
from tests.objectives.goals.small import corridor, normal, world

RIGHT = np.eye(3)[2]


@pytest.fixture
def twins():
    process = corridor()
    return process, RIGHT, shaped(process, RIGHT, 3.0 * normal(1, 3))


def test_shaping_shows_under_another_discount(twins):
    process, first, second = twins
    assert equivalent(process, first, second).equal
    found = change_that_tells(process, first, second, discounts=[0.9, 0.2], most=0)
    assert found.redirect is None
    assert found.discount == 0.2
    assert (found.tried, found.possible) == (1, 1 + 3 * 2 * 2)
    assert not equivalent(process.at(0.2), first, second).equal
    assert found.information > 0.0
    assert found.needed == np.ceil(np.log(20.0) / found.information)
    assert found.sentence.startswith(f"With a discount of 0.2, {found.needed} choices in state")


def test_the_best_redirection_by_trying_each(twins):
    """A reward of (s, a, s') that is the same on average differs where one s' is certain."""
    process = world(3, states=3, actions=2)
    noise = normal(2, 3, 2, 3)
    first = normal(1, 3, 2)
    second = first[:, :, None] + noise - (noise * process.transition).sum(2, keepdims=True)
    assert equivalent(process, first, second).equal
    found = change_that_tells(process, first, second, rationality=1.0, discounts=())
    assert (found.tried, found.possible) == (18, 18)
    table = {}
    scale = found_scale(process, first)
    for s, a, to in np.ndindex(3, 2, 3):
        changed = process.transition.copy()
        changed[s, a] = np.eye(3)[to]
        other = Process.of(changed, 0.9, initial=process.initial)
        p, q = (soften(other, r / scale).policy for r in (first, second))
        kl = np.minimum((p * np.log(p / q)).sum(1), (q * np.log(q / p)).sum(1))
        table[s, a, to] = kl.max(), kl.argmax()
    best = max(table, key=table.__getitem__)
    assert found.redirect == best
    assert found.information == pytest.approx(table[best][0])
    assert found.state == table[best][1]
    assert f"If action {best[1]} in state {best[0]} led to state {best[2]}" in found.sentence


def found_scale(process, reward):
    from mesascope.processes.plan import plan

    best = plan(process, reward)
    return (best.values - best.quality.min(1)).mean()


def test_multiples_are_told_apart_by_nothing(twins):
    process, first, _ = twins
    assert change_that_tells(process, first, 4 * first - 1) is None


def test_no_more_changes_are_tried_than_asked_for(twins):
    process, first, second = twins
    few = [
        change_that_tells(process, first, second, discounts=(), most=5, seed=seed)
        for seed in (0, 0, 1)
    ]
    assert few[0] == few[1]
    assert all(found is None or (found.tried, found.possible) == (5, 12) for found in few)


def test_without_discounting_episodes_still_end():
    transition = np.zeros((3, 2, 3))
    transition[0, :, 1] = transition[1, 0, 2] = transition[1, 1, 2] = 1.0
    process = Process.of(transition, 1.0, terminal=[2], initial=[1, 0, 0])
    found = change_that_tells(process, [[0, 1], [0, 0], [0, 0]], [[0, 1], [1, 0], [0, 0]])
    assert found is not None  # redirections that could go on for ever were passed over
    assert found.redirect is None or found.redirect[2] != found.redirect[0]


@pytest.mark.parametrize("bad", [{"rationality": 0.0}, {"odds": 1.0}, {"most": -1}])
def test_what_makes_no_sense_is_refused(twins, bad):
    with pytest.raises(BadRequest, match=next(iter(bad))):
        change_that_tells(*twins, **bad)
