"""Variational lower bounds on f-divergences: what a critic tells two distributions apart by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.objectives.divergence import Values, aligned, kind
from mesascope.processes import BadArray


@dataclass(frozen=True)
class Dual:
    """The convex conjugate of an f-divergence.

    Attributes:
        conjugate: f*(T) = sup over t ≥ 0 of t T - f(t), infinite outside its domain, T ≤ f'(∞).
        optimum: f'(p / q), where both are positive: the critic at which the bound is tight.
        least: f'(0).
    """

    conjugate: Callable[[Values], Values]
    optimum: Callable[[Values, Values], Values]
    least: float


def _js_conjugate(t: Values) -> Values:
    return -np.log(np.maximum(2.0 - np.exp(np.minimum(2.0 * t, 1.0)), 0.0)) / 2.0


def _chi_squared_conjugate(t: Values) -> Values:
    u = np.maximum(t, -2.0)
    return u + u * u / 4.0


DUALS: Mapping[str, Dual] = {
    "kl": Dual(np.expm1, lambda p, q: np.log(p) - np.log(q), -inf),
    "reverse-kl": Dual(lambda t: -np.log1p(-np.minimum(t, 1.0)), lambda p, q: 1.0 - q / p, -inf),
    "js": Dual(_js_conjugate, lambda p, q: (log(2.0) + np.log(p) - np.log(p + q)) / 2.0, -inf),
    "total-variation": Dual(
        lambda t: np.where(t <= 0.5, np.maximum(t, -0.5), inf),
        lambda p, q: np.sign(p - q) / 2.0,
        -0.5,
    ),
    "chi-squared": Dual(_chi_squared_conjugate, lambda p, q: 2.0 * (p - q) / q, -2.0),
}


def lower_bound(p: Any, q: Any, critic: Any, name: str = "kl") -> float | Float[np.ndarray, "*b"]:
    """Return E_p[T] - E_q[f*(T)], which no critic T lifts above the divergence of p from q.

    (Nguyen, Wainwright & Jordan, *Estimating divergence functionals and the likelihood ratio by
    convex risk minimization*, IEEE Trans. Inf. Theory 56, 2010, lemma 1.)

    Args:
        p, q: as in `divergence`.
        critic: T, of a shape that broadcasts with theirs; it may be infinite where one of them is
            0. A critic outside the domain of f* bounds nothing: -inf.
        name: as in `divergence`.

    Raises:
        BadArray: a row is no distribution, the critic is not a number, or shapes do not fit.
        UnknownName: there is no such divergence.
    """
    found, dual = kind(name), DUALS[kind(name).name]
    x, y = aligned(p, q)
    t = np.asarray(critic, dtype=np.float64)
    if np.isnan(t).any():
        index = tuple(int(i) for i in np.argwhere(np.isnan(t))[0])
        raise BadArray(f"critic{list(index)} is nan, and a number is expected", "critic", index)
    try:
        t = np.broadcast_to(t, x.shape)
    except ValueError as error:
        raise BadArray(
            f"critic has shape {t.shape}, and one that broadcasts to {x.shape} is expected",
            "critic",
        ) from error
    with np.errstate(all="ignore"):  # 0 · inf is left out, not a number
        gain = np.where(x > 0.0, x * t, 0.0)
        charge = np.where(y > 0.0, y * dual.conjugate(t), 0.0)
        outside = ((x > 0.0) & (t > found.at_infinity)) | (charge == inf) | (gain == -inf)
        value = np.where(outside.any(axis=-1), -inf, (gain - charge).sum(axis=-1))
    return value if value.ndim else float(value)


def optimal_critic(p: Any, q: Any, name: str = "kl") -> Float[np.ndarray, "*b n"]:
    """Return the table T = f'(p / q), for which the bound is the divergence.

    It is f'(0) where only q is positive, f'(∞) where only p is, either of which may be infinite,
    and 0 where nothing is.

    Raises:
        BadArray: a row is no distribution, or the shapes do not fit.
        UnknownName: there is no such divergence.
    """
    found, dual = kind(name), DUALS[kind(name).name]
    x, y = aligned(p, q)
    both = (x > 0.0) & (y > 0.0)
    with np.errstate(over="ignore"):
        inside = dual.optimum(np.where(both, x, 1.0), np.where(both, y, 1.0))
    outside = np.where(x > 0.0, found.at_infinity, np.where(y > 0.0, dual.least, 0.0))
    return np.where(both, inside, outside)
