"""Graphs for what was seen: levels enumerated, and every episode found again in its graph."""

from dataclasses import replace
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from mesascope.processes.seen import Seen
from mesascope.processes.stacked import stacked
from mesascope.systems.playing.enumerator import Enumerator
from mesascope.tasks.gymnasium_envs.enumerate import BudgetSpent, HasChance, NotEnumerable
from mesascope.tasks.gymnasium_envs.goals import Goal
from mesascope.tasks.gymnasium_envs.remembering import Level

BUDGET = 12_000  # steps that are tried in copies, over all levels; a thousand take about a second
PER_LEVEL = 300  # as many for each level, where that is more
_NOTHING = 1e-9  # returns below which are none

Trails = dict[int, list[bytes]]  # of each episode, the digest of every state it was in


def graphed(seen: Seen, env: Any, goals: tuple[Goal, ...], trails: Trails) -> Seen:
    """Return what was seen with the levels' graphs, the states' numbers, and returns without time.

    Levels without a graph are left out if others have one. If none has, what was seen is returned
    as it is; and also where chance was seen on any level, or an episode went another way than its
    graph: which levels are kept may not depend on what befell there. A note says why.

    Args:
        seen: whole.
        env: to enumerate; it is reset.
        goals: those of `seen`.
        trails: by episode.

    Raises:
        GoalFailed: a goal raised on a state that can be reached.
    """
    seeds = seen.seeds
    try:
        levels, why = _enumerated(env, goals, seeds)
        numbers = _numbered(seen, levels, trails)
    except _Contradicted as contradiction:
        note = (
            f"No level counts as enumerated: {contradiction} (seed {seeds[contradiction.level]}). "
            "If only levels were kept where that did not happen, luck would decide which are."
        )
        return replace(seen, notes=(*seen.notes, note))
    said = [f"{reason} (seed {seeds[level]})" for reason, level in why.items()]
    if not levels:
        note = f"No level could be enumerated: {'; '.join(said)}."
        return replace(seen, notes=(*seen.notes, note))
    notes = seen.notes
    different = len({id(level) for level in levels.values()})
    if different < len(levels):
        notes += (
            f"{len(levels)} seeds give {different} different level{'s' * (different > 1)} of "
            f"{seen.name}: intervals take them for as many as there are seeds.",
        )
    if why:
        notes += (
            f"{len(levels)} of {len(seeds)} levels were enumerated, and only these are kept: "
            f"{'; '.join(said)}.",
        )
    return replace(_kept(seen, levels, numbers), notes=notes)


class _Contradicted(Exception):
    """How a level differs from its graph."""

    def __init__(self, how: str, level: int) -> None:
        super().__init__(how)
        self.level = level


def _enumerated(
    env: Any, goals: tuple[Goal, ...], seeds: tuple[int, ...]
) -> tuple[dict[int, Level], dict[str, int]]:
    """Return the levels that have a graph, and the reasons why others have none.

    Raises:
        _Contradicted: there is chance, and other levels may have passed by luck.
    """
    levels: dict[int, Level] = {}
    why: dict[str, int] = {}
    enumerator = Enumerator(env, goals, max(BUDGET, PER_LEVEL * len(seeds)))
    for number, seed in enumerate(seeds):
        try:
            levels[number] = enumerator.level(seed)
        except HasChance as error:
            raise _Contradicted(str(error), number) from error
        except NotEnumerable as error:
            why.setdefault(str(error), number)
            if not levels:  # what is true of the first is likely to be true of all
                break
            if isinstance(error, BudgetSpent):
                break
    return levels, why


def _numbered(
    seen: Seen, levels: dict[int, Level], trails: Trails
) -> dict[int, Int[np.ndarray, " t"]]:
    """Return the states of each episode on levels that have a graph.

    Raises:
        _Contradicted: an episode went another way than its graph.
    """
    numbers: dict[int, np.ndarray] = {}
    for episode, number in enumerate(seen.level_of.tolist()):
        level = levels.get(number)
        if level is not None:
            actions = seen.action[seen.episode == episode]
            numbers[episode] = _followed(level, number, trails[episode], actions)
            _check(level, seen, episode, numbers[episode], actions)
    return numbers


def _followed(
    level: Level, number: int, trail: list[bytes], actions: Int[np.ndarray, " t"]
) -> Int[np.ndarray, " t"]:
    """Return the states that actions were taken in.

    Raises:
        _Contradicted: the graph leads elsewhere.
    """
    here, states = 0, []
    for time, key in enumerate(trail):
        if level.keys.get(key) != level.node[here]:
            raise _Contradicted("an episode went where its graph does not lead", number)
        if time < len(actions):
            states.append(here)
            here = int(level.successor[here, actions[time]])
    return np.array(states)


def _check(
    level: Level,
    seen: Seen,
    episode: int,
    states: Int[np.ndarray, " t"],
    actions: Int[np.ndarray, " t"],
) -> None:
    """Hold a graph against how an episode ended and what it was worth.

    What is not part of the state that is compared, such as a counter of steps, may yet decide
    when an episode ends and what it pays. A reward may shrink with the steps, as MiniGrid's does,
    and in a graph there is no time: so the returns need only agree in sign.

    Raises:
        _Contradicted: the graph goes on where the episode ended, or pays otherwise.
    """
    number = int(seen.level_of[episode])
    if len(actions) < seen.horizon and not level.terminated[states[-1], actions[-1]]:
        raise _Contradicted("an episode ended where its graph goes on", number)
    there = level.reward[:, states, actions] @ seen.discount ** np.arange(len(states))
    if (_sign(there) != _sign(seen.returns[episode])).any():
        raise _Contradicted("an episode was worth something else than in its graph", number)


def _sign(values: Float[np.ndarray, " g"]) -> Float[np.ndarray, " g"]:
    return np.asarray(np.sign(np.where(np.abs(values) > _NOTHING, values, 0.0)))


def _kept(seen: Seen, levels: dict[int, Level], numbers: dict[int, np.ndarray]) -> Seen:
    """Return what was seen on some levels, counted anew, with returns as their graphs give them."""
    order = sorted(levels)
    renumbered = {level: i for i, level in enumerate(order)}
    episodes = [e for e, level in enumerate(seen.level_of.tolist()) if level in renumbered]
    actions = [seen.action[seen.episode == e] for e in episodes]
    states = [numbers[e] for e in episodes]
    returns = []
    for e, state, action in zip(episodes, states, actions, strict=True):
        reward = levels[int(seen.level_of[e])].reward[:, state, action]
        returns.append(reward @ seen.discount ** np.arange(len(state)))
    return replace(
        seen,
        returns=np.array(returns),
        level_of=np.array([renumbered[int(seen.level_of[e])] for e in episodes]),
        episode=np.repeat(np.arange(len(episodes)), [len(s) for s in states]),
        state=np.concatenate(states),
        action=np.concatenate(actions),
        graphs=stacked([levels[level].graph for level in order]),
        seeds=tuple(seen.seeds[level] for level in order),
    )
