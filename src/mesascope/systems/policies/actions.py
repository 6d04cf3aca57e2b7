"""Functions that answer with actions instead of logits, as policies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.core.interface import Interface


@dataclass(frozen=True)
class Acting:
    """A policy whose logits are 0 for the action that a function takes and -inf for the others.

    Attributes:
        function: from observations, (N, …), to actions, (N,), each 0 to `actions` - 1.
        actions: how many there are.
    """

    function: Callable[[np.ndarray], Any]
    actions: int

    @property
    def __name__(self) -> str:
        return getattr(self.function, "__name__", "policy")

    @property
    def interface(self) -> Interface:
        """What is known of it: how many actions it chooses among."""
        return Interface(actions=self.actions)

    def __call__(self, observations: np.ndarray) -> Float[np.ndarray, "n a"]:
        """Return the logits.

        Raises:
            BadRequest: the function answered with something else.
        """
        chosen = np.asarray(self.function(observations))
        if chosen.shape != (len(observations),) or not np.issubdtype(chosen.dtype, np.integer):
            raise BadRequest(
                f"the function answered with {chosen.dtype} of shape {chosen.shape} to "
                f"{len(observations)} observations; return one whole number for each"
            )
        if ((chosen < 0) | (chosen >= self.actions)).any():
            raise BadRequest(
                f"the function chose {chosen[(chosen < 0) | (chosen >= self.actions)][0]}; "
                f"there are actions 0 to {self.actions - 1}. Give the right number of actions"
            )
        return np.where(np.arange(self.actions) == chosen[:, None], 0.0, -np.inf)


def from_actions(function: Callable[[np.ndarray], Any], actions: int) -> Acting:
    """Return the policy of a function that gives an action for each observation, see `Acting`."""
    return Acting(function, actions)
