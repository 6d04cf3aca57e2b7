"""Critics that are linear in features, fitted to samples of two distributions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf, log
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import scipy.optimize
from jaxtyping import Array, Float

from mesascope.objectives.divergence import kind
from mesascope.objectives.newton import Curvature, Local, Maximum, by_curvature, maximise
from mesascope.objectives.separation import separated
from mesascope.processes import check
from mesascope.processes.precision import in_float64

_TOLERANCE = 1e-13
_HALF_LOG_2 = log(2.0) / 2.0


class Score(NamedTuple):
    """How a score v = φ·w enters the bound.

    Attributes:
        gain: T(v), concave.
        charge: f*(T(v)), convex.
    """

    gain: Callable[[Array], Array]
    charge: Callable[[Array], Array]


# The output activations of f-GAN in their concave cases. For the first three, v is log p / q.
SCORES = {
    "kl": Score(lambda v: v, jnp.expm1),
    "reverse-kl": Score(lambda v: -jnp.expm1(-v), lambda v: v),
    "js": Score(
        lambda v: _HALF_LOG_2 - jax.nn.softplus(-v) / 2.0,
        lambda v: jax.nn.softplus(v) / 2.0 - _HALF_LOG_2,
    ),
    "total-variation": Score(lambda v: jnp.clip(v, -0.5, 0.5), lambda v: jnp.clip(v, -0.5, 0.5)),
    "chi-squared": Score(
        lambda v: v, lambda v: jnp.maximum(v, -2.0) + jnp.maximum(v, -2.0) ** 2 / 4.0
    ),
}


@dataclass(frozen=True, eq=False)
class Critic:
    """What tells samples of p from samples of q, and how far apart it shows them to be.

    Attributes:
        kind: the name of the f-divergence.
        weights: w; the score of an outcome is φ·w.
        bound: E_p[T] - E_q[f*(T)] on the samples that it was fitted to: at most the divergence of
            those samples, not that of where they were drawn from. For a lower bound on that,
            call `bound_on` with fresh ones.
        attained: whether these weights attain the supremum over all; else it lies at infinity, and
            they come near, unless the bound is infinite.
    """

    kind: str
    weights: Float[np.ndarray, " k"]
    bound: float
    attained: bool

    @in_float64
    def __call__(self, features: Any) -> Float[np.ndarray, " n"]:
        """Return T of outcomes with these features, (N, K).

        Raises:
            BadArray: another shape, or a value that is not finite.
        """
        phi = _features("features", features, len(self.weights))
        return np.asarray(SCORES[self.kind].gain(jnp.asarray(phi @ self.weights)))

    @in_float64
    def bound_on(
        self, p_features: Any, q_features: Any, p_weights: Any = None, q_weights: Any = None
    ) -> float:
        """Return E_p[T] - E_q[f*(T)] on other samples: on average, at most the divergence.

        Args:
            p_features, q_features: (N, K) and (M, K).
            p_weights, q_weights: of each sample, of any positive sum; equal unless given.

        Raises:
            BadArray: shapes do not fit, or weights are negative.
        """
        p, x = _weighted("p", p_features, p_weights, len(self.weights))
        q, y = _weighted("q", q_features, q_weights, len(self.weights))
        score = SCORES[self.kind]
        gain, charge = (
            np.asarray(part(jnp.asarray(phi @ self.weights)))
            for part, phi in ((score.gain, p), (score.charge, q))
        )
        return float(x @ gain - y @ charge)


@in_float64
def fit_critic(
    p_features: Any,
    q_features: Any,
    name: str = "kl",
    *,
    p_weights: Any = None,
    q_weights: Any = None,
) -> Critic:
    """Return the critic, linear in features, that bounds a divergence of samples best.

    The maximum over w of a concave function: for `kl`, `reverse-kl` and `js` the score φ·w stands
    for log p / q, for `chi-squared` for 2 (p / q - 1), and for `total-variation` for T itself,
    which then must stay within ½ on all samples, a linear program. (Nguyen, Wainwright & Jordan,
    2010; Nowozin, Cseke & Tomioka, *f-GAN*, NeurIPS 2016.) With one feature for each
    outcome it is exactly the divergence of the samples.

    Args:
        p_features, q_features: φ of samples of p, (N, K), and of q, (M, K). A constant feature is
            not added; without one, the bound may be loose.
        name: as in `divergence`.
        p_weights, q_weights: of each sample, of any positive sum; equal unless given.

    Raises:
        BadArray: shapes do not fit, a value is not finite, or weights are negative.
        UnknownName: there is no such divergence.
    """
    found = kind(name).name
    p, x = _weighted("p", p_features, p_weights)
    q, y = _weighted("q", q_features, q_weights, p.shape[1])
    if found == "total-variation":
        return _witness(p, x, q, y)
    if found == "reverse-kl":  # the same problem from the other side
        other = fit_critic(q, p, "kl", p_weights=y, q_weights=x)
        return Critic(found, -other.weights, other.bound, other.attained)
    p, x, q, y = p[x > 0.0], x[x > 0.0], q[y > 0.0], y[y > 0.0]
    # Which samples a direction of w can push for ever to where they cost nothing.
    if found == "js":
        rows = np.concatenate([q, -p])
        free, _ = separated(rows, np.zeros(len(rows), dtype=bool))
    else:
        rows = np.concatenate([q, -(x @ p)[None]])
        free, direction = separated(rows, np.zeros(len(rows), dtype=bool))
        if free[-1]:
            return Critic(found, direction, inf, attained=False)
    attained = found == "chi-squared" or not free.any()
    size = np.maximum(np.abs(p).max(axis=0), np.abs(q).max(axis=0))
    size = np.where(size > 0.0, size, 1.0)
    best = _fit(*(jnp.asarray(v) for v in (p / size, x, q / size, y)), found)
    return Critic(found, np.asarray(best.point) / size, float(best.value), attained)


@partial(jax.jit, static_argnames="name")
def _fit(
    p: Float[Array, "n k"],
    x: Float[Array, " n"],
    q: Float[Array, "m k"],
    y: Float[Array, " m"],
    name: str,
) -> Maximum:
    gain, charge = SCORES[name]

    def value(w: Float[Array, " k"]) -> Float[Array, ""]:
        return x @ gain(p @ w) - y @ charge(q @ w)

    def local(w: Float[Array, " k"]) -> Local:
        up, bend_up = _slopes(gain, p @ w)
        down, bend_down = _slopes(charge, q @ w)
        curvature = (q.T * (y * bend_down)) @ q - (p.T * (x * bend_up)) @ p
        gradient = (x * up) @ p - (y * down) @ q
        return Local(value(w), Curvature(gradient, curvature, jnp.ones_like(w)))

    return maximise(local, by_curvature, value, jnp.zeros(p.shape[1]), _TOLERANCE)


def _slopes(
    function: Callable[[Array], Array], at: Float[Array, " n"]
) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
    """Return the first and second derivative of an elementwise function."""
    first = jax.grad(lambda v: function(v).sum())
    return jax.jvp(first, (at,), (jnp.ones_like(at),))


def _witness(
    p: Float[np.ndarray, "n k"],
    x: Float[np.ndarray, " n"],
    q: Float[np.ndarray, "m k"],
    y: Float[np.ndarray, " m"],
) -> Critic:
    """Maximise E_p[T] - E_q[T] over T = φ·w from -½ to ½, a linear program.

    Raises:
        RuntimeError: the solver gave up.
    """
    rows = np.concatenate([p, q])
    size = np.abs(rows).max(axis=0)
    size = np.where(size > 0.0, size, 1.0)
    found = scipy.optimize.linprog(
        (y @ q - x @ p) / size,
        A_ub=np.concatenate([rows, -rows]) / size,
        b_ub=np.full(2 * len(rows), 0.5),
        bounds=(None, None),
        method="highs",
    )
    if found.x is None:
        raise RuntimeError(f"the linear program of the critic was not solved: {found.message}")
    return Critic("total-variation", found.x / size, max(0.0, -float(found.fun)), attained=True)


def _weighted(
    side: str, features: Any, weights: Any, width: int | None = None
) -> tuple[Float[np.ndarray, "n k"], Float[np.ndarray, " n"]]:
    """Return the features of samples and their weights, scaled to sum to 1."""
    phi = _features(f"{side}_features", features, width)
    if weights is None:
        return phi, np.full(len(phi), 1.0 / len(phi))
    return phi, check.measure(f"{side}_weights", weights, (len(phi),))


def _features(name: str, features: Any, width: int | None) -> Float[np.ndarray, "n k"]:
    phi = check.real(name, features)
    k = "K" if width is None else width
    check.shape(name, phi, (None, width), f"(N, {k}), the features of each sample,")
    return phi
