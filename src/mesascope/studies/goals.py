"""What does it want, if anything? The question put to a policy or to trajectories."""

from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from mesascope.auditing.record import sure_figure
from mesascope.core.errors import BadRequest
from mesascope.core.interval import Interval
from mesascope.objectives.goals.bayes import RewardDraws, Sampling, draw_rewards
from mesascope.objectives.goals.choices import AS_IF, Choices
from mesascope.objectives.goals.devices import agent_or_device
from mesascope.objectives.goals.identify import Identification, identify
from mesascope.objectives.goals.meg import Meg, meg, unknown_meg
from mesascope.objectives.goals.meg_samples import SampledMeg, sampled_meg
from mesascope.objectives.goals.redesign import change_that_tells
from mesascope.objectives.goals.trajectories import Trajectories
from mesascope.processes import Process
from mesascope.processes.evaluate import policy_of
from mesascope.processes.files import DISCOUNT, read
from mesascope.records.goals import (
    AgencyRecord,
    GoalsRecord,
    Rationality,
    UndecidedRecord,
    WeightRecord,
)

UNKNOWN = "unknown"
_LARGEST = 4e6  # entries of a process times changes tried: beyond, changes are not looked for


def goals(
    process: Any,
    *,
    policy: Any = None,
    trajectories: Any = None,
    rewards: Mapping[str, Any] | None = None,
    features: Any = None,
    discount: float | None = None,
    initial: Any = None,
    terminal: Any = None,
    choices: float = AS_IF,
    seed: int = 0,
    progress: bool = False,
    source: str = "arrays",
) -> GoalsRecord:
    """Return what a policy, or trajectories, say about the goal behind them.

    Args:
        process: a `Process`, or a transition array (S, A, S).
        policy: π, (S, A); or
        trajectories: integers, (N, L, 2) of (state, action), padded with -1 at the end; (M, 2) for
            one trajectory; or (M, 3) for transitions (state, action, next state).
        rewards: candidates by name, of shape (S,), (S, A) or (S, A, S).
        features: φ, (S, K) or (S, A, K): weights of a reward linear in them are drawn, and the
            unknown utility is linear in them.
        discount: γ; .99 unless given, or that of the `Process`.
        initial, terminal: as in `Process.of`, where `process` is an array.
        choices: how many choices of a policy are taken to have been seen.
        seed: of all that is drawn.
        progress: show a bar while weights are drawn.
        source: what to call the data in the record.

    Raises:
        BadArray: an array is malformed; the message names it, the index and the value.
        BadRequest: not exactly one of policy and trajectories, or a candidate with a name that
            means something else.
        NoTermination: nothing is discounted, and some policy never ends.
    """
    if isinstance(process, Process):
        where = process if discount is None else process.at(discount)
    else:
        gamma = DISCOUNT if discount is None else discount
        where = Process.of(process, gamma, initial=initial, terminal=terminal)
    if (policy is None) == (trajectories is None):
        raise BadRequest(
            "either a policy or trajectories are expected, and "
            f"{'neither was' if policy is None else 'both were'} given"
        )
    candidates = dict(rewards or {})
    if UNKNOWN in candidates:
        raise BadRequest(f"a candidate cannot be called {UNKNOWN!r}, which stands for any utility")
    demonstrated = trajectories is not None
    data = Trajectories.of(where, trajectories) if demonstrated else policy_of(where, policy)
    notes: list[str] = []
    found, intervals, noise = _directed(where, data, candidates, features, seed, notes)
    identified = identify(where, data, candidates, choices=choices) if candidates else None
    drawn = None
    if features is not None:
        sampling = Sampling(seed=seed, progress=progress)
        drawn = draw_rewards(where, data, features, choices=choices, sampling=sampling)
    utility = found[UNKNOWN].utility
    return GoalsRecord(
        source=source,
        states=where.states,
        actions=where.actions,
        discount=where.discount,
        observed="trajectories" if demonstrated else "policy",
        choices=Choices.of(where, data, choices).total,
        rewards=list(candidates),
        meg={name: one.value for name, one in found.items()},
        meg_bound=found[UNKNOWN].bound,
        meg_normalised={name: one.normalised for name, one in found.items()},
        intervals={name: sure_figure(one) for name, one in intervals.items()},
        noise=noise,
        rationality={name: _rationality(one) for name, one in found.items() if name != UNKNOWN},
        attained=found[UNKNOWN].attained,
        utility=[] if utility is None else np.asarray(utility).tolist(),
        posterior=_by_name(identified, "probability"),
        log_evidence=_by_name(identified, "log_evidence"),
        agency=_agency(where, data, candidates, choices) if candidates else None,
        undecided=list(identified.undecided) if identified else [],
        pairs=_pairs(where, candidates, identified, seed, notes) if identified else [],
        identified=identified.sentence if identified else None,
        weights=_weights(drawn) if drawn else [],
        sampler=drawn.sentence if drawn else None,
        notes=notes,
        seed=seed,
    )


def goals_file(path: Path, *, discount: float | None = None, **options: Any) -> GoalsRecord:
    """Answer for a `.npz` file; see `mesascope.processes.files.read` and `goals`.

    Raises:
        BadFile: the file cannot be read.
        BadArray, BadRequest, NoTermination, UnknownName: as `goals`.
    """
    bundle = read(path, discount)
    if bundle.policy is None and bundle.trajectories is None:
        raise BadRequest(
            f"{path} holds neither `policy`, of shape (S, A), nor `trajectories`, of (state, "
            "action) step by step; save one of them beside `transition`"
        )
    return goals(
        bundle.process,
        policy=bundle.policy,
        trajectories=bundle.trajectories,
        rewards=bundle.rewards,
        features=bundle.features,
        source=path.name,
        **options,
    )


def _directed(
    process: Process,
    data: Any,
    candidates: Mapping[str, Any],
    features: Any,
    seed: int,
    notes: list[str],
) -> tuple[dict[str, Meg], dict[str, Interval], dict[str, float]]:
    """Return goal-directedness towards the unknown utility and each candidate."""
    if isinstance(data, Trajectories) and data.timed and data.episodes > 1:
        sampled: dict[str, SampledMeg] = {
            UNKNOWN: sampled_meg(data, features=features, seed=seed),
            **{name: sampled_meg(data, reward, seed=seed) for name, reward in candidates.items()},
        }
        quiet = [name for name, one in sampled.items() if not one.above_noise]
        if quiet:
            notes.append(
                f"Goal-directedness towards {', '.join(quiet)} is not above what aimless "
                "behaviour, seen as often, would score."
            )
        return (
            {name: one.meg for name, one in sampled.items()},
            {name: one.interval for name, one in sampled.items()},
            {name: one.noise_high for name, one in sampled.items()},
        )
    policy = data
    if isinstance(data, Trajectories):
        counts = data.counts + 0.0
        seen = counts.sum(axis=1, keepdims=True)
        policy = np.where(seen > 0, counts / np.maximum(seen, 1.0), 1.0 / process.actions)
        notes.append(
            "Goal-directedness is that of the observed choices, uniform where none were seen, "
            "without an interval: that needs at least two whole trajectories."
        )
    found = {UNKNOWN: unknown_meg(process, policy, features)}
    found |= {name: meg(process, policy, reward) for name, reward in candidates.items()}
    return found, {}, {}


def _rationality(found: Meg) -> Rationality:
    beta = found.rationality or 0.0
    if isfinite(beta):
        return beta
    return "inf" if beta > 0.0 else "-inf"


def _by_name(identified: Identification | None, what: str) -> dict[str, float]:
    if identified is None:
        return {}
    posterior = identified.posterior
    return dict(zip(posterior.names, map(float, getattr(posterior, what)), strict=True))


def _agency(
    process: Process, data: Any, candidates: Mapping[str, Any], choices: float
) -> AgencyRecord:
    found = agent_or_device(process, data, candidates, choices=choices)
    return AgencyRecord(
        agent=found.agent,
        device=found.device,
        evidence=found.agents | {f"device: {n}": e for n, e in found.devices.items()},
        says=found.sentence,
    )


def _pairs(
    process: Process,
    candidates: Mapping[str, Any],
    identified: Identification,
    seed: int,
    notes: list[str],
) -> list[UndecidedRecord]:
    records = []
    for pair in identified.pairs:
        change = None
        if pair.needed is None and process.transition.size <= _LARGEST / 100:
            most = int(_LARGEST / process.transition.size)
            rewards = candidates[pair.first], candidates[pair.second]
            best = change_that_tells(process, *rewards, most=min(most, 500), seed=seed)
            change = best.sentence if best else "No change that was tried would tell them apart."
        elif pair.needed is None:
            notes.append(
                f"The process is too large to search for a change that tells {pair.first} from "
                f"{pair.second}; see change_that_tells."
            )
        records.append(
            UndecidedRecord(
                first=pair.first,
                second=pair.second,
                equivalent=pair.equivalent,
                state=pair.state,
                needed=pair.needed,
                change=change,
            )
        )
    return records


def _weights(drawn: RewardDraws) -> list[WeightRecord]:
    rows = np.stack([drawn.mean, *drawn.interval()], axis=1).tolist()
    return [WeightRecord(mean=mean, low=low, high=high) for mean, low, high in rows]
