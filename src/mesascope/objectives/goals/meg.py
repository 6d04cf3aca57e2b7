"""Maximum entropy goal-directedness: how much better than chance a goal predicts a policy."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.features import features_of
from mesascope.objectives.goals.meg_features import best_weights
from mesascope.objectives.goals.meg_rationality import Towards
from mesascope.objectives.goals.meg_states import best_state_utility
from mesascope.processes import BadArray, Process, check
from mesascope.processes.evaluate import occupancy

_ROUNDING = 1e-13  # of the bound


@dataclass(frozen=True, eq=False)
class Meg:
    """Goal-directedness of a policy, in nats.

    Attributes:
        value: max over the soft-optimal policies π' of the goal, or of all goals considered, of
            E_π Σ γ^t log(|A| π'(a|s)); from 0, for a policy that is predicted no better than by
            chance, to `bound`.
        bound: log|A| · Σ γ^t, expected over episodes: log|A| / (1 - γ) where none ends.
        normalised: value / bound, from 0 to 1; 0 where there is nothing to choose.
        rationality: the β of a known utility. Below 0 the policy is predicted by what avoids it;
            ±infinity where the policy is exactly optimal, for the utility or its negative.
        utility: where it was not given, one that attains the value at β = 1, (S,) or (S, A), in
            nats; it comes within rounding where none attains it.
        weights: of the features in that utility, where features were given.
        attained: whether a finite β U attains the value; else it is the limit, exactly.
    """

    value: float
    bound: float
    normalised: float
    rationality: float | None = None
    utility: Float[np.ndarray, "..."] | None = None
    weights: Float[np.ndarray, " k"] | None = None
    attained: bool = True

    @property
    def avoids(self) -> bool:
        """Whether the known utility predicts the policy best as something that it avoids."""
        return self.rationality is not None and self.rationality < 0.0


def meg(process: Process, policy: Any, utility: Any, *, start: Any = None) -> Meg:
    """Return how goal-directed a policy is towards a known utility.

    The maximum over β of E_π Σ γ^t log(|A| π_β(a|s)), which is concave in β and has the slope
    J(π) - J(π_β), is found exactly. (MacDermott, Fox, Belardinelli & Everitt, *Measuring
    goal-directedness*, NeurIPS 2024; here discounted.)

    π_β maximises β J less the discounted divergence from the uniform policy, so that β = 0 is the
    uniform policy and the value is never negative. Where no episode ends this is the usual
    soft-optimal policy. Where episodes end it is that of a process which goes on choosing, to no
    effect, after its end; plain entropy per step would instead reward long episodes.

    Args:
        process: where.
        policy: π, (S, A).
        utility: U, of any shape that a reward may have; affine maps of it change nothing, but that
            a constant counts where episodes end.
        start: μ, that of the process unless given.

    Raises:
        BadArray: an array does not fit the process.
        BadRequest: the process has a horizon; unroll it.
    """
    at = starting(process, start)
    seen = occupancy(at, policy)
    value, beta = Towards.of(at, utility).score(seen[None])
    return _meg(at, seen, float(value[0]), rationality=float(beta[0]))


def unknown_meg(process: Process, policy: Any, features: Any = None, *, start: Any = None) -> Meg:
    """Return how goal-directed a policy is towards the utility that predicts it best.

    Exactly, by Newton's method on a concave problem. The utilities considered are all those of
    states, or all that are linear in features. (MacDermott et al., NeurIPS 2024, climb by
    gradient.) The more utilities, the higher the value: with features that tell every
    choice from every other, each policy is predicted perfectly, and the value says no more than how
    far from uniform it is.

    Args:
        process: where.
        policy: π, (S, A).
        features: φ, (S, K) or (S, A, K); all utilities of states unless given.
        start: μ, that of the process unless given.

    Raises:
        BadArray: an array does not fit the process.
        BadRequest: the process has a horizon; unroll it.
    """
    at = starting(process, start)
    seen = occupancy(at, policy)
    if features is None:
        value, utility, attained = best_state_utility(at, seen)
        return _meg(at, seen, value, utility=utility, attained=attained)
    phi = features_of(at, features)
    value, weights, attained = best_weights(at, phi, seen)
    utility = phi @ weights
    if np.ndim(features) == 2:
        utility = utility[:, 0]
    return _meg(at, seen, value, utility=utility, weights=weights, attained=attained)


def meg_by_start(
    process: Process,
    policy: Any,
    starts: Mapping[str, Any],
    utility: Any = None,
    features: Any = None,
) -> dict[str, Meg]:
    """Return goal-directedness from each of several named start distributions.

    Args:
        process: where.
        policy: π, (S, A).
        starts: μ by name, each (S,).
        utility: as in `meg`; unknown unless given.
        features: as in `unknown_meg`.

    Raises:
        BadArray: as `meg`; the message names the start.
        BadRequest: there is no start, or both a utility and features are given.
    """
    if not starts:
        raise BadRequest("there are no start distributions; give at least one")
    require_one_goal(utility, features)
    found = {}
    for name, start in starts.items():
        at = starting(process, start, f"start {name!r}")
        if utility is None:
            found[name] = unknown_meg(at, policy, features)
        else:
            found[name] = meg(at, policy, utility)
    return found


def starting(process: Process, start: Any, name: str = "start") -> Process:
    """Return the process from another start distribution; the same where none is given.

    Raises:
        BadArray: it is no distribution over the states, or lies on terminal ones only.
    """
    if start is None:
        return process
    given = check.distribution(name, start)
    check.shape(name, given, (process.states,), f"({process.states},), one for each state,")
    if not (given * ~process.terminal).any():
        raise BadArray(f"{name} lies on terminal states only, where nothing is done", name)
    return replace(process, initial=given)


def require_one_goal(utility: Any, features: Any) -> None:
    """Refuse a utility together with features.

    Raises:
        BadRequest: both are given.
    """
    if utility is not None and features is not None:
        raise BadRequest(
            "both a utility and features are given; give the utility where it is known, or the "
            "features in which an unknown one is linear"
        )


def clipped(value: Any, bound: Any) -> Any:
    """Return a value, or values, without the rounding that would leave [0, bound]."""
    return np.where(value > _ROUNDING * bound, np.minimum(value, bound), 0.0)


def _meg(
    process: Process,
    seen: Float[np.ndarray, "s a"],
    value: float,
    *,
    rationality: float | None = None,
    utility: Float[np.ndarray, "..."] | None = None,
    weights: Float[np.ndarray, " k"] | None = None,
    attained: bool = True,
) -> Meg:
    bound = float(np.log(process.actions) * seen.sum())
    value = float(clipped(value, bound))
    reached = attained and isfinite(rationality or 0.0)
    share = value / bound if bound else 0.0
    return Meg(value, bound, share, rationality, utility, weights, reached)
