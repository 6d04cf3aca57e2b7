"""Devices: predictors of choices that want nothing."""

import numpy as np
import scipy.special
from jaxtyping import Float

_HALF = 0.5  # of a count, for each action: the estimator of Krichevsky & Trofimov (1981)


def log_evidence(counts: Float[np.ndarray, "s a"]) -> dict[str, float]:
    """Return the log-probability of a sequence of choices under each device.

    `habit` learns a distribution over actions for each state, and `reflex` one for all states,
    both from a Dirichlet prior of ½ for each action; `uniform` learns nothing. The evidence of the
    learners is Γ(A/2) / Γ(n + A/2) Π_a Γ(n_a + ½) / Γ(½), state by state or once.

    Args:
        counts: N[s, a], of which the order does not matter.
    """
    return {
        "habit": _learned(counts),
        "reflex": _learned(counts.sum(axis=0, keepdims=True)),
        "uniform": -float(counts.sum()) * float(np.log(counts.shape[1])),
    }


def log_mixture(counts: Float[np.ndarray, "s a"]) -> float:
    """Return the log-probability of the choices under a device, one of the three at random."""
    return float(log_mean_exp(np.array(list(log_evidence(counts).values())), axis=0))


def log_mean_exp(values: Float[np.ndarray, "*n"], axis: int = -1) -> Float[np.ndarray, "*m"]:
    """Return log of the mean of exp."""
    total = scipy.special.logsumexp(values, axis=axis)
    return np.asarray(total - np.log(values.shape[axis]))


def _learned(counts: Float[np.ndarray, "s a"]) -> float:
    gammaln = scipy.special.gammaln
    actions = counts.shape[1]
    whole = gammaln(_HALF * actions) - gammaln(counts.sum(axis=1) + _HALF * actions)
    return float((whole + (gammaln(counts + _HALF) - gammaln(_HALF)).sum(axis=1)).sum())
