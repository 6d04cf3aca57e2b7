"""Goal-directedness from trajectories: an interval, and what pure chance would score."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import scipy.sparse as sp
from jaxtyping import Float, Int

from mesascope.core.errors import BadRequest
from mesascope.core.interval import Interval
from mesascope.core.randomness import stream
from mesascope.objectives.bootstrap import accelerated, draws
from mesascope.objectives.goals.features import features_of
from mesascope.objectives.goals.meg import (
    Meg,
    clipped,
    meg,
    require_one_goal,
    starting,
    unknown_meg,
)
from mesascope.objectives.goals.meg_features import feature_scores
from mesascope.objectives.goals.meg_rationality import Towards
from mesascope.objectives.goals.meg_states import state_scores
from mesascope.objectives.goals.sample import sample
from mesascope.objectives.goals.trajectories import NONE, Trajectories
from mesascope.processes import Process
from mesascope.processes.evaluate import occupancy, uniform, visits
from mesascope.processes.precision import in_float64

_CELLS = 2_000_000  # choices that are simulated at once
_BATCH = 32  # tallies that are scored at once, always as many, so that nothing compiles twice

Scores = Callable[[Float[np.ndarray, "b s a"]], Float[np.ndarray, " b"]]


@dataclass(frozen=True, eq=False)
class SampledMeg:
    """Goal-directedness estimated from trajectories, in nats.

    Attributes:
        meg: that of the policy that was observed, uniform in states where it was not.
        interval: its bootstrap interval over trajectories.
        noise: what the uniform policy, whose true value is 0, scores on average when it is seen
            as often.
        noise_high: the quantile of that at the level of the interval.
        chance: the share of such samples of the uniform policy that score at least as high, the
            one observed counted among them.
    """

    meg: Meg
    interval: Interval
    noise: float
    noise_high: float
    chance: float

    @property
    def above_noise(self) -> bool:
        """Whether the estimate exceeds what pure chance would score at this level."""
        return self.meg.value > self.noise_high


def sampled_meg(
    trajectories: Trajectories,
    utility: Any = None,
    features: Any = None,
    *,
    start: Any = None,
    seed: int = 0,
    confidence: float = 0.95,
    resamples: int = 400,
    replicates: int = 200,
) -> SampledMeg:
    """Return how goal-directed the policy behind trajectories is.

    The policy is estimated by how often each choice was made in each state, discounted by when,
    and is then scored exactly on the process, from where it starts. Whatever is estimated from few
    choices looks directed: a state seen once seems to be acted in with certainty. So the value is
    biased upwards, the more so the more utilities are considered, and the noise floor says by how
    much where there is no goal at all. States that were never seen count as aimless.

    The interval is the bias-corrected and accelerated bootstrap over trajectories (Efron, *Better
    bootstrap confidence intervals*, JASA 82, 1987), and reaches at least as far as the value would
    move if a share p = 1 - (1 - confidence)^(1/N) of the behaviour, which N trajectories may well
    not have shown, were aimless, or perfectly directed.

    Args:
        trajectories: whole ones, at least two.
        utility: as in `meg`; unknown unless given.
        features: as in `unknown_meg`.
        start: μ, that of the process unless given; also that of the simulated trajectories.
        seed: of the resamples and of the simulated trajectories.
        confidence: the level, between 0 and 1.
        resamples: of the trajectories.
        replicates: simulated data sets of the uniform policy. A simulated trajectory is cut where
            the one observed was, or, if that ended by itself, where the longest one was.

    Raises:
        BadArray: an array does not fit the process.
        BadRequest: rows of transitions, a single trajectory, no resamples, a confidence that is
            none, or both a utility and features.
    """
    require_one_goal(utility, features)
    cut = trajectories.missing > 0.0
    episodes = trajectories.episodes
    if episodes < 2:
        raise BadRequest("there is 1 trajectory, and an interval needs at least 2")
    if resamples < 1 or replicates < 1 or not 0.0 < confidence < 1.0:
        raise BadRequest(
            f"resamples is {resamples}, replicates is {replicates} and confidence is "
            f"{confidence}; at least 1 of each, and a confidence between 0 and 1, are expected"
        )
    process = starting(trajectories.process, start)
    tally = _tally(trajectories)
    total = np.asarray(tally.sum(axis=0))
    policy = _policies(process, total)[0]
    if utility is None:
        found = unknown_meg(process, policy, features)
    else:
        found = meg(process, policy, utility)

    value = _values(process, utility, features)
    drawn = _scored(process, value, (t @ tally for t in draws(episodes, seed, resamples)))
    leaving_out = (total - tally[i : i + _BATCH].toarray() for i in range(0, episodes, _BATCH))
    without = _scored(process, value, leaving_out)
    low, high = accelerated(found.value, drawn, without, confidence, 0.0, found.bound)
    unseen = 1.0 - (1.0 - confidence) ** (1.0 / episodes)
    by_chance = unseen * occupancy(process, uniform(process))
    aimless = float(value(((1.0 - unseen) * occupancy(process, policy) + by_chance)[None])[0])
    directed = found.value + unseen * (found.bound - found.value)
    low, high = min(low, aimless, found.value), max(high, directed)
    length = trajectories.chosen.sum(axis=1)
    kept = np.where(cut, length, length.max())
    noise = _scored(process, value, _chance(process, kept, replicates, seed))
    return SampledMeg(
        found,
        Interval(found.value, low, high, episodes, confidence),
        float(noise.mean()),
        float(np.quantile(noise, confidence)),
        (1 + int((noise >= found.value).sum())) / (replicates + 1),
    )


def _values(process: Process, utility: Any, features: Any) -> Scores:
    """Return what scores occupancies, many at once."""
    if utility is not None:
        towards = Towards.of(process, utility)
        return lambda seen: towards.score(seen)[0]
    if features is not None:
        phi = features_of(process, features)
        return lambda seen: feature_scores(process, phi, seen)
    return lambda seen: state_scores(process, seen)


@in_float64
def _scored(
    process: Process, value: Scores, tallies: Iterable[Float[np.ndarray, "b z"]]
) -> Float[np.ndarray, " n"]:
    """Return the values of the policies that tallies of choices show."""
    going_on = jnp.asarray(process.going_on)
    start = jnp.asarray(np.tile(process.start, (_BATCH, 1)))
    scores = []
    for tally in tallies:
        for first in range(0, len(tally), _BATCH):
            rows = tally[first : first + _BATCH]
            full = np.concatenate([rows, np.repeat(rows[:1], _BATCH - len(rows), axis=0)])
            policies = _policies(process, full)
            occupied = np.asarray(visits(going_on, jnp.asarray(policies), start))
            seen = occupied[..., None] * policies
            bound = np.log(process.actions) * seen.sum(axis=(1, 2))
            scores.append(clipped(value(seen), bound)[: len(rows)])
    return np.concatenate(scores)


def _policies(process: Process, tally: Float[np.ndarray, "*b z"]) -> Float[np.ndarray, "n s a"]:
    """Return the policy of each tally, uniform where it is 0."""
    counts = np.reshape(tally, (-1, process.states, process.actions))
    total = counts.sum(axis=2, keepdims=True)
    # What is left after the only trajectory that saw a state is taken out may be rounding.
    seen = total > 1e-12 * total.max(axis=1, keepdims=True)
    made = np.maximum(counts, 0.0) / np.where(seen, total, 1.0)
    return np.where(seen, made, uniform(process))


def _tally(trajectories: Trajectories, group: Int[np.ndarray, " n"] | None = None) -> sp.csr_array:
    """Return Σ γ^t of each choice, a row for each trajectory, or for each group of them."""
    process, chosen = trajectories.process, trajectories.chosen
    n, length = chosen.shape
    owner = np.arange(n) if group is None else group
    weight = np.broadcast_to(process.discount ** np.arange(length), chosen.shape)
    choice = trajectories.states * process.actions + trajectories.actions
    rows = np.broadcast_to(owner[:, None], chosen.shape)
    shape = (int(owner.max()) + 1, process.states * process.actions)
    return sp.csr_array((weight[chosen], (rows[chosen], choice[chosen])), shape=shape)


def _chance(
    process: Process, kept: Int[np.ndarray, " n"], replicates: int, seed: int
) -> Iterator[Float[np.ndarray, "b z"]]:
    """Yield tallies of the uniform policy, seen in as many trajectories of the same lengths."""
    n, length = len(kept), int(kept.max())
    rows = max(1, _CELLS // (n * length))
    for first in range(0, replicates, rows):
        count = min(rows, replicates - first)
        its = int(stream(seed, "meg", "chance", first).integers(2**31))
        made = sample(process, uniform(process), count * n, length, its)
        late = np.arange(length) >= np.tile(kept, count)[:, None]
        state, action, to = (
            np.where(late, NONE, x) for x in (made.states, made.actions, made.following)
        )
        cut = Trajectories(process, state, action, to, timed=True)
        yield _tally(cut, np.repeat(np.arange(count), n)).toarray()
