"""Canonical forms of a reward: what is left of it once shaping is taken out.

Each form is R + γ V(s') - V(s) for some V that follows shaping, so that shaping leaves no trace:
if R becomes R + γ Φ(s') - Φ(s), V becomes V - Φ. Where an episode ends, V = Φ = 0. Rewards come
in batches, (K, S, A, S); `a` is what `Coverage.arrays` returns, or `arrays_and_visits` for VAL.
"""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Arrays = Mapping[str, Array]
Rewards = Float[Array, "k s a s"]

# A Gram matrix has the square of its regressors' condition number, so that one projection leaves
# some 1e-12 of what is shaping. What is left is projected once more, and that takes it away.
_PASSES = 2


def shift(r: Rewards, v: Float[Array, "k s"], a: Arrays) -> Rewards:
    """Return R + γ V(s') - V(s)."""
    return r + a["gamma"] * v[:, None, None, :] - v[:, :, None, None]


def none(r: Rewards, a: Arrays) -> Rewards:
    """Return the reward as it is."""
    return r


@jax.jit
def epic(r: Rewards, a: Arrays) -> Rewards:
    """Return EPIC's form, R + γ V(s') - V(s), V of a world in which every next state is drawn.

    In that world S' ~ D_S and A ~ π whatever is done. Where no episode ends this is
    R + γ m(s') - m(s) - γ E[m], m(s) = E[R(s, A, S')] (Gleave et al., *Quantifying differences in
    reward functions*, ICLR 2021, definition 4.1). Drawing a terminal state ends the episode, with
    value 0; so the form stays invariant to shaping that is 0 in terminal states.
    """
    mean = ((r @ a["states"]) * a["policy"]).sum(-1) * a["live"]
    on = a["live"] * a["states"]
    again = (mean @ on) / (1.0 - a["gamma"] * on.sum())
    return shift(r, (mean + a["gamma"] * again[:, None]) * a["live"], a)


@jax.jit
def dard(r: Rewards, a: Arrays) -> Rewards:
    """Return DARD's form: R + E[γ R(s', A, S'') - R(s, A, S') - γ R(S', A, S'')].

    S' ~ T(s, A) and S'' ~ T(s', A), one A ~ D_A for both (Wulfe et al., *Dynamics-aware comparison
    of learned reward functions*, ICLR 2022, definition 4). The last term needs no tensor over
    (s, s', S', S''): for each action it is the matrix product T_a (R_a T_aᵀ), (S³ A) instead
    of (S⁴ A). Terminal states are absorbing here, and rewards out of them are read as given.
    """
    absorbing = jnp.eye(r.shape[1]) * (1.0 - a["live"])[:, None]
    t = a["transition"] + absorbing[:, None, :]
    # One distribution for all states: D_A does not depend on where the action is taken.
    actions = (a["policy"] * a["live"][:, None]).sum(0) / a["live"].sum()
    mean = jnp.einsum("ksat,sat,a->ks", r, t, actions)
    # R_a T_aᵀ for every action, then one product with all of T: two calls of BLAS.
    k, s, n, _ = r.shape
    inner = jnp.einsum("kuat,vat->aukv", r, t).reshape(n * s, k * s)
    outer = (t * actions[:, None]).reshape(s, n * s) @ inner
    last = outer.reshape(s, k, s).transpose(1, 0, 2)
    return shift(r, mean, a) - a["gamma"] * last[:, :, None, :]


@jax.jit
def val_potential(r: Rewards, a: Arrays) -> Rewards:
    """Return R + γ V^π(s') - V^π(s), V^π of the process itself (Skalse et al., ICLR 2024)."""
    gain = (r * a["transition"]).sum(-1)
    return shift(r, state_values(gain, a), a)


@jax.jit
def val(r: Rewards, a: Arrays) -> Float[Array, "k s a"]:
    """Return E[R + γ V^π(S') - V^π(s) | s, a], the advantage of a under π.

    The canonical form VAL of Skalse et al., *STARC*, ICLR 2024, definition 5: it is also
    invariant to how a reward is spread over next states.
    """
    gain = (r * a["transition"]).sum(-1)
    v = state_values(gain, a)
    return gain + jnp.einsum("sat,kt->ksa", a["going_on"], v) - v[:, :, None]


def state_values(gain: Float[Array, "k s a"], a: Arrays) -> Float[Array, "k s"]:
    """Return V^π for every expected reward."""
    return (gain * a["policy"]).sum(-1) @ a["visits"].T


@jax.jit
def minimal_potential(r: Rewards, a: Arrays) -> Rewards:
    """Return the shaped reward of least L2 norm under D: the residual of a regression on shaping.

    The regressors are γ 1[s' = j] - 1[s = j] for each state j that is not terminal; their Gram
    matrix needs only how often D leaves and enters each state.
    """
    gamma, live = a["gamma"], a["live"]
    w = jnp.broadcast_to(a["weight"], r.shape[1:])
    flow = w.sum(1)
    gram = jnp.diag(flow.sum(1) + gamma**2 * flow.sum(0)) - gamma * (flow + flow.T)
    inverse = _inverse(gram, live)
    for _ in range(_PASSES):
        wr = w * r
        score = gamma * wr.sum((1, 2)) - wr.sum((2, 3))
        r = shift(r, -(score @ inverse), a)
    return r


@jax.jit
def minimal(r: Rewards, a: Arrays) -> Rewards:
    """Return the equivalent reward of least L2 norm under D (Skalse et al., definition 6).

    Equivalent means shaped, and spread over next states in any way that keeps E[R | s, a]. For an
    expected reward x the cheapest spread is x T / D over Σ T² / D, of squared norm x² / Σ T² / D;
    which leaves a weighted regression of E[R | s, a] on shaping. Where D is 0 on a transition
    that can happen everything could be hidden there, so such coverage is refused by the caller.
    """
    gamma, live, t = a["gamma"], a["live"], a["transition"]
    w = jnp.broadcast_to(a["weight"], r.shape[1:])
    share = jnp.where(t > 0.0, t / jnp.where(w > 0.0, w, 1.0), 0.0)
    price = (share * t).sum(-1)
    weight = jnp.where(price > 0.0, 1.0 / jnp.where(price > 0.0, price, 1.0), 0.0)
    gain = (r * t).sum(-1)
    x = (gamma * t - jnp.eye(t.shape[0])[:, None, :]) * live
    inverse = _inverse(jnp.einsum("sa,sai,saj->ij", weight, x, x), live)
    for _ in range(_PASSES):
        score = jnp.einsum("sa,sai,ksa->ki", weight, x, gain)
        gain = gain - jnp.einsum("sai,ki->ksa", x, score @ inverse)
    return (gain * weight)[..., None] * share


def _inverse(gram: Float[Array, "s s"], live: Float[Array, " s"]) -> Float[Array, "s s"]:
    """Return the pseudoinverse of a Gram matrix on the potentials that are 0 in terminal states."""
    gram = gram * live[:, None] * live[None, :]
    size, axes = jnp.linalg.eigh(gram)
    sound = size > 1e-13 * size[-1]
    inverse = jnp.where(sound, 1.0 / jnp.where(sound, size, 1.0), 0.0)
    return (axes * inverse) @ axes.T * live[:, None] * live[None, :]
