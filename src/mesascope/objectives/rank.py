"""Rank distance: how much of the order of outputs two objectives disagree about."""

import numpy as np
from jaxtyping import Float, Int8

from mesascope.objectives.batch import Batch, Pairs
from mesascope.objectives.statistic import Ratio

_CELLS = 4_000_000  # comparisons held in memory at once


def rank_distance(pairs: Pairs) -> Ratio:
    """Return the mean share of pairs of outputs that R_x and Õ_x order differently.

    Only outputs inside the image count. Of the pairs that at least one of the two orders, those
    ordered the other way round count 1 and those tied in exactly one count ½ (Kendall's distance
    with penalty ½: Fagin et al., *Comparing partial rankings*, SIAM J. Discrete Math. 20, 2006,
    here relative to the pairs that somebody orders). Without ties this is (1 - τ) / 2.

    An instance on which either of the two has fewer than two distinct values orders nothing that
    could be compared; it is left out of the mean and counted in `undefined`.

    Returns:
        A ratio in [0, 1] over the instances where it is defined, each of weight 1.
    """
    batch = Batch.of(pairs)
    n, k = batch.real.shape
    rows = max(1, _CELLS // (k * k))
    parts = [
        _shares(batch.utility[i : i + rows], batch.pulled[i : i + rows]) for i in range(0, n, rows)
    ]
    share = np.concatenate(parts)
    defined = ~np.isnan(share)
    return Ratio(np.where(defined, share, 0.0), defined.astype(float), batch.episodes)


def _shares(
    utility: Float[np.ndarray, "n k"], pulled: Float[np.ndarray, "n k"]
) -> Float[np.ndarray, " n"]:
    """Return each instance's share; nan where it is undefined."""
    image = pulled > -np.inf
    both = image[:, :, None] & image[:, None, :]
    first = np.where(both, _signs(utility), 0).astype(np.int8)
    second = np.where(both, _signs(pulled), 0).astype(np.int8)
    opposed = np.abs(first - second).sum(axis=(1, 2), dtype=np.int64)  # 2 reversed, 1 tied in one
    ordered = ((first != 0) | (second != 0)).sum(axis=(1, 2))
    defined = first.any(axis=(1, 2)) & second.any(axis=(1, 2))
    return np.divide(0.5 * opposed, ordered, out=np.full(len(utility), np.nan), where=defined)


def _signs(values: Float[np.ndarray, "n k"]) -> Int8[np.ndarray, "n k k"]:
    """Return the sign of each difference, by comparison: -inf is never subtracted."""
    left, right = values[:, :, None], values[:, None, :]
    return (left > right).astype(np.int8) - (left < right).astype(np.int8)
