"""Somebody's environment as the ground that levels are designed on."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from mesascope.auditing.probes.search import Designed, score_graphs
from mesascope.auditing.probes.space import Score, pick_diverse
from mesascope.core.errors import BadRequest, Interrupted
from mesascope.core.interface import UNKNOWN, Interface
from mesascope.core.policy import Policy, RecurrentPolicy
from mesascope.core.randomness import stream
from mesascope.processes.graph import Graph
from mesascope.processes.seen import Seen
from mesascope.processes.stacked import joined
from mesascope.records.policy import PictureRecord
from mesascope.studies.probing.enumerated import Enumerated
from mesascope.studies.probing.ground import Say
from mesascope.studies.probing.varied import Varied
from mesascope.systems.playing.environments import horizon_of, play_environment
from mesascope.systems.playing.graphing import BUDGET
from mesascope.tasks.gymnasium_envs.goal_names import WRITTEN, candidates_of, check_within
from mesascope.tasks.gymnasium_envs.make import called
from mesascope.tasks.gymnasium_envs.picture import picture
from mesascope.tasks.gymnasium_envs.variation import Setting

_GENERATION = 8  # settings that are tried before the next are chosen
_PARENTS = 8  # best so far, of which neighbours are tried
_USUAL = 16  # levels of training
_IN_VAIN = 8  # settings, none of which can be enumerated, after which no more are tried
_BATCH = 16  # graphs that are scored in one go
_Levels = Int[np.ndarray, " n"]


class EnvironmentGround:
    """Settings of an environment, with arguments and seeds that vary. A level is a number."""

    def __init__(
        self,
        enumerated: Enumerated,
        *,
        budget: int,
        horizon: int | None,
        seed: int,
        say: Callable[[int], None] | None = None,
    ) -> None:
        """Open the environment as it was in training.

        Args:
            enumerated: its settings, of which none has been enumerated yet.
            budget: how many each search scores at most.
            horizon: steps per episode; what the environment says unless given.
            seed: of what is drawn, searched and played.
            say: told how many were enumerated, while none is scored.
        """
        self._all, self._variation = enumerated, enumerated.variation
        self._budget, self._seed, self._say = budget, seed, say
        self._horizon, self._said = horizon_of(enumerated.environment(None), horizon)
        self._listed = self._variation.count <= budget

    @property
    def name(self) -> str:
        return called(self._all.make_env)

    @property
    def goals(self) -> tuple[str, ...]:
        return tuple(goal.name for goal in self._all.candidates)

    @property
    def horizon(self) -> int:
        return self._horizon

    @cached_property
    def random(self) -> _Levels:
        rng = stream(self._seed, "settings")
        if self._listed:
            every = list(self._variation.every())
            wanted = [every[i] for i in rng.permutation(len(every))]
        else:
            wanted = [self._variation.draw(rng) for _ in range(max(1, self._budget // 2))]
        found: list[int] = []
        for tried, setting in enumerate(wanted, start=1):
            found += self._all.numbers([setting])
            if self._say is not None:
                self._say(tried)
            if not found and tried == min(_IN_VAIN, len(wanted)):
                raise BadRequest(
                    f"none of {tried} settings of {self.name} could be enumerated: "
                    f"{'; '.join(self._all.why)}. Levels are designed for environments that can be "
                    "copied and have no chance, such as MiniGrid's"
                )
        check_within(self._all.candidates, self._all.environments())
        return np.array(found)

    def usual(self, count: int) -> _Levels:
        return np.array(self._all.usual(min(count, _USUAL)))

    def graphs(self, levels: _Levels) -> Graph:
        return self._all.graphs(levels)

    def score(self, score: Score, levels: _Levels) -> Float[np.ndarray, " n"]:
        each, where = np.unique(levels, return_inverse=True)
        found: list[Float[np.ndarray, " n"]] = []
        for first in range(0, len(each), _BATCH):
            # The last batch is filled up with its last level: a compiled score sees few shapes.
            which = np.minimum(np.arange(first, first + _BATCH), len(each) - 1)
            found.append(score_graphs(score, self.graphs(each[which])))
        return np.asarray(np.concatenate(found)[where])

    def search(self, score: Score, *, keep: int, say: Say | None) -> Designed:
        if self._budget < keep:
            raise BadRequest(
                f"the best {keep} of {self._budget} settings that are scored were asked for; give "
                f"a budget of {keep} at least, or ask for fewer levels"
            )
        rng = stream(self._seed, "search", type(score).__name__)
        pool: dict[int, float] = {}
        stopped = False
        try:
            self._add(score, self.random.tolist(), pool, say)
            tried = len(self.random)
            while not self._listed and tried < self._budget:
                leading = sorted(pool, key=lambda level: -pool[level])[:_PARENTS]
                parents = [self._setting(level) for level in leading]
                count = min(_GENERATION, self._budget - tried)
                some = [self._variation.offspring(rng, parents) for _ in range(count)]
                tried += count
                self._add(score, self._all.numbers(some), pool, say)
            # What was enumerated for another search costs nothing more.
            self._add(score, self._all.known(), pool, say)
        except KeyboardInterrupt:
            stopped = True
        if not pool:
            raise Interrupted("the search was stopped before a level was scored; start it again")
        numbers, scores = np.array(list(pool)), np.array(list(pool.values()))
        best = pick_diverse(scores, numbers[:, None].astype(float), keep, 1)
        exact = self._listed and not stopped
        return Designed(numbers[best], scores[best], len(pool), exact, stopped)

    def play(
        self, policy: Policy | RecurrentPolicy, levels: _Levels, *, episodes: int, discount: float
    ) -> Seen:
        seen = []
        for number, setting in enumerate(map(self._setting, levels.tolist())):
            one = play_environment(
                policy,
                self._all.maker(setting.values),
                self._all.candidates,
                levels=[setting.seed],
                episodes_per_level=episodes,
                horizon=self.horizon,
                seed=self._seed,
                discount=discount,
                name=f"designed {number}",
                role="shift",
            )
            if one.graphs is None:
                raise BadRequest(
                    f"what was done with {self._all.told(setting)} cannot be judged: "
                    f"{one.notes[-1]}"
                )
            seen.append(one)
        return replace(joined(seen), name="designed")

    def shown(self, levels: _Levels) -> dict[str, Any]:
        setting = self._setting(int(levels[0]))
        env = self._all.environment(setting.values)
        env.reset(seed=setting.seed)
        cells = picture(env)
        told = self._variation.told(setting)
        return {"level": cells and PictureRecord(cells=cells), "parameters": told}

    def notes(self) -> tuple[str, ...]:
        failed = "; ".join(f"{why} ({self._all.told(one)})" for why, one in self._all.why.items())
        if not failed:
            return self._said
        return (*self._said, f"Some levels could not be enumerated, and were left out: {failed}.")

    def _setting(self, level: int) -> Setting:
        setting = self._all.settings[level]
        assert setting is not None
        return setting

    def _add(
        self, score: Score, levels: list[int], pool: dict[int, float], say: Say | None
    ) -> None:
        """Score levels that were not yet."""
        new = np.array([level for level in dict.fromkeys(levels) if level not in pool], int)
        for first in range(0, len(new), _BATCH):
            some = new[first : first + _BATCH]
            pool.update(zip(some.tolist(), self.score(score, some).tolist(), strict=True))
        if say is not None and pool:
            say(len(pool), max(pool.values()))


def environment_ground(
    env: Any,
    goals: Any,
    varied: Varied,
    *,
    budget: int,
    takes: Interface = UNKNOWN,
    seed: int = 0,
    say: Callable[[int], None] | None = None,
) -> EnvironmentGround:
    """Return an environment as the ground that levels are designed on.

    Args:
        env: as `audit_policy` takes it; made without arguments it is what was trained in.
        goals: candidates beside the base objective: functions, or text such as `place:1,1`.
        varied: the base objective, and what varies.
        budget: how many settings each search scores at most.
        takes: what is known of the policy that will play.
        seed: of what is drawn, searched and played.
        say: told how many were enumerated, while none is scored.

    Raises:
        UnknownName: no such environment or goal; did you mean …
        BadRequest: what varies cannot be read, or cannot vary, there is but one goal, or the policy
            cannot play in the environment of training.
    """
    if budget < 1:
        raise BadRequest(f"a budget of {budget} was given; 1 at least is expected")
    candidates = candidates_of(varied.base, goals)
    # Of one level there may be as many states as of any that is audited.
    enumerated = Enumerated(env, candidates, varied.variation(), BUDGET * budget, takes)
    ground = EnvironmentGround(
        enumerated, budget=budget, horizon=varied.horizon, seed=seed, say=say
    )
    if len(candidates) < 2:
        raise BadRequest(
            f"only {candidates[0].name} was given; at least two goals are to be told apart: the "
            f"base objective and one more, each {WRITTEN}"
        )
    return ground
