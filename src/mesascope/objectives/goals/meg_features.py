"""Goal-directedness towards an unknown reward, linear in features: concave in its weights."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from mesascope.objectives.goals.meg_face import NEVER, feature_face
from mesascope.objectives.goals.meg_states import CLEAR, COARSE, FINE
from mesascope.objectives.newton import (
    Local,
    Maximum,
    Rows,
    by_rows,
    differences,
    lengths,
    maximise,
)
from mesascope.processes import Process
from mesascope.processes.evaluate import visits
from mesascope.processes.precision import in_float64
from mesascope.processes.soft import soft_quality, soft_values


@in_float64
def best_weights(
    process: Process,
    features: Float[np.ndarray, "s a k"],
    occupancy: Float[np.ndarray, "s a"],
) -> tuple[float, Float[np.ndarray, " k"], bool]:
    """Return max over θ of E_π Σ γ^t log(|A| π_θ(a|s)), such a θ, and whether it is attained.

    That equals θ · f_π - E_μ[v_θ], with v_θ the soft-optimal value of φ·θ relative to the uniform
    policy: concave, with gradient f_π - f_{π_θ}, the difference in expected features, and
    curvature the covariance of the features to come under π_θ, given the state.

    Where only infinite weights will do, the value is the limit, and θ comes within rounding.
    """
    allowed, direction = feature_face(process, features, occupancy)
    going_on, start, phi = _arrays(process, features)
    found = _fit(going_on, start, phi, jnp.asarray(occupancy), jnp.asarray(allowed), FINE)
    weights = np.asarray(found.point)
    attained = bool(allowed.all())
    if not attained:
        soft = soft_values(going_on, _relative(phi, found.point, jnp.asarray(allowed)))
        ahead = soft_quality(going_on, _relative(phi, found.point, jnp.ones_like(allowed)), soft)
        weights = weights + (CLEAR + 2.0 * float(jnp.ptp(ahead, axis=1).max())) * direction
    return float(found.value), weights, attained


@in_float64
def feature_scores(
    process: Process,
    features: Float[np.ndarray, "s a k"],
    occupancies: Float[np.ndarray, "b s a"],
) -> Float[np.ndarray, " b"]:
    """Return the same maximum for many occupancies, within about 1e-8 of the bound."""
    allowed = jnp.ones(features.shape[:2], bool)
    fit = jax.vmap(_fit, in_axes=(None, None, None, 0, None, None))
    arrays = _arrays(process, features)
    return np.asarray(fit(*arrays, jnp.asarray(occupancies), allowed, COARSE).value)


def _arrays(process: Process, features: Float[np.ndarray, "s a k"]) -> tuple[Array, ...]:
    """Return G, μ and φ, of which a constant is taken out where it changes nothing."""
    phi = features
    if not process.episodic:
        seen = phi[process.reachable]
        phi = phi - (seen.max(axis=(0, 1)) + seen.min(axis=(0, 1))) / 2.0
    return jnp.asarray(process.going_on), jnp.asarray(process.start), jnp.asarray(phi)


@jax.jit
def _fit(
    going_on: Float[Array, "s a s"],
    start: Float[Array, " s"],
    features: Float[Array, "s a k"],
    occupancy: Float[Array, "s a"],
    allowed: Bool[Array, "s a"],
    tolerance: float | Float[Array, ""],
) -> Maximum:
    """Maximise Σ η log(|A| π_θ) among the allowed choices."""
    actions = jnp.log(features.shape[1])
    visited = occupancy.sum(1, keepdims=True)

    def log_policy(theta: Float[Array, " k"]) -> Float[Array, "s a"]:
        r = _relative(features, theta, allowed)
        return jax.nn.log_softmax(soft_quality(going_on, r, soft_values(going_on, r)))

    def likelihood(logs: Float[Array, "s a"]) -> Float[Array, ""]:
        return (occupancy * jnp.where(occupancy > 0.0, logs + actions, 0.0)).sum()

    def apart(policy: Float[Array, "s a"]) -> Float[Array, "s a k"]:
        """Return what each choice adds to the features to come."""
        step = jnp.einsum("sa,sat->st", policy, going_on)
        gain = jnp.einsum("sa,sak->sk", policy, features)
        ahead = jnp.linalg.solve(jnp.eye(len(step)) - step, gain)
        total = features + jnp.einsum("sat,tk->sak", going_on, ahead)
        size = jnp.abs(features).max((0, 1)) + jnp.abs(ahead).max(0)
        return differences(total, ahead, size)

    def weighed(added: Float[Array, "s a k"], weight: Float[Array, "s a"]) -> Float[Array, "n k"]:
        return (jnp.sqrt(weight)[..., None] * added).reshape(-1, added.shape[2])

    def local(theta: Float[Array, " k"]) -> Local:
        logs = log_policy(theta)
        policy = jnp.exp(logs)
        seen = visits(going_on, policy, start)[:, None] * policy
        # By the performance difference lemma the gradient is what π gains over π_θ by its choices.
        surprise = occupancy - visited * policy
        target = jnp.where(seen > 0.0, surprise / jnp.sqrt(jnp.where(seen > 0.0, seen, 1.0)), 0.0)
        added = apart(policy)
        gradient, terms = (jnp.einsum("sa,sak->k", occupancy, x) for x in (added, jnp.abs(added)))
        model = Rows.of(weighed(added, seen), target.ravel(), gradient, terms, scale)
        return Local(likelihood(logs), model)

    origin = jnp.zeros(features.shape[2])
    # In units of the log odds of π's own choices; π_θ may at first hardly ever come there.
    even = jnp.ones_like(occupancy) / features.shape[1]
    scale = lengths(weighed(apart(even), visited * even))
    bound = actions * occupancy.sum()
    return maximise(
        local, by_rows, lambda theta: likelihood(log_policy(theta)), origin, tolerance * bound
    )


def _relative(
    features: Float[Array, "s a k"], theta: Float[Array, " k"], allowed: Bool[Array, "s a"]
) -> Float[Array, "s a"]:
    """Return φ·θ less what makes 0 the value of the uniform policy."""
    return features @ theta - jnp.log(features.shape[1]) - jnp.where(allowed, 0.0, NEVER)
