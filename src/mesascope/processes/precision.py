"""Double precision where exactness is claimed, without changing JAX for the rest of the program.

A rule for compiled code here: one solver at a time. XLA's runtime for CPUs may execute independent
loops of one program side by side, and where two of them factorise matrices it can wait for ever
for a thread that waits for it (seen with jaxlib 0.10.2 on two cores, within ten calls). So a
compiled function stacks what it must solve into one batch, or makes each solver's input depend on
the last one's output, or is two functions.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import jax

P = ParamSpec("P")
T = TypeVar("T")


def in_float64(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function inside which JAX computes with 64 bits.

    JAX's switch is global unless it is used as a context, and a library that turns it on at
    import changes the programs of its users.
    """

    @wraps(function)
    def wide(*args: P.args, **kwargs: P.kwargs) -> T:
        with jax.enable_x64(True):
            return function(*args, **kwargs)

    return wide
