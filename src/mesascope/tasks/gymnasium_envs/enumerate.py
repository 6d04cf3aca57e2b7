"""A level of somebody's environment, enumerated by copying it and trying everything."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mesascope.core.errors import MesascopeError
from mesascope.tasks.gymnasium_envs import state
from mesascope.tasks.gymnasium_envs.chance import reseed
from mesascope.tasks.gymnasium_envs.fork import Fork
from mesascope.tasks.gymnasium_envs.frozen import NotComparable
from mesascope.tasks.gymnasium_envs.goals import Goal, Moment
from mesascope.tasks.gymnasium_envs.picture import place_of

_REPEATS = 8  # of a step, from copies with other seeds, wherever it drew a random number
_ALWAYS = 4  # states whose steps are repeated even where every generator stood still


class NotEnumerable(Exception):
    """Why a level has no graph, to be told in a note."""


class HasChance(NotEnumerable):
    """An action led to different results: what is true of a level may be so of those before it."""


class BudgetSpent(NotEnumerable):
    """No more steps may be tried: neither on this level nor on any that follows."""


@dataclass
class Explored:
    """The states of a level that can be reached, goals' memories apart.

    Attributes:
        keys: the number of each state by its digest; the start is 0.
        at_start: what each goal says of the start, and whether that pays only once.
        steps: of each state that is acted in, by number, what each action does.
        place: of each state, (N,).
        observations: of each state.
        tried: how many steps were.
    """

    keys: dict[bytes, int]
    at_start: list[tuple[float, bool]]
    steps: dict[int, list["Step"]] = field(default_factory=dict)
    place: list[int] = field(default_factory=list)
    observations: list[Any] = field(default_factory=list)
    tried: int = 0


class Step(NamedTuple):
    """Where an action leads, what each goal says of that and which of it pays only once."""

    after: int
    worth: list[float]
    once: list[bool]
    ended: bool


def explore(
    env: Any, goals: tuple[Goal, ...], start: Moment, *, actions: range, cap: int, budget: int
) -> Explored:
    """Return every state that can be reached from where an environment is.

    Args:
        env: that has just been reset; it is copied and stays as it is.
        goals: asked at every step.
        start: how things stand now.
        actions: all there are.
        cap: how many states there may be.
        budget: how many steps may be tried.

    Raises:
        NotEnumerable: it cannot be copied or compared, or is too large.
        HasChance: what an action leads to was not the same twice.
        BudgetSpent: the budget is.
        GoalFailed: a goal raised on a state that can be reached.
    """
    counters = state.counters_of(env)
    found = Explored({_key(env): 0}, [goal.worth(start) for goal in goals])
    found.place.append(place_of(env))
    found.observations.append(start.observation)
    waiting: deque[tuple[int, Any]] = deque([(0, _copy(Fork(env))[0])])
    acted = {0}
    while waiting:
        number, there = waiting.popleft()
        here = Fork(there)
        found.steps[number] = []
        for action in actions:
            if found.tried >= budget:
                raise BudgetSpent("the steps that may be tried over all levels ran out")
            repeat = number < _ALWAYS
            there, moment, ended, tried = _try(here, action, counters, found.tried, always=repeat)
            found.tried += tried
            after = _number(found, there, moment, cap)
            if not ended and after not in acted:
                acted.add(after)
                waiting.append((after, there))
            said = [goal.worth(moment) for goal in goals]
            step = Step(after, [w for w, _ in said], [o for _, o in said], ended)
            found.steps[number].append(step)
    return found


def _number(found: Explored, env: Any, moment: Moment, cap: int) -> int:
    """Return the number of the state that an environment is in, new or not."""
    key = _key(env)
    if key not in found.keys:
        if len(found.keys) == cap:
            raise NotEnumerable(f"it has more than {cap} states")
        found.keys[key] = len(found.keys)
        found.place.append(place_of(env))
        found.observations.append(moment.observation)
    return found.keys[key]


def _try(
    here: Fork, action: int, counters: list[dict[str, Any]], number: int, *, always: bool
) -> tuple[Any, Moment, bool, int]:
    """Return where a step from a copy leads, tried once, or more where chance may be in it.

    The `number` of steps before it makes chance another one at each.
    """
    there, moment, ended, drew = _step(here, action, counters)
    repeats = _REPEATS if drew else int(always)
    if repeats:
        first = (_key(there), float(moment.reward), ended)
        for repeat in range(repeats):
            again, other, over, _ = _step(here, action, counters, repeat + 1, number)
            if (_key(again), float(other.reward), over) != first:
                raise HasChance("the same action in the same state led to different results")
    return there, moment, ended, 1 + repeats


def _step(
    here: Fork, action: int, counters: list[dict[str, Any]], *seed: int
) -> tuple[Any, Moment, bool, bool]:
    """Return where a step leads, and whether a random number was drawn or, with a seed, may be."""
    there, drawn = _copy(here)
    if seed:
        reseed(there, *seed)
    try:
        observation, reward, terminated, truncated, info = there.step(action)
    except MesascopeError:
        raise
    except (Exception, SystemExit) as error:
        raise NotEnumerable(
            f"action {action} raised {type(error).__name__} in a copy: {error}"
        ) from error
    drew = bool(seed) or drawn()
    state.wind_back(there, counters)
    moment = Moment(there, observation, float(reward), info)
    return there, moment, bool(terminated or truncated), drew


def _copy(here: Fork) -> tuple[Any, Callable[[], bool]]:
    try:
        return here.copy()
    except (Exception, SystemExit) as error:
        raise NotEnumerable(f"it cannot be copied: {type(error).__name__}: {error}") from error


def _key(env: Any) -> bytes:
    try:
        return state.key_of(env)
    except NotComparable as error:
        raise NotEnumerable(f"its states cannot be compared: it holds {error}") from error
