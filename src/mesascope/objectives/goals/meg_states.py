"""Goal-directedness towards an unknown utility of states: a multinomial logistic regression."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from mesascope.objectives.goals.meg_face import state_face
from mesascope.objectives.newton import (
    Curvature,
    Local,
    Maximum,
    by_curvature,
    differences,
    lengths,
    maximise,
)
from mesascope.processes import Process
from mesascope.processes.precision import in_float64

FINE, COARSE = 1e-14, 1e-12  # of the bound: what one more step of Newton's method would gain
CLEAR = 50.0  # nats: a choice this far behind changes no digit


@in_float64
def best_state_utility(
    process: Process, occupancy: Float[np.ndarray, "s a"]
) -> tuple[float, Float[np.ndarray, " s"], bool]:
    """Return max over U of E_π Σ γ^t log(|A| π_U(a|s)), such a U, and whether it is attained.

    The soft-optimal values v of a utility of states determine it, U = v - log mean_a exp(G v), and
    any v, 0 in terminal states, are the values of some utility. So the problem is over v, where
    log π_U = G v - log Σ_a exp(G v) is that of a logistic regression with features G[s, a, :].

    Where only an infinite utility will do, the value is the limit, and U comes within rounding.
    """
    allowed, direction = state_face(process, occupancy)
    going_on = jnp.asarray(process.going_on)
    found = _fit(going_on, jnp.asarray(occupancy), jnp.asarray(allowed), FINE)
    value = np.asarray(found.point)
    attained = bool(allowed.all())
    if not attained:
        visited = process.going_on[occupancy.any(axis=1)] @ value
        value = value + (CLEAR + float(np.ptp(visited, axis=1).max())) * direction
    ahead = going_on @ jnp.asarray(value)
    utility = value - np.asarray(jax.nn.logsumexp(ahead, axis=1)) + np.log(process.actions)
    return float(found.value), utility * ~process.terminal, attained


@in_float64
def state_scores(
    process: Process, occupancies: Float[np.ndarray, "b s a"]
) -> Float[np.ndarray, " b"]:
    """Return the same maximum for many occupancies, within about 1e-8 of the bound."""
    allowed = jnp.ones(occupancies.shape[1:], bool)
    fit = jax.vmap(_fit, in_axes=(None, 0, None, None))
    return np.asarray(
        fit(jnp.asarray(process.going_on), jnp.asarray(occupancies), allowed, COARSE).value
    )


@jax.jit
def _fit(
    features: Float[Array, "s a d"],
    weight: Float[Array, "s a"],
    allowed: Bool[Array, "s a"],
    tolerance: float | Float[Array, ""],
) -> Maximum:
    """Maximise Σ weight (log softmax_a(features · w) + log |A|) among the allowed choices."""
    actions = jnp.log(weight.shape[1])
    visits = weight.sum(1, keepdims=True)
    size = jnp.abs(features).max((0, 1))

    def log_policy(w: Float[Array, " d"]) -> Float[Array, "s a"]:
        return jax.nn.log_softmax(jnp.where(allowed, features @ w, -jnp.inf))

    def likelihood(logs: Float[Array, "s a"]) -> Float[Array, ""]:
        # A choice that is ruled out is never made, and 0 · -inf is no number.
        return (weight * jnp.where(weight > 0.0, logs + actions, 0.0)).sum()

    def rows(policy: Float[Array, "s a"]) -> Float[Array, "n d"]:
        mean = jnp.einsum("sad,sa->sd", features, policy)
        return differences(features, mean, size).reshape(-1, features.shape[2])

    def local(w: Float[Array, " d"]) -> Local:
        logs = log_policy(w)
        policy = jnp.exp(logs)
        apart = rows(policy)
        curvature = apart.T @ ((visits * policy).reshape(-1, 1) * apart)
        return Local(likelihood(logs), Curvature(weight.ravel() @ apart, curvature, scale))

    start = jnp.zeros(features.shape[2])
    even = jnp.exp(log_policy(start))
    scale = lengths(jnp.sqrt(visits * even).reshape(-1, 1) * rows(even))
    bound = actions * visits.sum()
    return maximise(
        local, by_curvature, lambda w: likelihood(log_policy(w)), start, tolerance * bound
    )
