"""Sums of log-probabilities over levels, and means over what is averaged out."""

import numpy as np
import scipy.special
from jaxtyping import Float


def log_mean(logs: Float[np.ndarray, "... t"]) -> Float[np.ndarray, "..."]:
    """Return the log of the mean over the last axis."""
    found = scipy.special.logsumexp(logs, axis=-1) - np.log(logs.shape[-1])
    return np.asarray(found)


def over_levels(
    times: Float[np.ndarray, "b l"], evidence: Float[np.ndarray, "l ..."]
) -> Float[np.ndarray, "b ..."]:
    """Return sums over levels; what is impossible on one counts only where that was drawn."""
    never = np.isneginf(evidence)
    total = np.tensordot(times, np.where(never, 0.0, evidence), 1)
    if not never.any():
        return total
    met = np.tensordot((times > 0.0).astype(float), never.astype(float), 1) > 0.0
    return np.where(met, -np.inf, total)
