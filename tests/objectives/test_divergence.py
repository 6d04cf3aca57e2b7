import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr

from mesascope.core.errors import UnknownName
from mesascope.objectives.divergence import (
    KINDS,
    choice_divergence,
    divergence,
    occupancy_divergence,
)
from mesascope.objectives.variational import DUALS, lower_bound, optimal_critic
from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import occupancy

NAMES = sorted(KINDS)
LOG2 = math.log(2)
EXPERT, ONE_SIDED = [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]


def check(*args, **kwargs):
    return lambda test: settings(max_examples=60)(given(*args, **kwargs)(test))


@st.composite
def pairs(draw, size=4):
    """Two distributions with zeros in common places and in others."""
    parts = [
        np.array(draw(st.lists(st.integers(0, 5), min_size=size, max_size=size).filter(any)))
        for _ in range(2)
    ]
    return tuple(part / part.sum() for part in parts)


def by_definition(p, q, name):
    """Σ q f(p / q), one outcome at a time, with the usual generators."""
    f = {
        "kl": lambda t: t * math.log(t) if t else 0.0,
        "reverse-kl": lambda t: -math.log(t) if t else math.inf,
        "js": lambda t: 0.5 * ((t * math.log(t) if t else 0) - (t + 1) * math.log((t + 1) / 2)),
        "total-variation": lambda t: abs(t - 1) / 2,
        "chi-squared": lambda t: (t - 1) ** 2,
    }[name]
    slope_at_infinity = {
        "kl": math.inf,
        "reverse-kl": 0.0,
        "js": LOG2 / 2,
        "total-variation": 0.5,
        "chi-squared": math.inf,
    }[name]
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if b > 0:
            total += b * f(a / b)
        elif a > 0:
            total += a * slope_at_infinity
    return total


@check(pairs(), st.sampled_from(NAMES))
def test_against_the_definition(pair, name):
    found = divergence(*pair, name)
    assert found.value == pytest.approx(by_definition(*pair, name), abs=1e-14)
    assert isinstance(found.value, float)
    assert found.value >= 0.0
    assert (found.value == 0.0) == (pair[0] == pair[1]).all()
    assert bool(found.infinite_at) == math.isinf(found.value)


@check(pairs())
def test_against_scipy(pair):
    p, q = pair
    assert divergence(p, q).value == pytest.approx(rel_entr(p, q).sum(), abs=1e-14)
    assert divergence(p, q, "reverse-kl").value == divergence(q, p).value
    js = divergence(p, q, "js").value
    assert js == pytest.approx(np.nan_to_num(jensenshannon(p, q)) ** 2, abs=1e-13)
    assert js == pytest.approx(divergence(q, p, "js").value, abs=1e-15)
    assert js <= LOG2 * (1 + 1e-15)
    assert divergence(p, q, "total-variation").value == pytest.approx(np.abs(p - q).sum() / 2)


@check(pairs())
def test_inequalities(pair):
    tv, kl, chi = (divergence(*pair, n).value for n in ("total-variation", "kl", "chi-squared"))
    assert tv <= math.sqrt(kl / 2) + 1e-14  # Pinsker
    assert kl <= math.log1p(chi) + 1e-14
    assert divergence(*pair, "js").value <= tv * LOG2 + 1e-14


def test_the_imitators_of_the_bandit():
    # An expert of two ways; an imitator that commits to one, and one that adds a third.
    eps = 0.3
    blend = [eps, eps, 1 - 2 * eps]
    assert divergence(EXPERT, ONE_SIDED, "kl").value == math.inf
    assert divergence(EXPERT, ONE_SIDED, "kl").infinite_at == ((1,),)
    assert round(divergence(EXPERT, ONE_SIDED, "js").value, 4) == 0.2158
    assert divergence(EXPERT, ONE_SIDED, "reverse-kl").value == pytest.approx(LOG2)
    assert divergence(EXPERT, blend, "reverse-kl").infinite_at == ((2,),)
    assert math.isfinite(divergence(EXPERT, blend, "kl").value)
    for eps in (0.2, 0.249, 0.251, 0.3):
        better = (
            divergence(EXPERT, [eps, eps, 1 - 2 * eps], "js").value
            < divergence(EXPERT, ONE_SIDED, "js").value
        )
        assert better == (eps > 0.25)


@pytest.mark.parametrize("name", NAMES)
def test_near_distributions_keep_their_digits(name):
    p = np.array([0.5, 0.25, 0.25])
    for gap in (1e-3, 1e-5, 1e-7):
        q = p + gap * np.array([1.0, -1.0, 0.0])
        chi = gap**2 * (1 / p[0] + 1 / p[1])
        leading = {
            "kl": chi / 2,
            "reverse-kl": chi / 2,
            "js": chi / 8,
            "total-variation": gap,
            "chi-squared": chi,
        }[name]
        assert divergence(p, q, name).value == pytest.approx(leading, rel=20 * gap + 1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_batches(name):
    p = np.array([EXPERT, ONE_SIDED, [0.2, 0.3, 0.5]])
    found = divergence(p[:, None], p[None], name)
    assert found.value.shape == (3, 3)
    for i in range(3):
        for j in range(3):
            assert found.value[i, j] == divergence(p[i], p[j], name).value
    assert {index[:2] for index in found.infinite_at} == {
        (int(i), int(j)) for i, j in np.argwhere(np.isinf(found.value))
    }
    for i, j, n in found.infinite_at:
        assert (p[i, n] == 0) != (p[j, n] == 0)


def test_tiny_probabilities():
    tiny = np.array([1.0, 5e-324])
    for name in NAMES:
        assert divergence(tiny, tiny, name).value == 0.0
    assert divergence([0.5, 0.5], tiny).value == pytest.approx(
        0.5 * math.log(0.5) + 0.5 * (math.log(0.5) - math.log(5e-324))
    )


def chain():
    """Three states in a row; action 1 goes on, action 0 stays; the last state is terminal."""
    transition = np.zeros((4, 2, 4))
    for s in range(3):
        transition[s, 0, s] = transition[s, 1, s + 1] = 1.0
    process = Process.of(transition, 0.5, initial=[1, 0, 0, 0], terminal=[3])
    half = np.full((4, 2), 0.5)
    go = np.tile([0.0, 1.0], (4, 1))
    stay = np.tile([1.0, 0.0], (4, 1))
    return process, half, go, stay


def test_occupancies_by_hand():
    process, half, go, stay = chain()
    # Staying is in state 0 for ever; going is in states 0, 1, 2 for 1, ½, ¼.
    found = occupancy_divergence(process, stay, go, of="states")
    assert found.value == pytest.approx(-math.log(1 / 1.75))
    assert occupancy_divergence(process, go, stay, of="states").infinite_at == ((1,),)
    choices = occupancy_divergence(process, stay, go, "js")
    assert choices.value == pytest.approx(LOG2)
    assert occupancy_divergence(process, stay, go).infinite_at == ((0, 0),)
    assert occupancy_divergence(process, go, stay, of="transitions").infinite_at == ((0, 1, 1),)
    seen = occupancy(process, half)
    other = occupancy(process, go)
    expected = rel_entr(other / other.sum(), seen / seen.sum()).sum()
    assert occupancy_divergence(process, go, half).value == pytest.approx(expected)
    assert occupancy_divergence(process, half, half).value == 0.0


def test_choices_by_hand():
    process, half, go, stay = chain()
    where = {"first": [1, 0, 0, 0], "all": np.ones(4), "end": [0, 0, 0, 1]}
    found = choice_divergence(process, go, half, where)
    assert list(found) == ["first", "all", "end"]
    assert found["first"].value == pytest.approx(LOG2)
    assert found["all"].value == pytest.approx(0.75 * LOG2)
    assert found["end"].value == 0.0
    apart = choice_divergence(process, go, stay, where)
    assert apart["all"].infinite_at == ((0, 0),) or apart["all"].infinite_at == ((0, 1),)
    assert apart["end"].value == 0.0
    mixed = half.copy()
    mixed[2] = [1, 0]
    only = choice_divergence(process, half, mixed, {"all": np.ones(4), "early": [1, 1, 0, 0]})
    assert only["all"].infinite_at == ((2, 1),)
    assert (only["early"].value, only["early"].infinite_at) == (0.0, ())


@check(pairs(), st.sampled_from(NAMES))
def test_the_best_critic_attains_the_divergence(pair, name):
    best = optimal_critic(*pair, name)
    value = divergence(*pair, name).value
    assert lower_bound(*pair, best, name) == pytest.approx(value, abs=1e-13)


@check(pairs(), st.sampled_from(NAMES), st.lists(st.floats(-4, 4), min_size=4, max_size=4))
def test_no_critic_exceeds_the_divergence(pair, name, critic):
    value = divergence(*pair, name).value
    assert lower_bound(*pair, critic, name) <= value + 1e-12
    best = np.clip(optimal_critic(*pair, name), -50, 50)
    nearby = best + 0.01 * np.array(critic)
    assert lower_bound(*pair, nearby, name) <= value + 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_conjugates_by_their_definition(name):
    t = np.concatenate([[0.0], np.geomspace(1e-9, 1e9, 400_001)])
    logs = np.log(np.maximum(t, 1e-300))
    f = {
        "kl": t * logs - t + 1,
        "reverse-kl": -logs + t - 1,
        "js": 0.5 * (t * logs - (t + 1) * np.log((t + 1) / 2)),
        "total-variation": np.abs(t - 1) / 2,
        "chi-squared": (t - 1) ** 2,
    }[name]
    u = np.array([-3.0, -2.0, -0.5, -0.1, 0.0, 0.2, 0.3])
    sup = (t[:, None] * u - f[:, None]).max(axis=0)
    assert DUALS[name].conjugate(u) == pytest.approx(sup, abs=2e-8)


@pytest.mark.parametrize(
    ("name", "beyond"), [("reverse-kl", 1.1), ("js", 0.4), ("total-variation", 0.6)]
)
def test_a_critic_outside_the_domain_bounds_nothing(name, beyond):
    assert lower_bound(EXPERT, EXPERT, [beyond, 0, 0], name) == -math.inf
    # Not even where only p is positive, and the conjugate is not asked.
    assert lower_bound(EXPERT, ONE_SIDED, [0, beyond, 0], name) == -math.inf
    assert lower_bound(EXPERT, EXPERT, [0, 0, beyond], name) == 0.0


def test_bounds_of_batches():
    p = np.array([EXPERT, ONE_SIDED])
    q = np.array([0.2, 0.3, 0.5])
    best = optimal_critic(p, q, "js")
    assert best.shape == (2, 3)
    assert lower_bound(p, q, best, "js") == pytest.approx(divergence(p, q, "js").value)


def test_mistakes_are_named():
    with pytest.raises(UnknownName, match="Did you mean 'reverse-kl'"):
        divergence(EXPERT, EXPERT, "reverse_kl")
    with pytest.raises(BadArray, match=r"q sums to 1\.2"):
        divergence(EXPERT, [0.6, 0.6, 0.0])
    with pytest.raises(BadArray, match=r"p\[1\] is -0\.5"):
        divergence([1.5, -0.5], EXPERT)
    with pytest.raises(BadArray, match=r"q has shape \(2,\)"):
        divergence(EXPERT, [0.5, 0.5])
    with pytest.raises(BadArray, match=r"critic\[1\] is nan"):
        lower_bound(EXPERT, EXPERT, [0, math.nan, 0])
    with pytest.raises(BadArray, match=r"critic has shape \(2,\)"):
        lower_bound(EXPERT, EXPERT, [0, 0])
    process, half, go, _ = chain()
    with pytest.raises(BadArray, match="second has shape"):
        occupancy_divergence(process, half, go[:2])
    with pytest.raises(UnknownName, match="no occupancy"):
        occupancy_divergence(process, half, go, of="actions")
    with pytest.raises(BadArray, match="states 'x' is zero everywhere"):
        choice_divergence(process, half, go, {"x": np.zeros(4)})
