"""The dual of maximum causal entropy: convex, and minimised by Newton's method."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.processes.evaluate import visits
from mesascope.processes.horizon import soft_backward, visits_forward
from mesascope.processes.soft import soft_quality, soft_values

_POLISH = 4  # steps in a row within the tolerance: they tell a minimum from a limit
_STRIDE = 10.0  # nats, of the reward in one step: curvature says nothing of what is further off
_BLIND = 1e-13  # of the largest curvature: below it there is none
_ROUNDING = 1e-14  # of the square of the largest expectation of a feature, in a curvature


class Problem(NamedTuple):
    """What the dual depends on.

    Attributes:
        going_on: G[s, a, s'].
        start: μ[s], 0 in terminal states.
        features: φ[s, a, k].
        target: f[k], the expert's expectations.
        ridge: the weight of |θ|² / 2.
    """

    going_on: Float[Array, "s a s"]
    start: Float[Array, " s"]
    features: Float[Array, "s a k"]
    target: Float[Array, " k"]
    ridge: Float[Array, ""]


class Minimum(NamedTuple):
    """Where Newton's method ended.

    Attributes:
        weights: θ, of least norm.
        blind: the number of dimensions of θ that no policy depends on; θ is 0 along them.
        slopes: the largest entry of the gradient across all others, first and after each step.
        within: whether it came within the tolerance.
        limit: whether it did so on the way to an infinite θ.
    """

    weights: Float[np.ndarray, " k"]
    blind: int
    slopes: list[float]
    within: bool
    limit: bool


def minimise(
    problem: Problem, horizon: int | None, scale: float, tolerance: float, rounds: int
) -> Minimum:
    """Minimise the dual from θ = 0, until its gradient is within a tolerance.

    Args:
        problem, horizon: what to minimise.
        scale: the largest expectation that a feature may have.
        tolerance: of the gradient.
        rounds: the most steps.
    """
    theta = np.zeros(problem.target.shape[0])
    value, gradient, hessian = _local(theta, problem, horizon)
    size, axes = np.linalg.eigh(hessian)
    size = size - float(problem.ridge)
    # A direction that one policy that takes every action is blind to, all of them are blind to.
    sighted = size > max(_BLIND * float(size[-1]), _ROUNDING * scale**2)
    basis = axes[:, sighted]
    features = np.asarray(problem.features)
    slopes = [float(np.abs(basis @ (basis.T @ gradient)).max())]
    within = 0
    while len(slopes) <= rounds and within < _POLISH and sighted.any():
        step = basis @ np.asarray(_newton(basis.T @ gradient, basis.T @ hessian @ basis))
        step /= max(1.0, float(np.abs(features @ step).max()) / _STRIDE)
        theta = theta + _share(theta, step, value, gradient, problem, horizon) * step
        value, gradient, hessian = _local(theta, problem, horizon)
        slopes.append(float(np.abs(basis @ (basis.T @ gradient)).max()))
        within = within + 1 if slopes[-1] <= tolerance else 0
    # Within the tolerance, Newton's method brings a slope down to rounding where there is a
    # minimum; where θ can only grow, it divides it by e.
    limit = slopes[-1] > np.exp(-_POLISH - 0.5) * tolerance
    return Minimum(theta, int((~sighted).sum()), slopes, slopes[-1] <= tolerance, limit)


@partial(jax.jit, static_argnames="horizon")
def behave(
    theta: Float[Array, " k"], problem: Problem, horizon: int | None
) -> tuple[Float[Array, "*t s a"], Float[Array, "s a"]]:
    """Return the soft-optimal policy for φ·θ and its occupancy, summed over time."""
    going_on, start = problem.going_on, problem.start
    r = problem.features @ theta
    if horizon is None:
        policy = jax.nn.softmax(soft_quality(going_on, r, soft_values(going_on, r)))
        return policy, visits(going_on, policy, start)[:, None] * policy
    policy = jax.nn.softmax(soft_backward(going_on, r, horizon)[1])
    return policy, (visits_forward(going_on, policy, start)[..., None] * policy).sum(0)


def dual(theta: Float[Array, " k"], problem: Problem, horizon: int | None) -> Float[Array, ""]:
    """Return E_μ[v_θ] - θ·f + ridge/2 |θ|²."""
    r = problem.features @ theta
    if horizon is None:
        value = soft_values(problem.going_on, r)
    else:
        value = soft_backward(problem.going_on, r, horizon)[0][0]
    penalty = 0.5 * problem.ridge * theta @ theta
    return problem.start @ value - problem.target @ theta + penalty


_value = jax.jit(dual, static_argnames="horizon")


@partial(jax.jit, static_argnames="horizon")
def _derivatives(
    theta: Float[Array, " k"], problem: Problem, horizon: int | None
) -> tuple[Float[Array, ""], Float[Array, " k"], Float[Array, "k k"]]:
    value, gradient = jax.value_and_grad(dual)(theta, problem, horizon)
    return value, gradient, jax.hessian(dual)(theta, problem, horizon)


def _local(
    theta: Float[np.ndarray, " k"], problem: Problem, horizon: int | None
) -> tuple[float, Float[np.ndarray, " k"], Float[np.ndarray, "k k"]]:
    """Return the dual, its gradient and its Hessian."""
    value, gradient, hessian = _derivatives(jnp.asarray(theta), problem, horizon)
    return float(value), np.asarray(gradient), np.asarray(hessian)


@jax.jit
def _newton(gradient: Float[Array, " m"], hessian: Float[Array, "m m"]) -> Float[Array, " m"]:
    """Return -hessian⁻¹ gradient, with the least curvature that double precision resolves."""
    size, axes = jnp.linalg.eigh(hessian)
    # Where a policy saturates, curvature falls to rounding and may even come out negative.
    return -axes @ ((axes.T @ gradient) / jnp.maximum(size, 1e-15 * size[-1] + 1e-300))


def _share(
    theta: Float[np.ndarray, " k"],
    step: Float[np.ndarray, " k"],
    value: float,
    gradient: Float[np.ndarray, " k"],
    problem: Problem,
    horizon: int | None,
) -> float:
    """Return how much of a step to take: all, halved until the dual falls or rounding hides it."""
    promise = float(gradient @ step)
    # The dual is a difference of numbers that grow with θ.
    rounding = 1e-13 * (1.0 + abs(value) + abs(float(np.asarray(problem.target) @ theta)))
    share = 1.0
    while share > 1e-12:
        new = float(_value(jnp.asarray(theta + share * step), problem, horizon))
        if new <= value + 1e-4 * share * promise + rounding:
            break
        share *= 0.5
    return share
