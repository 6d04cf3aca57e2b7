"""True regret: what optimising one reward costs, judged by another; exact, for many at once."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.objectives.affine import NEGLIGIBLE
from mesascope.processes import Process
from mesascope.processes.evaluate import values
from mesascope.processes.plan import optimal, solve
from mesascope.processes.precision import in_float64

_SLACK = 1e-10  # of the range of returns: below it the supporting lines have met
_CUTS = 100


@dataclass(frozen=True)
class Regret:
    """What it costs to optimise reward b where a is meant: row a, column b.

    Every figure is in units of max J_a - min J_a, so between 0 and 1, and 0 where no policy
    changes J_a.

    Attributes:
        uniform: max J_a - J_a(π), π uniform over the actions that are optimal for b.
        best, worst: the same with ties of b broken in favour of a, and against it.
        lowest, highest: min and max of J_a, in units of a.
    """

    uniform: Float[np.ndarray, "k k"]
    best: Float[np.ndarray, "k k"]
    worst: Float[np.ndarray, "k k"]
    lowest: Float[np.ndarray, " k"]
    highest: Float[np.ndarray, " k"]


@in_float64
def regret(process: Process, gains: Float[np.ndarray, "k s a"]) -> Regret:
    """Return the regret between expected rewards r[s, a].

    Args:
        process: where; returns are those from its initial distribution.
        gains: as `mesascope.processes.expected` returns them.
    """
    going_on, start = jnp.asarray(process.going_on), jnp.asarray(process.start)
    r = jnp.asarray(gains)
    (best, least), allowed = _optimum(going_on, r)
    highest, lowest = np.asarray(best @ start), np.asarray(-(least @ start))
    table = np.stack([_returns_of(going_on, r, mask, start) for mask in allowed], axis=-1)
    spread = highest - lowest
    real = returns_differ(spread, gains)[:, None]
    parts = _normalised(highest[:, None] - table, spread[:, None], real)
    return Regret(parts[0], parts[1], parts[2], lowest, highest)


@jax.jit
def _optimum(going_on: Array, r: Array) -> tuple[Array, Array]:
    """Return the optimal values of r and of -r, and the actions that are optimal for r."""
    value, quality, _ = solve(going_on, jnp.stack([r, -r]))
    return value, optimal(value[0], quality[0])


def _returns_of(going_on: Array, r: Array, mask: Array, start: Array) -> Float[np.ndarray, "3 k"]:
    """Return J of every reward where only some actions may be chosen: uniformly, best, worst."""
    extremes = np.asarray(_extremes(going_on, r, mask, start))
    share = jnp.broadcast_to(mask / mask.sum(-1, keepdims=True), r.shape)
    return np.stack([np.asarray(values(going_on, r, share) @ start), extremes[0], -extremes[1]])


@jax.jit
def _extremes(going_on: Array, r: Array, mask: Array, start: Array) -> Array:
    # An action that is not allowed becomes a copy of one that is: nothing infinite is needed.
    keep = jnp.where(mask, jnp.arange(mask.shape[-1]), mask.argmax(-1)[:, None])
    on = jnp.take_along_axis(going_on, keep[:, :, None], axis=1)
    here = jnp.take_along_axis(r, keep[None], axis=2)
    return solve(on, jnp.stack([here, -here]))[0] @ start


def returns_differ(spread: np.ndarray, gains: Float[np.ndarray, "k s a"]) -> np.ndarray:
    """Return for which rewards the returns of policies differ by more than rounding."""
    return spread > NEGLIGIBLE * np.abs(gains).max((1, 2))


def _normalised(gap: np.ndarray, spread: np.ndarray, real: np.ndarray) -> np.ndarray:
    share = np.divide(gap, spread, out=np.zeros(gap.shape), where=real)
    return np.clip(share, 0.0, 1.0)


@in_float64
def worst_regret(process: Process, gains: Float[np.ndarray, "k s a"]) -> Float[np.ndarray, "k k"]:
    """Return the regret that any improvement by b can cause: row a, column b; from 0 to 1.

    The largest J_a(π) - J_a(π') with J_b(π') ≥ J_b(π), over the range of J_a: the regret of the
    definition of soundness (Skalse et al., *STARC*, ICLR 2024, definition 3). Over occupancies it
    is a linear program, of which the dual has one variable: the least over λ ≥ 0 of the range of
    J_{a - λ b}, convex and piecewise linear in λ, found exactly by its supporting lines.

    Args:
        process: where.
        gains: (K, S, A), expected rewards.
    """
    k = len(gains)
    a, b = (gains[i.ravel()] for i in np.indices((k, k)))
    going_on, start = jnp.asarray(process.going_on), jnp.asarray(process.start)

    def supporting(rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the range of J_{a - λ b} and its slope in λ."""
        parts = _range_and_slope(going_on, jnp.asarray(a - rate[:, None, None] * b), b, start)
        return np.asarray(parts[0]), np.asarray(parts[1])

    whole, _ = supporting(np.zeros(k * k))
    size_b = whole.reshape(k, k).T.ravel()
    left = np.zeros(k * k)
    best, slope_left = supporting(left)
    # Beyond this λ the range of λ b alone exceeds the range of a twice over: the slope is positive.
    matters = returns_differ(size_b, b)
    right = np.divide(2.0 * whole, size_b, out=np.zeros(k * k), where=matters)
    at_right, slope_right = supporting(right)
    at_left = best.copy()
    best = np.minimum(best, at_right)
    for _ in range(_CUTS):
        turn = slope_right - slope_left
        inside = (slope_left < 0.0) & (slope_right > 0.0) & (turn > 0.0)
        meet = np.where(
            inside,
            (at_left - slope_left * left - at_right + slope_right * right)
            / np.where(inside, turn, 1.0),
            left,
        )
        floor = at_left + slope_left * (meet - left)
        value, slope = supporting(meet)
        best = np.where(inside, np.minimum(best, value), best)
        done = ~inside | (value - floor <= _SLACK * whole)
        if done.all():
            break
        go_left = slope < 0.0
        left, at_left, slope_left = (
            np.where(inside & go_left, new, old)
            for new, old in ((meet, left), (value, at_left), (slope, slope_left))
        )
        right, at_right, slope_right = (
            np.where(inside & ~go_left, new, old)
            for new, old in ((meet, right), (value, at_right), (slope, slope_right))
        )
    return _normalised(best, whole, returns_differ(whole, a)).reshape(k, k)


@jax.jit
def _range_and_slope(going_on: Array, r: Array, b: Array, start: Array) -> tuple[Array, Array]:
    """Return max J_r - min J_r, and minus the same policies' difference in J_b."""
    value, _, policy = solve(going_on, jnp.stack([r, -r]))
    returns = values(going_on, jnp.broadcast_to(b, policy.shape), policy) @ start
    return value.sum(0) @ start, returns[1] - returns[0]
