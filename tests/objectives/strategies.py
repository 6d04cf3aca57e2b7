"""Pairs for property tests: few distinct values, so that ties and constants are common."""

import math
import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.objectives.pair import Pair

INSIDE = st.sampled_from([-2.0, -0.5, 0.0, 1.0, 3.0])
ANYWHERE = st.one_of(INSIDE, st.none())


def check(*args, **kwargs):
    """Like `given`, with fewer examples: the run-time checks of shapes make each one slow."""
    return lambda test: settings(max_examples=50)(given(*args, **kwargs)(test))


@st.composite
def pairs(draw, most=7, values=ANYWHERE, least=1):
    k = draw(st.integers(least, most))
    utility = draw(st.lists(INSIDE, min_size=k, max_size=k))
    pulled = draw(st.lists(values, min_size=k, max_size=k))
    weight = draw(st.lists(st.integers(0, 4), min_size=k, max_size=k).filter(any))
    episode = draw(st.integers(0, 3))
    # The run-time type checker draws from `random`, which a strategy must leave as it was.
    state = random.getstate()
    pair = Pair(
        np.array(utility),
        np.array([-np.inf if value is None else value for value in pulled]),
        episode,
        np.array(weight) / sum(weight),
    )
    random.setstate(state)
    return pair


def samples(least=1, **kwargs):
    return st.lists(pairs(**kwargs), min_size=least, max_size=6)


def rising(value: float) -> float:
    """An increasing map that is far from affine."""
    return math.exp(value) - 1.0 / (value + 5.0)
