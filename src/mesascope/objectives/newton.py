"""Maximising a concave function by Newton's method: damped, deterministic, to rounding."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

ROUNDS = 500
BLANK = 1e-13  # of the largest feature: a difference below it is rounding
_FLAT = 1e-11  # of the largest singular value: below it there is no curvature
_LIGHT, _HEAVY = 1e-13, 1e30  # dampings, of the curvature at the start
_FACTOR = 8.0
_IDLE = 3  # steps in a row that gain nothing: then rounding is all that is left


class Local(NamedTuple):
    """A concave function at a point: its value, and a quadratic model of what is near."""

    value: Float[Array, ""]
    model: Any


class Maximum(NamedTuple):
    """Where Newton's method ended.

    Attributes:
        point: x.
        value: f(x).
        promise: ∇f · step, twice what one more undamped step would gain.
        rounds: how many steps were taken.
    """

    point: Float[Array, " k"]
    value: Float[Array, ""]
    promise: Float[Array, ""]
    rounds: Int[Array, ""]


_State = tuple[Array, Local, Array, Array, Array]


def maximise(
    local: Callable[[Array], Local],
    solve: Callable[[Any, Array], tuple[Array, Array]],
    value: Callable[[Array], Array],
    start: Float[Array, " k"],
    tolerance: float | Float[Array, ""],
) -> Maximum:
    """Climb until an undamped step promises less than a tolerance, or none helps; to be compiled.

    The damping of Levenberg and Marquardt (Nocedal & Wright, *Numerical Optimization*, 2006,
    section 10.3): a multiple of the identity is added to the curvature, as heavy as it takes for
    the step to gain a share of what it promised, and lighter after each that did. Shortening
    Newton's step instead would stop all directions for the sake of one in which the function is
    nearly linear. Where the supremum lies at infinity, with exponential tails, the gap falls by a
    factor e a round.

    Args:
        local: value and model at a point.
        solve: from a model and a damping, the step and its promise.
        value: the value alone; -inf outside the domain.
        start: a point inside the domain.
        tolerance: of the promise.
    """
    light = jnp.asarray(_LIGHT, start.dtype)

    def climb(state: _State) -> _State:
        point, at, damping, made, idle = state

        def fails(tried: Array) -> Array:
            step, promise = solve(at.model, tried)
            return ~(value(point + step) >= at.value + 1e-4 * promise) & (tried < _HEAVY)

        enough = lax.while_loop(fails, lambda tried: _FACTOR * tried, damping)
        step, _ = solve(at.model, enough)
        point = jnp.where(enough < _HEAVY, point + step, point)
        new = local(point)
        idle = jnp.where(new.value - at.value > 0.1 * tolerance, 0, idle + 1)
        return point, new, jnp.maximum(enough / _FACTOR**2, light), made + 1, idle

    def unfinished(state: _State) -> Array:
        _, at, _, made, idle = state
        return (solve(at.model, light)[1] > tolerance) & (idle < _IDLE) & (made < ROUNDS)

    begin = (start, local(start), light, jnp.array(0), jnp.array(0))
    point, at, _, made, _ = lax.while_loop(unfinished, climb, begin)
    return Maximum(point, at.value, solve(at.model, light)[1], made)


class Curvature(NamedTuple):
    """A model of which the curvature is -∇²f; every coordinate is in units of `scale`."""

    gradient: Float[Array, " k"]
    curvature: Float[Array, "k k"]
    scale: Float[Array, " k"]


def by_curvature(
    model: Curvature, damping: Float[Array, ""]
) -> tuple[Float[Array, " k"], Float[Array, ""]]:
    """Return the damped step and its promise, by Cholesky's decomposition."""
    scale = model.scale
    damped = model.curvature / (scale[:, None] * scale) + damping * jnp.eye(len(scale))
    factor = jax.scipy.linalg.cho_factor(damped)
    step = jax.scipy.linalg.cho_solve(factor, model.gradient / scale) / scale
    return step, model.gradient @ step


class Rows(NamedTuple):
    """A model of which the curvature is rowsᵀ rows and the gradient rowsᵀ target, decomposed.

    Attributes:
        slope: the gradient along each singular direction.
        size: the singular values, 0 where that is rounding.
        directions: in the units of the point.
    """

    slope: Float[Array, " n"]
    size: Float[Array, " n"]
    directions: Float[Array, "n k"]

    @classmethod
    def of(
        cls,
        rows: Float[Array, "m k"],
        target: Float[Array, " m"],
        gradient: Float[Array, " k"],
        terms: Float[Array, " k"],
        scale: Float[Array, " k"],
    ) -> "Rows":
        """Decompose; every coordinate of the point is in units of 1 / scale.

        Args:
            rows: square roots of weights times differences.
            target: what the gradient is rowsᵀ of.
            gradient: the gradient, summed otherwise.
            terms: the sum of the sizes of its terms: how large its rounding is.
            scale: of each coordinate.
        """
        left, size, right = jnp.linalg.svd(rows / scale, full_matrices=False)
        size = jnp.where(size > _FLAT * size.max(), size, 0.0)
        # The target knows slopes to more digits where the curvature is small, unless it is huge.
        known = size * jnp.linalg.norm(target) <= jnp.linalg.norm(terms / scale)
        by_target = (size > 0.0) & known
        slope = jnp.where(by_target, size * (left.T @ target), right @ (gradient / scale))
        return cls(slope, size, right / scale)


def by_rows(model: Rows, damping: Float[Array, ""]) -> tuple[Float[Array, " k"], Float[Array, ""]]:
    """Return the same step by least squares: slower, and good to the condition of the rows.

    The least damping stands for none where there is curvature.
    """
    curved = model.size > 0.0
    damping = jnp.where(curved & (damping <= _LIGHT), 0.0, damping)
    share = model.slope / (model.size**2 + damping)
    return share @ model.directions, model.slope @ share


def lengths(rows: Float[Array, "m k"]) -> Float[Array, " k"]:
    """Return the lengths of columns, 1 for columns of zeros: the units of `scale`."""
    size = jnp.linalg.norm(rows, axis=0)
    return jnp.where(size > 0.0, size, 1.0)


def differences(
    features: Float[Array, "s a k"], mean: Float[Array, "s k"], size: Float[Array, " k"]
) -> Float[Array, "s a k"]:
    """Return features less their mean over choices, 0 where that is rounding.

    What rounding leaves of a feature that does not differ would pass for a direction of its own,
    along which the maximum is infinitely far.
    """
    apart = features - mean[:, None]
    return jnp.where(jnp.abs(apart) > BLANK * size, apart, 0.0)
