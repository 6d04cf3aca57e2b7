"""Distances between numbers of which only the order of differences is meant: the affine core.

Each takes values as arrays of one shape with a measure over them, so the same code serves the
outputs of an instance, the transitions of a process, or a sample of either.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.core.errors import BadRequest
from mesascope.processes import check
from mesascope.processes.precision import in_float64

NEGLIGIBLE = 1e-11  # of the largest number that a value was computed from: rounding, not signal
Order = float  # of a norm: 1, 2 or inf; 0 stands for no normalisation


@in_float64
def pearson_distance(
    first: Any, second: Any, *, measure: Any = None, instances: Any = None
) -> float:
    """Return sqrt((1 - ρ) / 2), ρ the correlation under a measure; from 0 to 1.

    It is computed as half the distance of the standardised values, which equals it and keeps
    sixteen digits near 0, where 1 - ρ keeps none. A constant has no correlation with anything: two
    constants are at 0, and a constant is at ½ from all else, as the zero vector is.

    Args:
        first, second: values of one shape.
        measure: weights of the same shape, of any positive sum; equal ones unless given.
        instances: which instance each value belongs to. Each instance then has a free offset of
            its own, and all share one scale, as per-instance utilities inside an expectation do.

    Raises:
        BadArray: shapes differ, a value is not finite, or the measure is negative or zero.
    """
    x, y, w = _aligned(first, second, measure)
    if instances is None:
        parts = [centred(jnp.asarray(v), jnp.asarray(w)) for v in (x, y)]
    else:
        parts = [jnp.asarray(_centred_within(v, w, instances)) for v in (x, y)]
    scales = [float(np.abs(v).max()) for v in (x, y)]
    unit = [standard(p, jnp.asarray(w), 2.0, s) for p, s in zip(parts, scales, strict=True)]
    return 0.5 * float(norm(unit[0] - unit[1], jnp.asarray(w), 2.0))


@in_float64
def normalised_distance(
    first: Any, second: Any, *, norms: Sequence[float | int] = (2, 2), measure: Any = None
) -> float:
    """Return m(x / n(x) - y / n(y)) for norms n and m under a measure.

    Where x is 0 it stays 0. With n = m it lies between 0 and 2.

    Args:
        first, second: values of one shape.
        norms: n and m, each 1, 2 or infinity; n may be 0, for values as they are.
        measure: as in `pearson_distance`.

    Raises:
        BadArray: as `pearson_distance`.
        BadRequest: a norm is none of these.
    """
    n, m = require_norms(norms)
    x, y, w = (jnp.asarray(v) for v in _aligned(first, second, measure))
    return float(norm(standard(x, w, n) - standard(y, w, n), w, m))


def kendall_distance(first: Any, second: Any, *, measure: Any = None) -> float:
    """Return the share of pairs of values that the two order differently; from 0 to 1.

    Of the pairs that at least one of the two orders, those ordered the other way round count 1 and
    those tied in exactly one count ½, each weighted by the product of its measures (Fagin et al.,
    *Comparing partial rankings*, SIAM J. Discrete Math. 20, 2006). Without ties it is
    (1 - τ) / 2. nan where neither orders anything. Takes time quadratic in the number of values.

    Raises:
        BadArray: as `pearson_distance`.
    """
    x, y, w = (v.ravel() for v in _aligned(first, second, measure))
    apart = ordered = 0.0
    for i in range(len(x)):  # row by row: the table of pairs may not fit
        dx, dy = np.sign(x[i + 1 :] - x[i]), np.sign(y[i + 1 :] - y[i])
        weight = w[i] * w[i + 1 :]
        apart += float((weight * np.abs(dx - dy)).sum()) / 2.0
        ordered += float(weight[(dx != 0) | (dy != 0)].sum())
    return apart / ordered if ordered else float("nan")


def choice_regret(utility: Any, chosen_by: Any) -> float:
    """Return what choosing by the second costs, judged by the first; from 0 to 1.

    (max R - mean of R over the argmax of the second) / (max R - min R), and 0 where R is constant.

    Raises:
        BadArray: as `pearson_distance`.
    """
    r, other, _ = _aligned(utility, chosen_by, None)
    top = r.max()
    spread = top - r.min()
    return float((top - r[other == other.max()].mean()) / spread) if spread else 0.0


def norm(x: Float[Array, "..."], weight: Float[Array, "..."], order: Order) -> Float[Array, ""]:
    """Return (Σ w |x|^p / Σ w)^(1/p), or the largest |x| where w > 0.

    The weight broadcasts against x: a row of it may stand for many equal ones.
    """
    if order == np.inf:
        return jnp.where(weight > 0.0, jnp.abs(x), 0.0).max()
    size = np.prod(x.shape) / np.prod(weight.shape)
    total = weight.sum() * size
    if order == 1.0:
        return (weight * jnp.abs(x)).sum() / total
    return jnp.sqrt((weight * x * x).sum() / total)


def centred(x: Float[Array, "..."], weight: Float[Array, "..."]) -> Float[Array, "..."]:
    """Return x less its mean under the weight."""
    size = np.prod(x.shape) / np.prod(weight.shape)
    return x - (weight * x).sum() / (weight.sum() * size)


def standard(
    x: Float[Array, "..."],
    weight: Float[Array, "..."],
    order: Order,
    scale: float | Float[Array, ""] = 0.0,
) -> Float[Array, "..."]:
    """Return x divided by its norm, and 0 where that is rounding of numbers of size `scale`."""
    if order == 0.0:
        return x
    size = norm(x, weight, order)
    real = size > NEGLIGIBLE * scale
    return jnp.where(real, x / jnp.where(real, size, 1.0), 0.0)


def require_norms(norms: Sequence[float | int]) -> tuple[Order, Order]:
    """Return a pair of norms, checked.

    Raises:
        BadRequest: not a pair, or other orders than 1, 2 and infinity (0 for the first).
    """
    if len(norms) != 2 or norms[0] not in (0, 1, 2, np.inf) or norms[1] not in (1, 2, np.inf):
        raise BadRequest(
            f"norms are {norms!r}; two are expected, to divide by and to measure with, each 1, 2 "
            "or inf (the first may be 0: values as they are)"
        )
    return float(norms[0]), float(norms[1])


def _aligned(
    first: Any, second: Any, measure: Any
) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    x, y = check.real("first", first), check.real("second", second)
    check.shape("second", y, x.shape, f"{x.shape}, that of the first,")
    if measure is None:
        return x, y, np.ones(x.shape)
    return x, y, check.measure("measure", measure, x.shape)


def _centred_within(
    x: Float[np.ndarray, "..."], w: Float[np.ndarray, "..."], instances: Any
) -> Float[np.ndarray, "..."]:
    owner = np.asarray(instances)
    check.shape("instances", owner, x.shape, f"{x.shape}, an instance for each value,")
    _, place = np.unique(owner.ravel(), return_inverse=True)
    mass = np.bincount(place, w.ravel())
    mean = np.bincount(place, (w * x).ravel()) / np.where(mass > 0.0, mass, 1.0)
    return x - mean[place].reshape(x.shape)
