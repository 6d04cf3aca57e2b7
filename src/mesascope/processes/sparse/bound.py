"""How far a value can be from the solution of v = T v, given how far it is from T v."""

from typing import NamedTuple
from weakref import WeakKeyDictionary

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.processes.sparse.greedy import Greedy
from mesascope.processes.sparse.process import SparseProcess
from mesascope.processes.sparse.settle import TOO_LARGE, Judge, NotSettled, Settled, Verdict, settle

_EPSILON = float(np.finfo(np.float64).eps)
_LONGEST: "WeakKeyDictionary[SparseProcess, float]" = WeakKeyDictionary()


class Reach(NamedTuple):
    """What a residual may grow to.

    With δ = T v - v and no terminal state, the solution and the value of every policy that T takes
    in v lie between T v + f min δ and T v + f max δ, where f = γ / (1 - γ) (MacQueen 1966;
    Puterman, *Markov Decision Processes*, 1994, section 6.6.3). With terminal states it is within
    f max |δ| of T v, where f + 1 bounds the discounted length of an episode: v* - v is at most
    (I - G_π)⁻¹ δ for the optimal π and at least that for the π that T takes.

    Attributes:
        factor: f.
        spans: no state is terminal, so that a constant on top of v does no harm.
        noise: rounding of one T v, as a fraction of the largest number that goes into it. A sum of
            n terms is taken to err by 8 √n ulp / 2, which is exceeded with a probability of 1e-13
            (Higham & Mary, *A new approach to probabilistic rounding error analysis*, SIAM J. Sci.
            Comput. 41, 2019).
    """

    factor: float
    spans: bool
    noise: float

    def judge(self, size: Float[Array, " b"]) -> Judge:
        """Return the judge of values, where `size` is the largest reward of each member."""

        def verdict(delta: Array, new: Array) -> Verdict:
            low, high = delta.min(0), delta.max(0)
            width = (high - low) / 2.0 if self.spans else jnp.maximum(-low, high)
            scale = jnp.maximum(size, jnp.abs(new).max(0))
            return Verdict(self.factor * width, self._rounding * scale, scale)

        return verdict

    def middle(self, end: Settled) -> Float[Array, "s b"]:
        """Return the middle of the interval in which the solution lies.

        Raises:
            NotSettled: it is beyond the largest number.
        """
        if not self.spans:
            return end.new
        delta = end.new - end.value
        middle = end.new + self.factor * (delta.max(0) / 2.0 + delta.min(0) / 2.0)
        if not bool(jnp.isfinite(middle).all()):
            raise NotSettled(TOO_LARGE, np.inf)
        return middle

    def judge_of_visits(self, delta: Array, new: Array) -> Verdict:
        """Return the bound on Σ |d - d*|, the scale being Σ d."""
        total = jnp.abs(new).sum(0)
        return Verdict(self.factor * jnp.abs(delta).sum(0), self._rounding * total, total)

    @property
    def _rounding(self) -> float:
        return (2.0 * self.factor + 1.0) * self.noise


def reach_of(process: SparseProcess, terms: int) -> Reach:
    """Return f, and the rounding of sums of so many terms.

    Where γ = 1, f + 1 is the length of the longest episode, found by planning for it: if
    L ≥ 1 + G_π L - ρ for all π and ρ < 1, no episode is expected to be longer than max L / (1 - ρ).
    """
    noise = _EPSILON * (8.0 + 4.0 * terms**0.5)
    if process.discount < 1.0:
        factor = process.discount / (1.0 - process.discount)
        return Reach(factor, not process.episodic, noise)
    if process not in _LONGEST:
        _LONGEST[process] = _longest(process)
    return Reach(_LONGEST[process] - 1.0, False, noise)


def _longest(process: SparseProcess) -> float:
    def verdict(delta: Array, _: Array) -> Verdict:
        growth = jnp.maximum(delta.max(0), 0.0)
        return Verdict(growth, jnp.zeros_like(growth), jnp.ones_like(growth))

    steps = np.broadcast_to(~process.terminal[:, None], (process.states, process.actions))
    start = jnp.zeros((process.states, 1))
    end = settle(Greedy(process, steps.astype(float)), verdict, start, 0.5)
    return float(end.new.max()) / (1.0 - float(end.bound[0]))
