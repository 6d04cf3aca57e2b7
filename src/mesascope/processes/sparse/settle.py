"""The solution of v = T v, to a stated error: sweeps, and Newton's method where it is faster."""

from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from mesascope.core.errors import MesascopeError
from mesascope.processes.sparse.flow import Step
from mesascope.processes.sparse.krylov import correction

TOLERANCE = 1e-9
TOO_LARGE = "the values are too large for double precision. Scale the reward"
_SHARE = 1e-3  # of the residual that a linear solve may leave
_ENOUGH = 0.1  # of it, at which the solve is still worth taking
_ROUNDS = 300  # of a linear solve, between which one can interrupt
_PATIENCE = 30  # attempts that improve nothing, after which only sweeps are left
_LIMIT = 1_000_000  # products with G

Watch = Callable[[int, float], None]


class NotSettled(MesascopeError, RuntimeError):
    """An iteration ended before its error was as small as was asked for.

    Attributes:
        bound: the error that is certain, in units of values.
    """

    def __init__(self, message: str, bound: float) -> None:
        super().__init__(message)
        self.bound = bound


@runtime_checkable
class Backup(Protocol):
    """v ↦ T v, and its derivative."""

    @property
    def settled(self) -> bool:
        """Whether the derivative has changed so little that Newton's method is worth its price."""
        ...

    def __call__(self, value: Array) -> Array: ...

    def step(self) -> Step:
        """Return u ↦ G_π u, where π is what T did when it was last asked."""
        ...


class Verdict(NamedTuple):
    """How far T v is from the solution, for each member of the batch.

    Attributes:
        excess: what more iterations would remove.
        noise: what they would not: the part of rounding.
        scale: the size of the numbers, of which a tolerance is a fraction.
    """

    excess: Array
    noise: Array
    scale: Array


Judge = Callable[[Array, Array], Verdict]


class Settled(NamedTuple):
    """Where an iteration ended.

    Attributes:
        value: the last v that was judged.
        new: T v.
        bound: the largest error of T v, for each member of the batch.
        products: the products with G that were taken.
    """

    value: Array
    new: Array
    bound: Float[np.ndarray, " b"]
    products: int


def settle(
    backup: Backup,
    judge: Judge,
    start: Float[Array, "s b"],
    tolerance: float = TOLERANCE,
    *,
    watch: Watch | None = None,
) -> Settled:
    """Return v and T v of which the second solves v = T v within `tolerance` of its scale.

    Plain sweeps v ← T v until the policy that T takes hardly changes; then Newton steps, which
    solve inexactly for the value of that policy (Gargiani et al., *Inexact GMRES policy iteration
    for large-scale Markov decision processes*, 2022; here with BiCGStab). Where the linear
    equation is not solved well enough, sweeps with that policy take the place of the step, and
    once 30 steps have brought nothing, plain sweeps are all that is left: in the worst case this
    is value iteration. Whatever was done, the answer is judged by what T makes of it.

    Args:
        backup: T and its derivative.
        judge: bounds the error of T v from T v - v and T v.
        start: v to begin with.
        tolerance: the largest error, as a fraction of the scale that the judge names.
        watch: called after each round with the products so far and the largest bound.

    Raises:
        NotSettled: rounding alone is larger than the tolerance, numbers overflow, or a million
            products with G were not enough.
    """
    value, products, best, idle = start, 0, np.inf, 0
    while True:
        new = backup(value)
        excess, noise, scale = (np.asarray(x) for x in judge(new - value, new))
        products, bound = products + 1, excess + noise
        worst = float(bound.max())
        if watch is not None:
            watch(products, worst)
        goal = tolerance * scale
        done = bound <= goal
        if done.all():
            return Settled(value, new, bound, products)
        _go_on(bound, excess, noise, scale, products)
        lag = float((bound / np.where(scale > 0.0, scale, 1.0))[~done].max())
        idle = 0 if lag < 0.5 * best else idle + backup.settled
        best = min(lag, best)
        if not backup.settled or idle > _PATIENCE:
            value = new
            continue
        step = backup.step()
        shift, left, rounds = correction(step, new - value, _SHARE, _ROUNDS)
        products += 2 * int(rounds)
        # What is done takes plain sweeps from here on: they cannot undo it.
        solved, plain = np.asarray(left <= _ENOUGH) & ~done, new
        if not (solved | done).all():
            plain = _swept(step, value, new, rounds)
            products += int(rounds)
        value = jnp.where(solved, value + shift, jnp.where(done, new, plain))


@jax.jit
def _swept(
    step: Step, value: Float[Array, "s b"], new: Float[Array, "s b"], sweeps: Array
) -> Float[Array, "s b"]:
    """Return T_π … T_π T v, where T_π u = T v + G_π (u - v)."""
    return lax.fori_loop(0, sweeps, lambda _, u: new + step(u - value), new)


def _go_on(
    bound: np.ndarray,
    excess: np.ndarray,
    noise: np.ndarray,
    scale: np.ndarray,
    products: int,
) -> None:
    """Refuse to go on where that is hopeless."""
    worst = float(bound.max())
    if not np.isfinite(bound).all():
        raise NotSettled(TOO_LARGE, worst)
    share = float((bound / np.where(scale > 0.0, scale, 1.0)).max())
    if (excess <= noise).all():
        raise NotSettled(
            f"rounding alone allows an error of {share:.2g} of the largest value, {worst:.2g}. "
            f"Ask for no less: tolerance={2 * share:.1g}",
            worst,
        )
    if products >= _LIMIT:
        raise NotSettled(
            f"after {products:,} sweeps the error may still be {share:.2g} of the largest value, "
            f"{worst:.2g}. Give a larger tolerance or a smaller discount",
            worst,
        )
