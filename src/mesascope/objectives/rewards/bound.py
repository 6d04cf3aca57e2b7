"""What a distance promises: a bound on regret, in the units in which regret is reported."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from mesascope.objectives.affine import norm
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import Metric
from mesascope.processes.plan import longest
from mesascope.processes.precision import in_float64


def why_no_bound(coverage: Coverage, metric: Metric) -> str | None:
    """Return why a distance bounds no regret here; None where it does."""
    if metric.directed:
        return "NPEC compares only one direction and leaves the scale of the second free"
    if not metric.keeps_returns:
        return "the canonical form changes the return of different policies differently"
    if metric.norms[0] == 0.0:
        return "the rewards are not normalised, so their scales need not agree"
    if metric.pearson and coverage.process.episodic:
        return "centring a reward changes returns by the length of the episode, which varies"
    if coverage.missed:
        return (
            f"the coverage is 0 on {coverage.missed:.0%} of the transitions that can happen, where "
            "the rewards may differ without any distance"
        )
    return None


@in_float64
def regret_bound(
    coverage: Coverage,
    rewards: Float[np.ndarray, "k s a s"],
    table: Float[np.ndarray, "k k"],
    spread: Float[np.ndarray, " k"],
    metric: Metric,
) -> Float[np.ndarray, "k k"] | None:
    """Return an upper bound on the worst regret for each distance in a table, where there is one.

    Let a canonical form c change returns by a constant only, and s = c / n(c). If J_b(π') ≥
    J_b(π) then, as s_b ranks policies as b does,

        J_a(π) - J_a(π') ≤ n(c_a) (⟨s_a, η - η'⟩ - ⟨s_b, η - η'⟩) ≤ n(c_a) m(s_a - s_b) K_m,

    where K_m bounds the dual norm of η - η', the difference of two occupancies, under D: with H
    the longest expected discounted length of an episode,

        K_∞ = 2 H,   K_2 = sqrt(2) H max_{s,a} sqrt(Σ_s' T² / D),   K_1 = H max T / D.

    Divided by the range of J_a it bounds `worst_regret`, and so every regret. It is cut at 1,
    which any regret is below. (The argument is that of Skalse et al., *STARC*, ICLR 2024, theorem
    1, with its constants worked out; it is linear in the distance and tight in no direction.)

    Args:
        coverage: under which the distances were taken.
        rewards: the rewards.
        table: their distances.
        spread: max J - min J of each.
        metric: of the distances.
    """
    if why_no_bound(coverage, metric):
        return None
    size = _sizes(coverage, rewards, metric) * _dual(coverage, metric.norms[1])
    gap = table * (2.0 if metric.pearson else 1.0)
    scale = np.where(spread > 0.0, spread, np.inf)
    return np.minimum(1.0, gap * (size / scale)[:, None])


def _sizes(
    coverage: Coverage, rewards: Float[np.ndarray, "k s a s"], metric: Metric
) -> Float[np.ndarray, " k"]:
    """Return n(c) for each reward."""
    arrays = metric.arrays(coverage)
    forms = metric.form(jnp.asarray(rewards), arrays)
    weight = arrays["weight"] if forms.ndim == 4 else jnp.asarray(coverage.pairs)
    if metric.pearson:
        total = np.broadcast_to(coverage.transitions, rewards.shape[1:])
        means = np.einsum("ksat,sat->k", np.asarray(forms), total)
        forms = forms - means[:, None, None, None]
    return np.array([float(norm(form, weight, metric.norms[0])) for form in forms])


def _dual(coverage: Coverage, order: float) -> float:
    """Return K_m."""
    process = coverage.process
    horizon = longest(process)
    if order == np.inf:
        return 2.0 * horizon
    t, d = process.transition, np.broadcast_to(coverage.transitions, process.transition.shape)
    ratio = np.divide(t, d, out=np.zeros_like(t), where=t > 0.0)
    if order == 2.0:
        return float(np.sqrt(2.0) * horizon * np.sqrt((ratio * t).sum(axis=2).max()))
    return horizon * float(ratio.max())
