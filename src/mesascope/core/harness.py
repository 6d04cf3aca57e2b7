"""The harness: a world that writes down every question and can change the answers.

Detectors work through it alone. What a system does with the world is seen; what a perturbed
answer does to the output is causal evidence that the system used it.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mesascope.core.choice import Choice, Number
from mesascope.core.errors import IllegalOutput, StepLimitExceeded, SystemFailure
from mesascope.core.system import Instance, System
from mesascope.core.world import World

DEFAULT_STEP_LIMIT = 2_000_000
REACH_CAP = 20_000  # states explored at most when asking how far things could go
Rescore = Callable[[Hashable, int, str, Number], Number]
Restrict = Callable[[Hashable, int, Sequence[Any]], Sequence[Any]]


@dataclass
class Log:
    """What one run asked for.

    Attributes:
        depth: plies ahead of the instance at which each imagined state was first reached.
        scored: imagined states whose features were read, by depth.
        features: the features that were read.
        asked: plies ahead at which it was asked what could be done.
        tried: the options whose outcome was asked for at the instance itself: the candidates Ω_x
            of a search over what to do, as far as it can be seen.
        steps: questions asked in all.
    """

    depth: dict[Hashable, int] = field(default_factory=dict)
    scored: dict[int, set[Hashable]] = field(default_factory=lambda: defaultdict(set))
    features: set[str] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    tried: dict[Any, None] = field(default_factory=dict)
    steps: int = 0

    @property
    def horizon(self) -> int:
        """The deepest ply at which a state was scored; 0 where none was."""
        return max(self.scored, default=0)


class Harness:
    """A world around a world. Implements `World`; see there for what each question means.

    Attributes:
        log: what was asked so far.
    """

    def __init__(
        self,
        world: World[Any, Any],
        *,
        rescore: Rescore | None = None,
        restrict: Restrict | None = None,
        step_limit: int = DEFAULT_STEP_LIMIT,
    ) -> None:
        """Wrap a world.

        Args:
            world: the true simulator and scorer.
            rescore: maps (state, depth, feature, true score) to the score that the system is told.
            restrict: maps (state, depth, true options) to the options that the system is told of.
            step_limit: questions after which `StepLimitExceeded` is raised.
        """
        self.log = Log()
        self._world = world
        self._at_once = getattr(world, "outcomes", None) if restrict is None else None
        self._root = world.root
        self._everywhere: dict[Hashable, int] | None = None
        self._rescore = rescore
        self._restrict = restrict
        self._limit = step_limit

    @property
    def root(self) -> Any:
        return self._root

    @property
    def features(self) -> Sequence[str]:
        return self._world.features

    # A search asks millions of times: what is asked for each question is kept to a few look-ups.

    def options(self, state: Any) -> Sequence[Any]:
        log = self.log
        log.steps += 1
        if log.steps > self._limit:
            raise self._too_many()
        options = self._world.options(state)
        depth = log.depth.get(state)
        if depth is None:
            depth = self._unseen(state)
        log.asked.add(depth)
        return options if self._restrict is None else self._restrict(state, depth, options)

    def step(self, state: Any, option: Any) -> Any:
        log = self.log
        log.steps += 1
        if log.steps > self._limit:
            raise self._too_many()
        outcome = self._world.step(state, option)
        depth = log.depth.get(state)
        if depth is None:  # the root, or a state that the system put together by itself
            depth = 0
            if state == self._root:
                log.tried.setdefault(option)
        if outcome not in log.depth and outcome != self._root:
            log.depth[outcome] = depth + 1
        return outcome

    def outcomes(self, state: Any) -> Sequence[Any]:
        """Answer `options`, and then `step` for each of them, at once; both are written down."""
        if self._at_once is None:
            return [self.step(state, option) for option in self.options(state)]
        found = self._at_once(state)
        log = self.log
        log.steps += 1 + len(found)
        if log.steps > self._limit:
            raise self._too_many()
        seen, root = log.depth, self._root
        depth = seen.get(state)
        if depth is None:  # as in `options`, and then in `step`
            log.asked.add(self._unseen(state))
            depth = 0
            if state == root:
                log.tried.update(dict.fromkeys(self._world.options(state)))
        else:
            log.asked.add(depth)
        for outcome in found:
            if outcome not in seen and outcome != root:
                seen[outcome] = depth + 1
        return found

    def score(self, state: Any, feature: str) -> Number:
        log = self.log
        log.steps += 1
        if log.steps > self._limit:
            raise self._too_many()
        depth = log.depth.get(state)
        if depth is None:
            depth = self._unseen(state)
        log.scored[depth].add(state)
        log.features.add(feature)
        value = self._world.score(state, feature)
        return value if self._rescore is None else self._rescore(state, depth, feature, value)

    def _unseen(self, state: Any) -> int:
        """Return how far ahead a state is that the system put together by itself, or the root."""
        if state == self._root:
            return 0
        if self._everywhere is None:
            self._everywhere = depths(self._world)
        return self._everywhere.get(state, 0)

    def _too_many(self) -> StepLimitExceeded:
        return StepLimitExceeded(
            f"the system asked the world more than {self._limit:,} questions about one "
            "instance; give it a smaller instance, or raise step_limit"
        )


def depths(world: World[Any, Any], cap: int = REACH_CAP) -> dict[Hashable, int]:
    """Return how many plies ahead each state can first be reached, for about `cap` states."""
    found: dict[Hashable, int] = {world.root: 0}
    frontier = [world.root]
    while frontier and len(found) < cap:
        following = []
        for state in frontier:
            for option in world.options(state):
                outcome = world.step(state, option)
                if outcome not in found:
                    found[outcome] = found[state] + 1
                    following.append(outcome)
        frontier = following
    return found


def run(system: System, instance: Instance, world: World[Any, Any]) -> Choice[Any]:
    """Ask a system for its answer, and hold it to being one.

    Raises:
        SystemFailure: the system raised; the original error is the cause.
        IllegalOutput: it returned no distribution.
        StepLimitExceeded: it asked the world too much.
    """
    try:
        choice = system.respond(instance, world)
    except (StepLimitExceeded, IllegalOutput, SystemFailure):
        raise
    except (Exception, SystemExit) as error:
        raise SystemFailure(
            f"{system.name!r} raised {type(error).__name__} on {instance}: {error}. The traceback "
            "above says where; mesascope only passed it the instance and a world"
        ) from error
    if not isinstance(choice, Choice):
        raise IllegalOutput(
            f"{system.name!r} returned {choice!r} on {instance}; a system returns a Choice"
        )
    return choice


def noise(seed: int, state: Hashable, feature: str, spread: int) -> int:
    """Return a whole number in -spread..spread that depends on the arguments alone.

    The same state is perturbed the same way however often it is asked about, so a search whose
    result cancels out does not look as if it mattered.
    """
    digest = hashlib.blake2b(f"{seed}|{state!r}|{feature}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") % (2 * spread + 1) - spread
