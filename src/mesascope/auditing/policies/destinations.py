"""Heading for a place: for one and the same on every level, or for one of its own on each."""

from dataclasses import dataclass

import numpy as np
import scipy.special
from jaxtyping import Bool, Float, Int

from mesascope.auditing.policies.likelihood import RATIONALITY, for_places
from mesascope.auditing.policies.log_sums import log_mean, over_levels
from mesascope.processes.graph import Graph

_EVERYWHERE = 3  # places that are tried on all levels alike
_ANYWHERE = 3  # places that are tried on each level on its own


@dataclass(frozen=True, eq=False)
class Destinations:
    """Log-probabilities of the choices on each of L levels, by where they head for.

    Attributes:
        same: (L, M, T), of heading for a place that has the same number on every level; T the
            points of foresight, β and lapse.
        numbers: (M,), of those places.
        other: (L, F), of heading for some place, any on each level; F the points of T at which
            every ending is foreseen.
        places: how many places there are for all levels; each is as likely as any other.
    """

    same: Float[np.ndarray, "l m t"]
    numbers: Int[np.ndarray, " m"]
    other: Float[np.ndarray, "l f"]
    places: int

    def evidence(self, times: Float[np.ndarray, "b l"]) -> Float[np.ndarray, " b"]:
        """Return the mean of heading for one place throughout, any, and for one on each level.

        Levels are counted as often as `times` says. One foresight, β and lapse for all of them.
        """
        same, other = self._apart(times)
        same = scipy.special.logsumexp(same, axis=1)
        return np.asarray(np.logaddexp(same, other) - np.log(2.0))

    @property
    def throughout(self) -> int | None:
        """The place that explains all levels better than one of its own on each; else None."""
        (same,), (other,) = self._apart(np.ones((1, len(self.other))))
        first = int(same.argmax())
        return int(self.numbers[first]) if same[first] > other else None

    def _apart(
        self, times: Float[np.ndarray, "b l"]
    ) -> tuple[Float[np.ndarray, "b m"], Float[np.ndarray, " b"]]:
        """Return the log-evidence of each place throughout, and of one on each level."""
        same = log_mean(over_levels(times, self.same)) - np.log(self.places)
        return same, log_mean(over_levels(times, self.other))


def destinations(
    graphs: Graph,
    evidence: Float[np.ndarray, "l s a"],
    on_all: Bool[np.ndarray, " p"],
    on_each: Bool[np.ndarray, "l p"],
    quick: Float[np.ndarray, "l p"],
    discount: float,
    horizon: int,
) -> Destinations:
    """Return how probable the choices are by where they might head for.

    Only the most promising places are tried. The others would add to the sums, so what is found is
    a lower bound.

    Args:
        graphs: with places.
        evidence: the choices.
        on_all: the places that may be headed for on every level.
        on_each: those that may be on each.
        quick: a log-probability for every place, by which the promising ones are found.
        discount, horizon: of the plans.
    """
    levels = len(evidence)
    overall = np.where(on_all, quick.sum(axis=0), -np.inf)
    everywhere = np.argsort(-overall)[:_EVERYWHERE]
    rest = np.where(on_each, quick, -np.inf)
    rest[:, everywhere] = -np.inf
    anywhere = np.argsort(-rest, axis=1)[:, :_ANYWHERE]
    wanted = np.concatenate([np.tile(everywhere, (levels, 1)), anywhere], axis=1)
    found = for_places(graphs, evidence, wanted, discount, horizon)
    found[:, : len(everywhere)][:, ~on_all[everywhere]] = -np.inf
    count = np.maximum(on_each.sum(axis=1), 1)
    possible = np.take_along_axis(on_each, wanted, axis=1)
    # Where there are few places, the search comes upon what was tried on all levels once more.
    possible[:, len(everywhere) :] &= np.take_along_axis(rest, anywhere, axis=1) > -np.inf
    # Overlooking endings, one could head for what lies behind any prize that ends an episode, and
    # so shadow the goal of getting it. One place for all levels cannot shadow many prizes.
    foreseen = found[:, :, : len(RATIONALITY)]
    sums = scipy.special.logsumexp(np.where(possible[:, :, None, None], foreseen, -np.inf), axis=1)
    other = sums - np.log(count)[:, None, None]
    return Destinations(
        same=found[:, : len(everywhere)].reshape(levels, len(everywhere), -1),
        numbers=everywhere,
        other=other.reshape(levels, -1),
        places=max(int(on_all.sum()), 1),
    )
