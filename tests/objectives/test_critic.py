import math

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.objectives.critic import fit_critic
from mesascope.objectives.divergence import KINDS, divergence
from mesascope.objectives.variational import lower_bound
from mesascope.processes import BadArray

NAMES = sorted(KINDS)
OUTCOMES = 5
EYE = np.eye(OUTCOMES)
SEEDS = st.integers(0, 10_000)


def check(*args, **kwargs):
    return lambda test: settings(max_examples=10)(given(*args, **kwargs)(test))


def drawn(seed, zeros=False):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.ones(OUTCOMES), size=2)
    if zeros:
        p[seed % OUTCOMES] = 0.0
        q[(seed // 7) % OUTCOMES] = 0.0
    return p / p.sum(), q / q.sum()


def some_features(seed):
    phi = np.random.default_rng(seed + 1).standard_normal((OUTCOMES, 2))
    return np.concatenate([np.ones((OUTCOMES, 1)), phi], axis=1)


@pytest.mark.parametrize(("seed", "zeros"), [(0, False), (1, False), (2, False), (3, True)])
@pytest.mark.parametrize("name", NAMES)
def test_a_feature_for_each_outcome_gives_the_divergence(seed, zeros, name):
    p, q = drawn(seed, zeros)
    found = fit_critic(EYE, EYE, name, p_weights=p, q_weights=q)
    value = divergence(p, q, name).value
    assert found.bound == pytest.approx(value, abs=1e-9)
    if math.isfinite(value):
        assert found.bound_on(EYE, EYE, p, q) == pytest.approx(value, abs=1e-8)
    if not zeros:
        assert found.attained


@check(SEEDS, st.sampled_from(NAMES))
def test_fewer_features_give_a_lower_bound(seed, name):
    p, q = drawn(seed)
    phi = some_features(seed)
    found = fit_critic(phi, phi, name, p_weights=p, q_weights=q)
    value = divergence(p, q, name).value
    assert 0.0 <= found.bound <= value + 1e-12
    # It is a critic like any other, and bounds what it says.
    assert lower_bound(p, q, found(phi), name) == pytest.approx(found.bound, abs=1e-9)


@check(SEEDS, st.sampled_from(["kl", "js", "reverse-kl", "chi-squared"]))
def test_no_other_weights_do_better(seed, name):
    p, q = drawn(seed)
    phi = some_features(seed)
    found = fit_critic(phi, phi, name, p_weights=p, q_weights=q)

    def critic(w):
        v = phi @ w
        return {
            "kl": v,
            "chi-squared": v,
            "reverse-kl": 1 - np.exp(-v),
            "js": 0.5 * np.log(2 / (1 + np.exp(-v))),
        }[name]

    best = scipy.optimize.minimize(
        lambda w: -lower_bound(p, q, critic(w), name), found.weights + 0.1, method="Nelder-Mead"
    )
    assert -best.fun <= found.bound + 1e-9
    assert -best.fun == pytest.approx(found.bound, abs=1e-5)


@pytest.mark.parametrize("name", ["kl", "js", "total-variation"])
def test_samples(name):
    """Fitted to samples, and evaluated on others, it is below the divergence, near it if tight."""
    rng = np.random.default_rng(3)
    p, q = drawn(11)
    a, b, c, d = (EYE[rng.choice(OUTCOMES, 4000, p=x)] for x in (p, q, p, q))
    found = fit_critic(a, b, name)
    value = divergence(p, q, name).value
    of_samples = divergence(a.mean(axis=0), b.mean(axis=0), name).value
    assert found.bound == pytest.approx(of_samples, abs=1e-9)
    truly = lower_bound(p, q, found(EYE), name)
    assert truly <= value + 1e-12
    assert truly == pytest.approx(value, rel=0.03)
    assert found.bound_on(c, d) == pytest.approx(truly, rel=0.1)


def test_log_ratio_of_gaussians():
    # log p / q of N(1, 1) and N(0, 1) is x - ½: linear in (1, x).
    grid = np.linspace(-12, 13, 501)
    phi = np.stack([np.ones_like(grid), grid], axis=1)
    p, q = np.exp(-((grid - 1) ** 2) / 2), np.exp(-(grid**2) / 2)
    for name in ("kl", "reverse-kl", "js"):
        found = fit_critic(phi, phi, name, p_weights=p, q_weights=q)
        assert found.weights == pytest.approx([-0.5, 1.0], abs=1e-6)
    kl = fit_critic(phi, phi, "kl", p_weights=p, q_weights=q)
    assert kl.bound == pytest.approx(0.5, abs=1e-9)


def test_separable_samples():
    # All of p lies right of all of q.
    p, q = [[1.0, 2.0], [1.0, 3.0]], [[1.0, -1.0], [1.0, 0.5]]
    assert fit_critic(p, q, "kl").bound == math.inf
    assert fit_critic(p, q, "reverse-kl").bound == math.inf
    assert fit_critic(p, q, "chi-squared").bound == math.inf
    js = fit_critic(p, q, "js")
    assert js.bound == pytest.approx(math.log(2), abs=1e-11)
    assert not js.attained
    tv = fit_critic(p, q, "total-variation")
    assert tv.attained
    assert tv.bound <= 1.0


def test_what_q_alone_holds_is_priced_at_the_limit():
    found = fit_critic(EYE[:2], EYE[:3], "kl", p_weights=[1, 1], q_weights=[1, 1, 2])
    assert found.bound == pytest.approx(math.log(2), abs=1e-11)
    assert not found.attained


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_repetitions(name):
    phi = some_features(5)
    weighted = fit_critic(phi, phi, name, p_weights=[2, 1, 1, 0, 1], q_weights=[1, 1, 1, 2, 0])
    repeated = fit_critic(phi[[0, 0, 1, 2, 4]], phi[[0, 1, 2, 3, 3]], name)
    if name == "total-variation":  # a sample of weight 0 still limits the critic there
        assert weighted.bound <= repeated.bound + 1e-12
    else:
        assert weighted.bound == pytest.approx(repeated.bound, abs=1e-10)


def test_mistakes_are_named():
    with pytest.raises(BadArray, match=r"q_features has shape \(5, 5\), and \(N, 3\)"):
        fit_critic(some_features(0), EYE)
    with pytest.raises(BadArray, match=r"p_weights\[1\] is -1"):
        fit_critic(EYE, EYE, p_weights=[1, -1, 1, 1, 1])
    with pytest.raises(BadArray, match=r"p_features has shape \(5,\)"):
        fit_critic(np.ones(5), EYE)
    with pytest.raises(BadArray, match=r"features has shape \(5, 3\)"):
        fit_critic(EYE, EYE)(some_features(0))
