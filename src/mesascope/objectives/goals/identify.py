"""Which candidates the choices cannot tell apart, and which further choices would."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import scipy.special
from jaxtyping import Bool, Float

from mesascope.core.errors import BadRequest
from mesascope.objectives.goals.choices import AS_IF
from mesascope.objectives.goals.equivalence import equivalent
from mesascope.objectives.goals.posterior import NONE, Posterior, infer_goal
from mesascope.objectives.goals.rational import RATIONALITY
from mesascope.processes import Process

ODDS = 20.0  # to one: what counts as telling two candidates apart
_ALIKE = 1e-6  # of a probability: predictions that differ less are the same
_MOST = 10**6  # choices; what takes more is not told apart in practice


@dataclass(frozen=True, eq=False)
class Pair:
    """Two candidates that the choices leave undecided.

    Attributes:
        first, second: their names.
        log_odds: log P(first) / P(second), given the choices.
        equivalent: whether no choice in this process can ever tell them apart.
        alike: whether they predict the same wherever a choice was seen.
        information: in nats, for one choice in each state that can be reached: the smaller of the
            Kullback-Leibler divergences between the two predictions, one way and the other.
        state: where the fewest choices decide; None where none do.
        needed: that number of choices there, after which the odds are expected to favour whichever
            is true; None where no number up to a million does.
    """

    first: str
    second: str
    log_odds: float
    equivalent: bool
    alike: bool
    information: Float[np.ndarray, " s"]
    state: int | None
    needed: int | None


@dataclass(frozen=True, eq=False)
class Identification:
    """What the choices identify.

    Attributes:
        posterior: over the candidates.
        odds: to one, from which on a candidate counts as ruled out.
        undecided: the candidates whose odds against the most probable one are not that long, the
            most probable first. It alone is left where the goal is identified among them.
        pairs: of these.
    """

    posterior: Posterior
    odds: float
    undecided: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @property
    def sentence(self) -> str:
        """What is left, and what would decide."""
        words = self.posterior.choices.words
        if self.posterior.of(NONE) > self.posterior.of(self.undecided[0]):
            words += f", and {NONE} is more probable than any"
        if not self.pairs:
            return f"Only {self.undecided[0]} is left at odds of {self.odds:g}:1, {words}."
        told = [pair for pair in self.pairs if pair.needed is not None]
        line = f"{', '.join(self.undecided)} cannot be told apart at {self.odds:g}:1, {words}."
        if len(told) < len(self.pairs):
            stuck = next(pair for pair in self.pairs if pair.needed is None)
            return (
                f"{line} No state of this process tells {stuck.first} from {stuck.second}: change "
                "the process (see `change_that_tells`)."
            )
        return f"{line} " + " ".join(
            f"{pair.needed} choices in state {pair.state} would tell {pair.first} from "
            f"{pair.second}."
            for pair in told
        )


def identify(
    process: Process,
    data: Any,
    rewards: Mapping[str, Any],
    *,
    odds: float = ODDS,
    prior: Mapping[str, float] | None = None,
    rationality: Any = RATIONALITY,
    choices: float = AS_IF,
) -> Identification:
    """Return the candidates that choices leave undecided, and where more choices would decide.

    (Amin & Singh, *Towards resolving unidentifiability in inverse reinforcement learning*, 2016.)

    Args:
        process, data, rewards, prior, rationality, choices: as in `infer_goal`.
        odds: to one, at which two candidates count as told apart.

    Raises:
        BadArray, BadRequest, UnknownName: as `infer_goal`; or odds of 1 or less.
    """
    if not 1.0 < odds < np.inf:
        raise BadRequest(f"odds are {odds}; more than 1 (to one) is expected")
    posterior = infer_goal(
        process, data, rewards, prior=prior, rationality=rationality, choices=choices
    )
    ranked = sorted(posterior.candidates, key=posterior.of, reverse=True)
    best = ranked[0]
    left = tuple(n for n in ranked if posterior.of(n) * odds > posterior.of(best) or n == best)
    pairs = tuple(_pair(process, posterior, rewards, two, odds) for two in combinations(left, 2))
    return Identification(posterior, odds, left, pairs)


def divergence(
    first: Float[np.ndarray, "s a"], second: Float[np.ndarray, "s a"]
) -> Float[np.ndarray, " s"]:
    """Return, state by state, the smaller of KL(first, second) and KL(second, first), in nats."""
    one_way = scipy.special.rel_entr(first, second).sum(axis=1)
    return np.minimum(one_way, scipy.special.rel_entr(second, first).sum(axis=1))


def _pair(
    process: Process,
    posterior: Posterior,
    rewards: Mapping[str, Any],
    names: tuple[str, str],
    odds: float,
) -> Pair:
    live = process.reachable & ~process.terminal
    same = equivalent(process, rewards[names[0]], rewards[names[1]]).equal
    predictions = [posterior.predictive(name) for name in names]
    seen = posterior.choices.seen > 0.0
    apart = np.abs(predictions[0] - predictions[1]).max(axis=1)
    state = needed = None
    if not same:
        needs = np.full(process.states, np.inf)
        needs[live] = _needed(posterior, names, predictions, live, odds)
        if np.isfinite(needs).any():
            state = int(needs.argmin())
            needed = int(needs[state])
    return Pair(
        *names,
        posterior.log_odds(*names),
        same,
        not (apart[seen] > _ALIKE).any(),
        np.where(live & ~same, divergence(*predictions), 0.0),
        state,
        needed,
    )


def _needed(
    posterior: Posterior,
    names: tuple[str, str],
    predictions: list[Float[np.ndarray, "s a"]],
    live: Bool[np.ndarray, " s"],
    odds: float,
) -> Float[np.ndarray, " l"]:
    """Return how many choices in each live state are expected to decide, whichever is true.

    n choices drawn from what one candidate predicts add n E[log π_β] to its log-likelihood at each
    β, and to the other's; so β is learned from them too, and a candidate that can explain them by
    another β is not ruled out.
    """
    i, j = (posterior.candidates.index(name) for name in names)
    lead = posterior.log_odds(*names)
    needed = np.ones(int(live.sum()))
    for truth, other, ahead, drawn in ((i, j, lead, 0), (j, i, -lead, 1)):
        each = np.einsum("sa,cbsa->csb", predictions[drawn], posterior.log_policies[[truth, other]])
        needed = np.maximum(
            needed,
            _least(posterior.log_likelihood[[truth, other]], each[:, live], np.log(odds) - ahead),
        )
    return needed


def _least(
    before: Float[np.ndarray, "2 b"], each: Float[np.ndarray, "2 l b"], target: float
) -> Float[np.ndarray, " l"]:
    """Return the least n for which the log Bayes factor of n more choices reaches a target."""

    def enough(n: Float[np.ndarray, " l"]) -> Bool[np.ndarray, " l"]:
        after = scipy.special.logsumexp(before[:, None] + n[:, None] * each, axis=-1)
        gain = after - scipy.special.logsumexp(before, axis=-1)[:, None]
        return gain[0] - gain[1] >= target

    low, high = np.zeros(each.shape[1]), np.ones(each.shape[1])
    while (short := ~enough(high) & (high < _MOST)).any():
        low, high = np.where(short, high, low), np.where(short, 2.0 * high, high)
    found = enough(high)
    while (high - low > 1.0).any():
        middle = np.floor((low + high) / 2.0)
        reached = enough(middle)
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.where(found, high, np.inf)
