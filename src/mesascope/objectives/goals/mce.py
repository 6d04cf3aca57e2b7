"""Maximum causal entropy inverse reinforcement learning, solved as the convex problem it is."""

from dataclasses import dataclass
from typing import Any, Literal

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.attainable import nearest
from mesascope.objectives.goals.dual import Problem, behave, minimise
from mesascope.objectives.goals.features import features_of
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes import BadArray, Process, check
from mesascope.processes.precision import in_float64

State = Literal["matched", "limit", "unattainable", "penalised", "stopped"]

_LINEAR = 1e-6  # of the scale of the features: to what a linear program is solved
_TOTAL = 1e-6  # relative, of the sum of an occupancy
_SENTENCES: dict[State, str] = {
    "matched": "The expert's expectations are matched to {gap:.1e}.",
    "penalised": "This is the minimum with the ridge, {gap:.1e} from the expert's expectations.",
    "limit": (
        "Only an infinite reward matches the expert's expectations; the one given comes within "
        "{gap:.1e}. Give ridge > 0 for a reward that is bounded by more than rounding."
    ),
    "unattainable": (
        "No policy has these expectations: the nearest is {near:.3g} from them, and that given "
        "{gap:.3g}. Give ridge > 0, or check that the expert acted in this process."
    ),
    "stopped": (
        "Newton's method stopped after {rounds} rounds, {gap:.1e} from the expert's expectations. "
        "Give more rounds, ridge > 0, or a larger tolerance."
    ),
}


@dataclass(frozen=True)
class CausalEntropy:
    """The reward whose soft-optimal policy behaves, in its features, like the expert.

    Attributes:
        weights: θ (K,); of all that give this policy, those of least norm.
        reward: φ·θ, of shape (S,) for features of states, (S, A) for features of choices.
        policy: soft-optimal for it, (S, A), or (T, S, A) where the process has a horizon.
        occupancy: η[s, a] of that policy, discounted and summed over time.
        gap: the largest difference between an expectation of a feature and the expert's.
        nearest: the smallest gap that any policy has; None where that was not asked.
        blind: how many dimensions of the weights no policy depends on.
        rounds: of Newton's method.
        state: `matched`; `limit`, where only an infinite reward matches; `unattainable`, where no
            policy does; `penalised`, the minimum with a ridge; or `stopped`.
        sentence: what happened, and what to do about it.
    """

    weights: Float[np.ndarray, " k"]
    reward: Float[np.ndarray, "..."]
    policy: Float[np.ndarray, "*t s a"]
    occupancy: Float[np.ndarray, "s a"]
    gap: float
    nearest: float | None
    blind: int
    rounds: int
    state: State
    sentence: str


@in_float64
def infer_reward(
    process: Process,
    expert: Any,
    features: Any = None,
    *,
    ridge: float | None = None,
    start: Any = None,
    tolerance: float = 1e-10,
    rounds: int = 60,
) -> CausalEntropy:
    """Return the reward of maximum causal entropy, linear in features, that explains an expert.

    Minimises the convex dual E_μ[v_θ] - θ·f + ridge/2 |θ|², where v_θ is the soft-optimal value of
    the reward φ·θ and f are the expert's expectations Σ γ^t φ. Its gradient is E_{π_θ}[Σ γ^t φ] -
    f + ridge θ. Newton's method with the exact Hessian starts from θ = 0 and draws nothing.
    (Ziebart, *Modeling purposeful adaptive behavior with the principle of maximum causal entropy*,
    2010, chapters 5, 6 and 9.)

    Args:
        process: where. With a horizon, the policy may depend on the step.
        expert: `Trajectories`, or its discounted occupancy, of shape (S,) or (S, A). Trajectories
            that were cut are taken to go on as they were, where no episode ends.
        features: φ, of shape (S, K) or (S, A, K); one for each state unless given.
        ridge: bounds the reward where nothing else does. 0 unless given for an occupancy, and 1/N
            for N trajectories, which stands for a standard normal prior on the weights: their
            log-likelihood is about -N times the dual.
        start: μ; where the trajectories start, or that of the process, unless given.
        tolerance: of the gap, relative to the largest that the features allow.
        rounds: the most steps of Newton's method.

    Raises:
        BadArray: an array does not fit the process, or an occupancy has the wrong sum.
        BadRequest: a ridge below 0, trajectories longer than the horizon, or rows of transitions,
            which do not tell when they happened.
    """
    if ridge is None:
        ridge = 1.0 / expert.episodes if isinstance(expert, Trajectories) else 0.0
    if ridge < 0.0:
        raise BadRequest(f"ridge is {ridge}; 0 or more is expected")
    phi = features_of(process, np.eye(process.states) if features is None else features)
    of_states = np.ndim(features) < 3
    if start is None:
        start = expert.starts if isinstance(expert, Trajectories) else process.initial
    mu = check.measure("start", start, (process.states,)) * ~process.terminal
    occupancy, missing = _observed(process, expert, of_states, mu)
    target = np.einsum("sa,sak->k", occupancy, phi)
    scale = max(float(np.abs(phi).max() * occupancy.sum()), 1e-300)
    problem = Problem(*map(jnp.asarray, (process.next_step, mu, phi, target, float(ridge))))
    found = minimise(problem, process.horizon, scale, tolerance * scale, rounds)
    made = behave(jnp.asarray(found.weights), problem, process.horizon)
    policy, reached = (np.asarray(x) for x in made)
    gap = float(np.abs(np.einsum("sa,sak->k", reached, phi) - target).max())
    # A difference may stay along the directions that no policy depends on.
    matched = found.within and gap <= 2.0 * tolerance * scale
    near = None if matched or ridge else nearest(process, phi, target, mu)
    state: State
    if ridge and found.within:
        state = "penalised"
    elif matched:
        state = "limit" if found.limit else "matched"
    else:
        state = "unattainable" if near is not None and near > _LINEAR * scale else "stopped"
    rounds = len(found.slopes) - 1
    sentence = _SENTENCES[state].format(gap=gap, near=near, rounds=rounds)
    if missing:
        sentence += (
            f" The trajectories were cut with {missing:.2g} of the discounted time to go, which "
            "was taken to be like what was seen."
        )
    reward = phi @ found.weights
    return CausalEntropy(
        found.weights,
        reward[:, 0] if of_states else reward,
        policy,
        reached,
        gap,
        near,
        found.blind,
        rounds,
        state,
        sentence,
    )


def _observed(
    process: Process, expert: Any, of_states: bool, start: Float[np.ndarray, " s"]
) -> tuple[Float[np.ndarray, "s a"], float]:
    """Return the expert's occupancy, and the share of the discounted time that was not seen."""
    s, a, steps = process.states, process.actions, process.horizon
    gamma = process.discount
    # All policies take equally long where no episode ends by itself.
    total = float(np.sum(gamma ** np.arange(steps))) if steps else 1.0 / max(1.0 - gamma, 1e-300)
    if isinstance(expert, Trajectories):
        longest = int(expert.chosen.sum(axis=1).max())
        if steps is not None and longest > steps:
            raise BadRequest(
                f"a trajectory has {longest} steps, and the horizon of the process is {steps}"
            )
        seen = expert.occupancy
        missing = float(expert.missing.mean())
        return seen if process.episodic else seen * (total / seen.sum()), missing
    given = check.nonnegative("expert", expert)
    words = f"({s}, {a})" + (f" or ({s},)" * of_states) + ", an occupancy,"
    check.shape("expert", given, (s,) if of_states and given.ndim == 1 else (s, a), words)
    if given[process.terminal].any():
        raise BadArray("expert is positive in a terminal state, where nothing is done", "expert")
    if not process.episodic and abs(given.sum() - total) > _TOTAL * total:
        raise BadArray(
            f"expert sums to {given.sum():.9g}, and the occupancy of every policy of this process "
            f"to {total:.9g}. Leave out the state after the last choice, if it is counted",
            "expert",
        )
    return (np.repeat(given[:, None], a, axis=1) / a if given.ndim == 1 else given), 0.0
