"""Linear equations v = G v + b, where G is known by what it does to a vector."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from mesascope.processes.sparse.flow import Step


class _State(NamedTuple):
    rounds: Array
    found: Array
    left: Array  # the residual
    towards: Array
    image: Array
    rho: Array
    alpha: Array
    omega: Array


@partial(jax.jit, static_argnames=("share", "limit"))
def correction(
    step: Step, b: Float[Array, "s b"], share: float, limit: int
) -> tuple[Float[Array, "s b"], Float[Array, " b"], Array]:
    """Return about (I - G)⁻¹ b, what is left of b in the largest entry, and the rounds it took.

    BiCGStab (van der Vorst, *Bi-CGSTAB: a fast and smoothly converging variant of Bi-CG for the
    solution of nonsymmetric linear systems*, SIAM J. Sci. Stat. Comput. 13, 1992) with scalars of
    its own for each member of the batch. It promises nothing: whoever calls it looks at what is
    left, and has plain sweeps to go back to.

    Args:
        step: v ↦ G v.
        b: the right side.
        share: of the largest entry of b, at which a member is done.
        limit: the largest number of rounds, two products with G each.
    """
    size = _largest(b)
    unit = _ratio(b, size)  # or the squares of what is tiny or huge would be 0 or infinite

    def advance(state: _State) -> _State:
        live = _largest(state.left) > share
        rho = (unit * state.left).sum(0)
        beta = _ratio(rho * state.alpha, state.rho * state.omega)
        towards = state.left + beta * (state.towards - state.omega * state.image)
        image = towards - step(towards)
        alpha = jnp.where(live, _ratio(rho, (unit * image).sum(0)), 0.0)
        half = state.left - alpha * image
        turned = half - step(half)
        omega = jnp.where(live, _ratio((turned * half).sum(0), (turned * turned).sum(0)), 0.0)
        found = state.found + alpha * towards + omega * half
        left = jnp.where(live, half - omega * turned, state.left)
        return _State(state.rounds + 1, found, left, towards, image, rho, alpha, omega)

    one, zero = jnp.ones(b.shape[1]), jnp.zeros_like(b)
    last = lax.while_loop(
        lambda state: (state.rounds < limit) & (_largest(state.left) > share).any(),
        advance,
        _State(jnp.array(0), zero, unit, zero, zero, one, one, one),
    )
    return size * last.found, _largest(last.left), last.rounds


def _largest(x: Array) -> Array:
    return jnp.abs(x).max(0)


def _ratio(x: Array, y: Array) -> Array:
    """Return x / y, and 0 where y is: a member that is solved, or a breakdown, moves no more."""
    return jnp.where(y == 0.0, 0.0, x / jnp.where(y == 0.0, 1.0, y))
