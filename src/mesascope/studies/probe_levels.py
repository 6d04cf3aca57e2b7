"""A study: levels that tell the goals of a policy apart, played, and the costliest level."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from jaxtyping import Float

from mesascope.auditing.probes.belief import NONE, beliefs
from mesascope.auditing.probes.cost import Cost
from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.plans import stakes_of
from mesascope.auditing.probes.space import Levels
from mesascope.core.errors import BadRequest
from mesascope.core.interface import interface_of
from mesascope.core.policy import Policy, RecurrentPolicy
from mesascope.processes.seen import Seen
from mesascope.records.probes import NeededRecord, ProbeRecord
from mesascope.studies.policy_ledger import discount_of
from mesascope.studies.probing.environments import environment_ground
from mesascope.studies.probing.ground import Ground
from mesascope.studies.probing.needed import needed
from mesascope.studies.probing.played import played_on
from mesascope.studies.probing.remaining import prior_of, remaining_of
from mesascope.studies.probing.settings import ProbeSettings
from mesascope.studies.probing.told import designed, finding, notes_on
from mesascope.studies.probing.varied import Varied
from mesascope.studies.probing.worlds import WorldGround
from mesascope.systems.playing.errors import PlayStopped
from mesascope.systems.playing.levels import check_policy
from mesascope.tasks.mazes.catalogue import as_world

_EPISODES = 4  # on each designed level
_BUDGET = 4096  # levels of a world that each search scores at most
_ENVIRONMENT_BUDGET = 64  # settings of an environment, which are enumerated one by one


class Say(Protocol):
    """Is told what is being done, how many levels were, and the best score so far, or nan."""

    def __call__(self, what: str, tried: int, best: float) -> None: ...


@dataclass(frozen=True)
class ProbeResult:
    """Levels that were designed, and what a policy did on them.

    Attributes:
        record: everything, as plain data; `record.says` is the finding in a sentence.
        failure: what the policy failed with on the levels, which are told nonetheless; else None.
    """

    record: ProbeRecord
    failure: PlayStopped | None = None

    def report(self, path: str | Path) -> Path:
        """Write the report, one offline HTML file, and return where it is."""
        from mesascope.report.probes import write_probes

        return write_probes(Path(path), self.record)


def probe_levels(
    policy: Policy | RecurrentPolicy | None,
    env: Any,
    goals: Any = None,
    *,
    prior: dict[str, float] | None = None,
    name: str = "",
    settings: ProbeSettings | None = None,
    say: Say | None = None,
    **varied: Any,
) -> ProbeResult:
    """Return the levels that tell the remaining goals apart best, and the costliest level.

    The policy, where there is one, is played on all; the posterior that comes of the former
    decides which goal the wrong one is. An interruption (Ctrl-C) of a search keeps its best, and
    where the policy fails the levels are kept, see `ProbeResult.failure`.

    Args:
        policy: with or without a memory, or None to design levels alone.
        env: a world of ours, whose first goal is the base objective; or an environment, as
            `audit_policy` takes it.
        goals: those that remain, at least two. Names of the world's, None for all; or, beside the
            base objective, those that an environment is asked for.
        prior: how probable each is, such as an audit's posterior; alike if None.
        name: of the policy.
        settings: of the search.
        say: is told what is being done, how many levels were scored, and the best score so far.
        **varied: of an environment: `base`, `vary`, `seeds` and `horizon`, see `Varied`.

    Raises:
        UnknownName: a goal that is not the world's, or no such environment or goal.
        BadRequest: fewer than two goals, a prior that is none, no level that can be enumerated, or
            a policy that takes other observations or has other actions.
    """
    began = perf_counter()
    settings = settings or ProbeSettings()
    discount = discount_of(settings.discount, getattr(policy, "gamma", None))
    ground, remaining = _ground(policy, env, goals, varied, settings, say)
    names, numbers = remaining_of(ground.goals, remaining)
    model = _model(ground, numbers, prior_of(names, prior), settings, discount)
    telling = ground.search(model, keep=settings.keep, say=_saying(say, "telling goals apart"))
    before = np.array([*model.prior, 1.0 / len(names)])
    play = _Play(ground, policy, discount)
    seen = play(telling.levels)
    sequence = None if seen is None else beliefs(seen, model)
    after = None if sequence is None else sequence[-1]
    wrong = 1 + int(np.argmax((before if after is None else after)[1 : len(names)]))
    cost = Cost(numbers[0], numbers[wrong], discount, ground.horizon)
    costly = ground.search(cost, keep=1, say=_saying(say, f"what {names[wrong]} costs"))
    levels = designed(ground, telling, costly, (model, cost))
    if seen is not None:
        levels = [*played_on(levels[:-1], seen, cost, names), levels[-1]]
        if (last := play(costly.levels)) is not None:
            levels = [*levels[:-1], *played_on(levels[-1:], last, cost, names)]
    labels = (*names, NONE)

    def named(row: Float[np.ndarray, " g1"]) -> dict[str, float]:
        return dict(zip(labels, row.tolist(), strict=True))

    wanted, cut = _needed(ground, model, names, telling.levels, settings.seed)
    record = ProbeRecord(
        policy=name if policy is not None else "",
        world=ground.name,
        goals=list(names),
        wrong=names[wrong],
        designed=levels,
        before=named(before / before.sum()),
        after=None if after is None else named(after),
        sequence=[] if sequence is None else [named(row) for row in sequence],
        needed=wanted,
        tried=telling.tried + costly.tried,
        exact=telling.exact and costly.exact,
        stopped=telling.stopped or costly.stopped or cut,
        says=f"The policy failed: {play.failure}" if play.failure else finding(labels, after),
        discount=discount,
        rationality=settings.rationality,
        seed=settings.seed,
        seconds=perf_counter() - began,
        notes=[*notes_on(names[0], names[wrong]), *ground.notes()],
    )
    return ProbeResult(record, play.failure)


class _Play:
    """Plays a policy, if there is one, until it fails."""

    def __init__(
        self, ground: Ground, policy: Policy | RecurrentPolicy | None, discount: float
    ) -> None:
        self.failure: PlayStopped | None = None
        self._ground, self._policy, self._discount = ground, policy, discount

    def __call__(self, levels: Levels) -> Seen | None:
        if self._policy is None or self.failure is not None:
            return None
        try:
            return self._ground.play(
                self._policy, levels, episodes=_EPISODES, discount=self._discount
            )
        except PlayStopped as stop:
            self.failure = stop
            return None


def _ground(
    policy: Policy | RecurrentPolicy | None,
    env: Any,
    goals: Any,
    varied: dict[str, Any],
    settings: ProbeSettings,
    say: Say | None,
) -> tuple[Ground, tuple[str, ...] | None]:
    """Return what levels are designed on, and the names of goals to choose from those it has."""
    world = as_world(env)
    if world is None:
        told = None if say is None else partial(say, "enumerating levels", best=math.nan)
        budget = _ENVIRONMENT_BUDGET if settings.budget is None else settings.budget
        others, asked = () if goals is None else goals, Varied(**varied)
        told_of: dict[str, Any] = {"seed": settings.seed, "say": told}
        takes = interface_of(policy)
        return environment_ground(env, others, asked, budget=budget, takes=takes, **told_of), None
    if varied:
        raise BadRequest(
            f"{world.name} draws levels and brings goals of its own; leave out {', '.join(varied)}"
        )
    check_policy(policy, world)
    names = goals.split(",") if isinstance(goals, str) else goals
    names = None if names is None else tuple(name.strip() for name in names)
    budget = _BUDGET if settings.budget is None else settings.budget
    return WorldGround(world, budget, settings.seed), names


def _model(
    ground: Ground,
    numbers: tuple[int, ...],
    prior: tuple[float, ...],
    settings: ProbeSettings,
    discount: float,
) -> Information:
    graphs = ground.graphs(ground.random)
    stakes = stakes_of(graphs, discount=discount, horizon=ground.horizon)
    return Information(
        goals=numbers,
        prior=prior,
        stakes=tuple(float(stakes[i]) for i in numbers),
        discount=discount,
        horizon=ground.horizon,
        rationality=settings.rationality,
        lapse=settings.lapse,
    )


def _needed(
    ground: Ground, model: Information, names: tuple[str, ...], levels: Levels, seed: int
) -> tuple[list[NeededRecord], bool]:
    """Return how many episodes it takes, and whether finding out was interrupted."""
    try:
        return needed(ground, model, names, levels, seed=seed), False
    except KeyboardInterrupt:
        return [], True
    except BadRequest:  # levels of training cannot be enumerated: a note of the ground says why
        return [], False


def _saying(say: Say | None, what: str) -> Callable[[int, float], None] | None:
    return None if say is None else partial(say, what)
