"""The cardinal distance: Pearson's, with one shared scale and a free offset per instance.

It assumes that the size of a difference in Õ means something, and the same on every instance. The
argmax of a search does not fix that, so the figure is one to ask for, with a line in the ledger.
"""

import numpy as np
from jaxtyping import Bool, Float

from mesascope.objectives.batch import Batch, Pairs
from mesascope.objectives.statistic import Misfit


def cardinal_distance(pairs: Pairs) -> Misfit:
    """Return sqrt((1 - ρ) / 2), ρ the pooled correlation of R and Õ within instances.

    Each is centred within the instance, over the image with equal weights; the products are
    averaged over the image, then summed over instances, each of weight 1. Centring takes each
    instance's offset out; pooling before dividing keeps one scale for all of them. (Pearson
    distance: Gleave et al., *Quantifying differences in reward functions*, ICLR 2021. Some
    sources print twice this value.)

    An instance on which either is constant over the image adds nothing to the covariance and is
    counted in `undefined`; its spread still enters the scale of the one that does vary.

    Returns:
        A distance in [0, 1]: 0 for the same up to offsets and a positive scale, 1 for reversed;
        undefined where either is constant on every instance.
    """
    batch = Batch.of(pairs)
    image = batch.image
    size = np.maximum(image.sum(axis=1), 1)
    x = _centred(batch.utility, image)
    y = _centred(batch.pulled, image)
    return Misfit(
        (x * y).sum(axis=1) / size,
        (x * x).sum(axis=1) / size,
        (y * y).sum(axis=1) / size,
        batch.episodes,
    )


def _centred(
    values: Float[np.ndarray, "n k"], image: Bool[np.ndarray, "n k"]
) -> Float[np.ndarray, "n k"]:
    """Return values less their mean over the image; 0 outside, and exactly 0 where constant."""
    inside = np.where(image, values, 0.0)
    size = np.maximum(image.sum(axis=1, keepdims=True), 1)
    # Starting from the first value of the image makes the centre of equal values exact.
    first = np.take_along_axis(inside, image.argmax(axis=1)[:, None], axis=1)
    shifted = np.where(image, inside - first, 0.0)
    return np.where(image, shifted - shifted.sum(axis=1, keepdims=True) / size, 0.0)
