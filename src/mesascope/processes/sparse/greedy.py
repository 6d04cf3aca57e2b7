"""The Bellman operator of the best action, and the policy that it takes."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from mesascope.processes.sparse.flow import Along, Links, Step, backed, chain_of, links_of
from mesascope.processes.sparse.process import SparseProcess

_FEW = 1e-3  # of the states changing their action: below it the policy is worth evaluating
_WARM = 30  # sweeps: before that, a policy that does not change may be one that knows nothing yet
_ROOM = 8 * float(np.finfo(np.float64).eps)


class Greedy:
    """v ↦ max over a of r + G v, for one reward; states keep their action unless another gains.

    Attributes:
        actions: what was best in each state when last asked, (S,).
        settled: whether at most one state in a thousand changed its action then, once value
            iteration is under way.
    """

    def __init__(self, process: SparseProcess, r: Float[np.ndarray, "s a"]) -> None:
        self._process = process
        self._links = links_of(process)
        self._r = jnp.asarray(r)[:, :, None]
        self._own = jnp.arange(process.actions, dtype=process.pair.dtype)
        self.actions = jnp.zeros(process.states, dtype=process.pair.dtype)
        self.settled = False
        self._looks = 0

    def __call__(self, value: Float[Array, "s 1"]) -> Float[Array, "s 1"]:
        """Return T v."""
        top, self.actions, changed = _choose(self._links, self._r, value, self.actions)
        self._looks += 1
        self.settled = self._looks > _WARM and float(changed) <= _FEW
        return top

    def step(self) -> Step:
        """Return u ↦ G_π u for the policy that was best when last asked."""
        policy = np.asarray(self.actions[:, None] == self._own)
        return Along(chain_of(self._process, policy))

    def quality(self, value: Float[Array, "s 1"]) -> Float[Array, "s a"]:
        """Return r + G v."""
        return _quality(self._links, self._r, value)


@jax.jit
def _quality(links: Links, r: Float[Array, "s a 1"], value: Float[Array, "s 1"]) -> Array:
    return backed(links, r, value)[:, :, 0]


@jax.jit
def _choose(
    links: Links, r: Float[Array, "s a 1"], value: Float[Array, "s 1"], old: Int[Array, " s"]
) -> tuple[Array, Array, Array]:
    q = backed(links, r, value)[:, :, 0]
    top = q.max(1)
    # Among equally good actions rounding would choose anew each time, and nothing would settle.
    good = jnp.take_along_axis(q, old[:, None], 1)[:, 0] >= top - _ROOM * jnp.abs(q).max()
    new = jnp.where(good, old, q.argmax(1).astype(old.dtype))
    return top[:, None], new, (new != old).mean()
