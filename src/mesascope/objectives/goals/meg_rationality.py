"""Goal-directedness towards a known utility: the rationality that predicts a policy best."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.objectives.goals.meg_face import NEVER
from mesascope.processes import Process, expected
from mesascope.processes.evaluate import occupancy, uniform, values, visits
from mesascope.processes.plan import optimal, solve
from mesascope.processes.precision import in_float64
from mesascope.processes.soft import soft_quality, soft_values

_ROUNDS = 200
_CLOSE = 1e-13  # of a logarithm of regret, and of the regret of the uniform policy
_NOISE = 1e-12  # of the values it is a difference of: below it a regret is rounding


@dataclass(frozen=True, eq=False)
class Towards:
    """A utility on a process, seen from its best policies (row 0) and from its worst (row 1).

    Potential shaping turns β U into minus b times the cost of each choice, which is 0 for the
    choices of the best policies, so that regrets keep all their digits however small they are.

    Attributes:
        process: where.
        cost: V*[s] - Q*[s, a] of U and of -U, in units of the largest; 0 if negligible.
        unit: 1 / β of each row, in units of the utility, for b = 1; 0 where nothing is at stake.
        aimless: the expected cost of the uniform policy.
        limit: the value at β = ∞ and -∞.
    """

    process: Process
    cost: Float[np.ndarray, "2 s a"]
    unit: Float[np.ndarray, " 2"]
    aimless: Float[np.ndarray, " 2"]
    limit: Float[np.ndarray, " 2"]

    @classmethod
    @in_float64
    def of(cls, process: Process, utility: Any) -> "Towards":
        """Return the two views of a utility.

        Raises:
            BadArray: the utility does not fit the process.
        """
        seen = process.reachable & ~process.terminal
        r = expected(process, utility, "utility") * seen[:, None]
        size = float(np.abs(r).max())
        if not process.episodic:  # then a constant changes nothing, and may hide what does
            r = (r - (r[seen].max() + r[seen].min()) / 2.0) * seen[:, None]
        spread = float(np.abs(r).max())
        if spread <= _NOISE * size:
            spread = 0.0
        r = r / spread if spread else np.zeros_like(r)
        going_on, start = jnp.asarray(process.going_on), jnp.asarray(process.start)
        value, quality, _ = solve(going_on, jnp.asarray(np.stack([r, -r])))
        cost = np.asarray(value[..., None] - quality) * seen[:, None]
        noise = _NOISE * np.abs(np.asarray(quality)).max(axis=(1, 2), keepdims=True)
        cost = np.where(np.asarray(optimal(value, quality)) | (cost <= noise), 0.0, cost)
        top = cost.max(axis=(1, 2))
        cost = cost / np.where(top > 0.0, top, 1.0)[:, None, None]
        ruled_out = np.where(cost > 0.0, -NEVER, 0.0) - np.log(process.actions)
        limit = -np.asarray(soft_values(going_on, jnp.asarray(ruled_out)) @ start)
        aimless = np.einsum("sa,ksa->k", occupancy(process, uniform(process)), cost)
        return cls(process, cost, spread * top, aimless, limit)

    @in_float64
    def score(
        self, occupancies: Float[np.ndarray, "b s a"]
    ) -> tuple[Float[np.ndarray, " b"], Float[np.ndarray, " b"]]:
        """Return max over β of E_π Σ γ^t log(|A| π_β(a|s)), and the β, for each occupancy.

        The value is -b c(π) - E_μ[v_b], with c the cost and v_b the soft-optimal value for -b c,
        relative to the uniform policy: a Legendre transform, concave, of slope c(π_b) - c(π).
        """
        costs = np.einsum("bsa,ksa->kb", occupancies, self.cost)
        side = (costs[0] > self.aimless[0]).astype(int)
        pick = np.arange(len(side))
        target, aimless = costs[side, pick], self.aimless[side]
        still = (self.unit[side] == 0.0) | (target >= aimless * (1.0 - _CLOSE))
        best = ~still & (target == 0.0)
        b, value = self._climb(np.where(still | best, aimless, target), side)
        unit = np.where(still, 1.0, self.unit[side])
        beta = np.where(best, np.inf, np.where(still, 0.0, b) / unit)
        value = np.where(still, 0.0, np.where(best, self.limit[side], value))
        return value, np.where(side == 1, -beta, beta) + 0.0

    def _climb(
        self, target: Float[np.ndarray, " b"], side: np.ndarray
    ) -> tuple[Float[np.ndarray, " b"], Float[np.ndarray, " b"]]:
        """Solve log c(π_b) = log c(π) for b ≥ 0, by Newton's method inside a bracket."""
        arrays = [jnp.asarray(x) for x in (self.process.going_on, self.process.start)]
        cost = jnp.asarray(self.cost[side])
        b, value = np.zeros(len(target)), np.full(len(target), -np.inf)
        low, high = np.zeros(len(target)), np.full(len(target), np.inf)
        needed = np.full(len(target), np.inf)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for _ in range(_ROUNDS):
                potential, here, slope = map(np.asarray, _at(*arrays, cost, jnp.asarray(b)))
                value = np.maximum(value, potential - b * target)
                need = np.log(here) - np.log(np.where(target > 0.0, target, 1.0))
                done = (target <= 0.0) | (np.abs(need) <= _CLOSE) | (high <= low * (1.0 + 1e-15))
                if done.all():
                    break
                low = np.where(need > 0.0, np.maximum(low, b), low)
                high = np.where(need > 0.0, high, np.minimum(high, b))
                step = b - need * here / slope
                middle = np.where(np.isfinite(high), (low + high) / 2.0, 2.0 * b + 1.0)
                # Newton's method may leave the bracket, or go to and fro inside it.
                inside = (step > low) & (step < high) & (np.abs(need) <= 0.5 * needed)
                needed = np.abs(need)
                b = np.where(done, b, np.where(inside, step, middle))
        return b, value


@jax.jit
def _at(
    going_on: Float[Array, "s a s"],
    start: Float[Array, " s"],
    cost: Float[Array, "n s a"],
    b: Float[Array, " n"],
) -> tuple[Float[Array, " n"], Float[Array, " n"], Float[Array, " n"]]:
    """Return -E_μ[v_b], c(π_b) and its derivative in b."""
    r = -b[:, None, None] * cost - jnp.log(cost.shape[-1])
    value = soft_values(going_on, r)
    policy = jax.nn.softmax(soft_quality(going_on, r, value))
    visited = visits(going_on, policy, jnp.broadcast_to(start, value.shape))
    seen = visited[..., None] * policy
    ahead = values(going_on, cost, policy)
    apart = soft_quality(going_on, cost, ahead) - ahead[..., None]
    slope = -(seen * apart**2).sum((1, 2))
    return -(value @ start), (seen * cost).sum((1, 2)), slope
