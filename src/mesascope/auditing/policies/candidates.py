"""What could explain choices: every goal, some other place, a reflex, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import scipy.special
from jaxtyping import Float

from mesascope.auditing.policies.choices import Choices
from mesascope.auditing.policies.destinations import Destinations, destinations
from mesascope.auditing.policies.likelihood import RATIONALITY, for_goals, headway
from mesascope.auditing.policies.log_sums import log_mean, over_levels
from mesascope.auditing.policies.places import named, placed
from mesascope.processes.graph import Graph

NONE, REFLEX, LOST = "none of these", "reflex", "lost"
_UNREACHED = -1e3  # stands for a place that cannot be reached in the search for likely ones
_HALF = 0.5  # Jeffreys' prior of a reflex


@dataclass(frozen=True, eq=False)
class Candidates:
    """Log-probabilities of the choices on each of L levels.

    Attributes:
        names: of the goals, then `none of these`, `reflex` and `lost`.
        goals: (L, G, T), T the points of foresight, β and lapse.
        ways: by the number of a goal that gives all it has in any of several places: heading for
            those.
        elsewhere: heading for places that no goal is about.
        actions: (L, A), how often each action was chosen.
        weight: (L,), how many choices each level adds to the evidence.
    """

    names: tuple[str, ...]
    goals: Float[np.ndarray, "l g t"]
    ways: Mapping[int, Destinations]
    elsewhere: Destinations
    actions: Float[np.ndarray, "l a"]
    weight: Float[np.ndarray, " l"]

    def evidence(self, times: Float[np.ndarray, "b l"]) -> Float[np.ndarray, "b c"]:
        """Return the log-evidence of each candidate, levels counted as often as `times` says.

        One foresight, β and lapse for all levels, averaged over. A goal that gives all in any of
        several places is the mean of heading for the best of them and of heading for one,
        whichever.
        """
        goals = log_mean(over_levels(times, self.goals))
        for goal, way in self.ways.items():
            goals[:, goal] = np.logaddexp(goals[:, goal], way.evidence(times)) - np.log(2.0)
        chosen, number = times @ self.actions, self.actions.shape[1]
        reflex = (
            scipy.special.gammaln(_HALF + chosen).sum(axis=1)
            - scipy.special.gammaln(_HALF * number + chosen.sum(axis=1))
            + scipy.special.gammaln(_HALF * number)
            - number * scipy.special.gammaln(_HALF)
        )
        lost = -np.log(number) * (times @ self.weight)
        return np.column_stack([goals, self.elsewhere.evidence(times), reflex, lost])

    def throughout(self, name: str | None) -> int | None:
        """Return the one place, the same on every level, by which a candidate explains best.

        None where it is another candidate's, or explains better without.
        """
        if name == NONE:
            return self.elsewhere.throughout
        for goal, way in self.ways.items():
            once = np.ones((1, len(self.weight)))
            best = log_mean(over_levels(once, self.goals[:, goal]))
            if name == self.names[goal] and way.evidence(once) > best:
                return way.throughout
        return None


def candidates(
    names: tuple[str, ...],
    graphs: Graph,
    choices: Choices,
    stake: Float[np.ndarray, " g"],
    worth: Float[np.ndarray, "l g s"],
    discount: float,
    horizon: int,
) -> Candidates:
    """Return how probable each candidate makes the choices on each level.

    Args:
        names: of the goals.
        graphs: of the levels.
        choices: what was chosen there.
        stake: what there is to gain over chance by each goal.
        worth: what each goal can still give in each state: its optimal value.
        discount, horizon: of the plans.
    """
    evidence = choices.evidence
    explained = for_goals(graphs, evidence, stake, discount, horizon)
    foreseen = explained[:, :, : len(RATIONALITY)].reshape(*explained.shape[:2], -1)
    graphs, reached = placed(graphs)
    number = reached.shape[1]
    about = named(graphs, number, worth)
    quick = headway(graphs, evidence, number, min(horizon, number))
    quick = np.where(reached, quick, _UNREACHED)
    heading = partial(
        destinations, graphs, evidence, quick=quick, discount=discount, horizon=horizon
    )

    def way(goal: int) -> Destinations:
        found = heading(about.always[goal], about.ways[goal])
        nowhere = ~about.ways[goal].any(axis=1)  # there, no place stands for the goal
        found.other[nowhere] = foreseen[nowhere, goal]
        return found

    on_all, on_each = reached.any(axis=0) & ~about.on_all, reached & ~about.on_each
    return Candidates(
        names=(*names, NONE, REFLEX, LOST),
        goals=explained.reshape(*explained.shape[:2], -1),
        ways={goal: way(goal) for goal in about.ways},
        elsewhere=heading(on_all, on_each),
        actions=evidence.sum(axis=1),
        weight=evidence.sum(axis=(1, 2)),
    )
