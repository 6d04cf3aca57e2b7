"""What was observed, as the number of times that each choice was made."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes import BadArray, Process
from mesascope.processes.evaluate import occupancy

AS_IF = 100.0  # choices that are taken to have been seen, where a policy is given instead


@dataclass(frozen=True, eq=False)
class Choices:
    """Counts of choices. Build them with `Choices.of`.

    Attributes:
        counts: N[s, a]; no integers where they are what is expected of a policy.
        as_if: whether they are.
    """

    counts: Float[np.ndarray, "s a"]
    as_if: bool

    @classmethod
    def of(cls, process: Process, data: Any, choices: float = AS_IF) -> "Choices":
        """Return the counts of what was observed.

        Args:
            process: where.
            data: `Trajectories` or `Choices` as they are; or a policy π, of shape (S, A), of which
                n choices are taken to have been seen where it goes: N = n η / Σ η.
            choices: n.

        Raises:
            BadArray: the policy does not fit the process, or the trajectories come from another
                process.
            BadRequest: n is not above 0.
        """
        if isinstance(data, Choices):
            return data
        if isinstance(data, Trajectories):
            counts = data.counts.astype(np.float64)
            if counts.shape != (process.states, process.actions):
                raise BadArray(
                    f"the trajectories come from a process of {counts.shape[0]} states and "
                    f"{counts.shape[1]} actions, and this one has {process.states} and "
                    f"{process.actions}",
                    "data",
                )
            return cls(counts, as_if=False)
        if not 0.0 < choices < np.inf:
            raise BadRequest(f"choices is {choices}; a number above 0 is expected")
        visits = occupancy(process, data)
        return cls(choices * visits / visits.sum(), as_if=True)

    @property
    def total(self) -> float:
        """n, the number of choices."""
        return float(self.counts.sum())

    @property
    def seen(self) -> Float[np.ndarray, " s"]:
        """n[s], the number of choices in each state."""
        return self.counts.sum(axis=1)

    @property
    def words(self) -> str:
        """The number of choices, in words that say whether they were seen."""
        if self.as_if:
            return f"as if {self.total:g} choices had been seen"
        return f"after {self.total:.0f} choices"
