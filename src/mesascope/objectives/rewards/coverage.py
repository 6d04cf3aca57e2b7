"""Coverage: which transitions count, and which policy and draws canonicalise a reward."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from mesascope.processes import BadArray, Process, check
from mesascope.processes.evaluate import policy_of, uniform


@dataclass(frozen=True, eq=False)
class Coverage:
    """The measures under which rewards are compared on a process; build one with `Coverage.of`.

    Attributes:
        process: where.
        transitions: D[s, a, s'], or a row of it, (S, 1, 1), where it is uniform in a and s'. It
            is 0 where s is terminal: nothing is done there.
        states: D_S[s'], the next states of EPIC's canonical form.
        policy: π[s, a], the actions of every canonical form.
        given: whether the caller gave D; else it is uniform.
    """

    process: Process
    transitions: Float[np.ndarray, "s a2 t2"]
    states: Float[np.ndarray, " s"]
    policy: Float[np.ndarray, "s a"]
    given: bool

    @classmethod
    def of(
        cls, process: Process, transitions: Any = None, *, states: Any = None, policy: Any = None
    ) -> "Coverage":
        """Return the coverage of a process.

        Args:
            process: where.
            transitions: D, of shape (S, A, S) and any positive sum; uniform over all (s, a, s') of
                states that are not terminal unless given, possible or not.
            states: D_S, of shape (S,); uniform unless given.
            policy: π, of shape (S, A); uniform unless given.

        Raises:
            BadArray: an array is malformed, or D lies on terminal states only.
        """
        s, a = process.states, process.actions
        live = ~process.terminal[:, None, None]
        if transitions is None:
            weight = live / (live.sum() * a * s)
        else:
            weight = check.measure("coverage", transitions, (s, a, s)) * live
            if not weight.any():
                raise BadArray(
                    "coverage lies on terminal states only, where nothing is done", "coverage"
                )
            weight = weight / weight.sum()
        over = np.full(s, 1.0 / s) if states is None else check.distribution("states", states)
        check.shape("states", over, (s,), f"({s},), one for each state")
        acting = uniform(process) if policy is None else policy_of(process, policy)
        return cls(process, weight, over, acting, transitions is not None)

    @property
    def pairs(self) -> Float[np.ndarray, "s a"]:
        """D[s, a], summed over next states."""
        s, a = self.process.states, self.process.actions
        return np.broadcast_to(self.transitions, (s, a, s)).sum(axis=2)

    @property
    def missed(self) -> float:
        """The share of possible transitions on which D is 0."""
        possible = self.process.transition > 0.0
        return float((possible & (self.transitions == 0.0)).sum() / possible.sum())

    @cached_property
    def arrays(self) -> dict[str, Float[Array, "..."]]:
        """What the canonical forms compute with, in float64; ask for it inside `in_float64`."""
        process = self.process
        return {
            "transition": jnp.asarray(process.transition),
            "going_on": jnp.asarray(process.going_on),
            "live": jnp.asarray(1.0 - process.terminal),
            "gamma": jnp.asarray(process.discount),
            "weight": jnp.asarray(self.transitions),
            "states": jnp.asarray(self.states),
            "policy": jnp.asarray(self.policy),
        }

    @cached_property
    def arrays_and_visits(self) -> dict[str, Float[Array, "..."]]:
        """The same, and M = (I - G_π)⁻¹, so that V^π = M r_π: one inverse serves every reward."""
        arrays = self.arrays
        step = jnp.einsum("sa,sat->st", arrays["policy"], arrays["going_on"])
        eye = jnp.eye(self.process.states)
        return arrays | {"visits": jnp.linalg.solve(eye - step * arrays["live"][:, None], eye)}
