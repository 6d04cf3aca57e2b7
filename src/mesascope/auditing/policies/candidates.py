"""What could explain choices: every goal, some other place, a reflex, or nothing."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import scipy.special
from jaxtyping import Bool, Float, Int

from mesascope.auditing.policies.choices import Choices
from mesascope.auditing.policies.likelihood import for_goals, for_places, headway
from mesascope.processes.graph import Graph

NONE, REFLEX, LOST = "none of these", "reflex", "lost"
_EVERYWHERE = 3  # places that are tried on all levels alike
_ANYWHERE = 3  # places that are tried on each level on its own
_HALF = 0.5  # Jeffreys' prior of a reflex


@dataclass(frozen=True, eq=False)
class Candidates:
    """Log-probabilities of the choices on each of L levels.

    Attributes:
        names: of the goals, then `none of these`, `reflex` and `lost`.
        goals: (L, G, T), T the points of β and lapse.
        same: (L, M, T), of heading for a place that has the same number on every level.
        numbers: (M,), of those places.
        other: (L, T), of heading for some place, any on each level.
        places: how many places there are that no goal names on every level; each is as likely a
            destination as any other.
        actions: (L, A), how often each action was chosen.
        weight: (L,), how many choices each level adds to the evidence.
    """

    names: tuple[str, ...]
    goals: Float[np.ndarray, "l g t"]
    same: Float[np.ndarray, "l m t"]
    numbers: Int[np.ndarray, " m"]
    other: Float[np.ndarray, "l t"]
    places: int
    actions: Float[np.ndarray, "l a"]
    weight: Float[np.ndarray, " l"]

    def evidence(self, times: Float[np.ndarray, "b l"]) -> Float[np.ndarray, "b c"]:
        """Return the log-evidence of each candidate, levels counted as often as `times` says.

        One β and one lapse for all levels, averaged over. `none of these` is the mean of heading
        for one place throughout, which may be any, and for one on each level; a place that a goal
        is about is no such place.
        """
        goals = _mean(_weighed(times, self.goals))
        same, other = self._elsewhere(times)
        same = scipy.special.logsumexp(same, axis=1)
        none = np.logaddexp(same, other) - np.log(2.0)
        chosen, number = times @ self.actions, self.actions.shape[1]
        reflex = (
            scipy.special.gammaln(_HALF + chosen).sum(axis=1)
            - scipy.special.gammaln(_HALF * number + chosen.sum(axis=1))
            + scipy.special.gammaln(_HALF * number)
            - number * scipy.special.gammaln(_HALF)
        )
        lost = -np.log(number) * (times @ self.weight)
        return np.column_stack([goals, none, reflex, lost])

    @property
    def throughout(self) -> int | None:
        """The place that explains all levels better than one of its own on each; else None."""
        (same,), (other,) = self._elsewhere(np.ones((1, len(self.weight))))
        first = int(same.argmax())
        return int(self.numbers[first]) if same[first] > other else None

    def _elsewhere(
        self, times: Float[np.ndarray, "b l"]
    ) -> tuple[Float[np.ndarray, "b m"], Float[np.ndarray, " b"]]:
        """Return the log-evidence of each place throughout, and of one on each level."""
        same = _mean(_weighed(times, self.same)) - np.log(self.places)
        return same, _mean(_weighed(times, self.other))


def candidates(
    names: tuple[str, ...],
    graphs: Graph,
    choices: Choices,
    stake: Float[np.ndarray, " g"],
    discount: float,
    horizon: int,
) -> Candidates:
    """Return how probable each candidate makes the choices on each level."""
    evidence = choices.evidence
    levels = len(evidence)
    goals = for_goals(graphs, evidence, stake, discount, horizon)
    graphs, reached = placed(graphs)
    number = reached.shape[1]
    named, throughout = _named(graphs, number)
    everywhere_free, free = reached.any(axis=0) & ~throughout, reached & ~named
    quick = headway(graphs, evidence, number, min(horizon, number))
    overall = np.where(everywhere_free, np.where(reached, quick, -1e3).sum(axis=0), -np.inf)
    everywhere = np.argsort(-overall)[:_EVERYWHERE]
    rest = np.where(free, quick, -np.inf)
    rest[:, everywhere] = -np.inf
    anywhere = np.argsort(-rest, axis=1)[:, :_ANYWHERE]
    wanted = np.concatenate([np.tile(everywhere, (levels, 1)), anywhere], axis=1)
    found = for_places(graphs, evidence, wanted, discount, horizon)
    found[:, : len(everywhere)][:, ~everywhere_free[everywhere]] = -np.inf
    count = np.maximum(free.sum(axis=1), 1)
    possible = np.take_along_axis(free, wanted, axis=1)[:, :, None, None]
    # The places left out would add to this sum, so it is a lower bound.
    sums = scipy.special.logsumexp(np.where(possible, found, -np.inf), axis=1)
    other = sums - np.log(count)[:, None, None]
    return Candidates(
        names=(*names, NONE, REFLEX, LOST),
        goals=goals.reshape(*goals.shape[:2], -1),
        same=found[:, : len(everywhere)].reshape(levels, len(everywhere), -1),
        numbers=everywhere,
        other=other.reshape(levels, -1),
        places=max(int(everywhere_free.sum()), 1),
        actions=evidence.sum(axis=1),
        weight=evidence.sum(axis=(1, 2)),
    )


def _named(graphs: Graph, number: int) -> tuple[Bool[np.ndarray, "l p"], Bool[np.ndarray, " p"]]:
    """Return the places that a goal is about: on each level, and on all that it pays on.

    That is a place where the goal pays and pays nowhere else. Heading there is that goal, and not
    `none of these`.
    """
    successor, place = np.asarray(graphs.successor), np.asarray(graphs.place)
    live = reachable(graphs, ended=False)[:, None, :, None]
    level, goal, state, action = np.nonzero((np.asarray(graphs.reward) > 0.0) & live)
    ahead = place[level, successor[level, state, action]]
    pays = np.zeros((len(place), graphs.reward.shape[1], number), bool)
    pays[level[ahead >= 0], goal[ahead >= 0], ahead[ahead >= 0]] = True
    here = pays & (pays.sum(axis=-1, keepdims=True) == 1)
    overall = pays.any(axis=0)
    throughout = overall & (overall.sum(axis=-1, keepdims=True) == 1)
    return here.any(axis=1), throughout.any(axis=0)


def placed(graphs: Graph) -> tuple[Graph, Bool[np.ndarray, "l p"]]:
    """Return graphs whose every state is in a place, and which places can be reached.

    Where a world knows of no places, every state is one.
    """
    place = np.asarray(graphs.place)
    if (place < 0).all():
        place = np.tile(np.arange(place.shape[1], dtype=np.int32), (len(place), 1))
    reached = np.zeros((len(place), int(place.max()) + 1), bool)
    level, state = np.nonzero(reachable(graphs) & (place >= 0))
    reached[level, place[level, state]] = True
    return graphs._replace(place=jnp.asarray(place)), reached


def reachable(graphs: Graph, *, ended: bool = True) -> Bool[np.ndarray, "l s"]:
    """Return which states can be reached on each level.

    Args:
        graphs: of L levels.
        ended: count the states in which an episode is over.
    """
    successor, ends = np.asarray(graphs.successor), np.asarray(graphs.terminated)
    levels, states, _ = successor.shape
    seen = np.zeros((levels, states), bool)
    seen[np.arange(levels), np.asarray(graphs.start)] = True
    last = seen.copy()
    while True:
        level, state, action = np.nonzero(seen[:, :, None] & ~ends)
        wider = seen.copy()
        wider[level, successor[level, state, action]] = True
        if (wider == seen).all():
            break
        seen = wider
    level, state, action = np.nonzero(seen[:, :, None] & ends)
    last[level, successor[level, state, action]] = True
    return seen | last if ended else seen


def _mean(logs: Float[np.ndarray, "... t"]) -> Float[np.ndarray, "..."]:
    """Return the log of the mean over the last axis."""
    found = scipy.special.logsumexp(logs, axis=-1) - np.log(logs.shape[-1])
    return np.asarray(found)


def _weighed(
    times: Float[np.ndarray, "b l"], evidence: Float[np.ndarray, "l ..."]
) -> Float[np.ndarray, "b ..."]:
    """Return sums over levels; what is impossible on one counts only where that was drawn."""
    never = np.isneginf(evidence)
    total = np.tensordot(times, np.where(never, 0.0, evidence), 1)
    if not never.any():
        return total
    met = np.tensordot((times > 0.0).astype(float), never.astype(float), 1) > 0.0
    return np.where(met, -np.inf, total)
