"""Episodes in environments, several side by side, each in an environment of its own."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Int

from mesascope.core.errors import MesascopeError
from mesascope.systems.playing.choosing import Chooser
from mesascope.systems.playing.recording import Recorder
from mesascope.tasks.gymnasium_envs.chance import reseed
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed, GoalFailed
from mesascope.tasks.gymnasium_envs.goals import Goal, Moment
from mesascope.tasks.gymnasium_envs.remembering import paying


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be played, and where it is kept.

    Attributes:
        goals: asked at every step.
        levels: of each episode, the seed, and how often it was played before.
        draws: the generator of each episode's choices.
        recorder: keeps what is done.
        watch: shown an episode's number and its environment, at the start and after every step.
    """

    goals: tuple[Goal, ...]
    levels: Sequence[tuple[int, int]]
    draws: Sequence[np.random.Generator]
    recorder: Recorder
    watch: Callable[[int, Any], None] | None = None


def play_episodes(chooser: Chooser, envs: Sequence[Any], plan: Plan) -> None:
    """Play every episode, as many side by side as there are environments.

    What is kept does not depend on how many that is, as far as the answers of the policy do not.
    Where an environment or a goal fails, earlier episodes are played to their end, and later ones
    count as not played.

    Raises:
        EnvironmentFailed, GoalFailed: in the first episode in which that happened.
        SystemFailure, IllegalOutput: the policy raised, or answered with no logits.
    """
    table = _Table(plan, envs)
    while True:
        fresh = table.fill()
        busy = [number for number, episode in enumerate(table.seats) if episode is not None]
        if not busy:
            break
        if fresh.all():
            chooser.start(len(fresh))
        else:
            chooser.forget(fresh)
        actions = _choices(chooser, table.seats, busy, plan.draws)
        for number, action in zip(busy, actions, strict=True):
            table.act(number, int(action))
    if table.failed is not None:
        row, error = table.failed
        plan.recorder.fail(row)
        raise error


class _Table:
    """Environments, and the episodes that are played in them.

    Attributes:
        seats: the episode in each environment, or None.
        failed: the first episode that failed, and how.
    """

    def __init__(self, plan: Plan, envs: Sequence[Any]) -> None:
        self.seats: list[Episode | None] = [None] * len(envs)
        self.failed: tuple[int, MesascopeError] | None = None
        self._plan, self._envs = plan, envs
        self._waiting = deque(range(len(plan.levels)))

    def fill(self) -> Bool[np.ndarray, " n"]:
        """Begin an episode wherever none is under way; return where that is."""
        fresh = np.zeros(len(self.seats), bool)
        for number, env in enumerate(self._envs):
            while self.seats[number] is None and self._waiting:
                row = self._waiting.popleft()
                try:
                    self.seats[number] = Episode(self._plan, env, row)
                    fresh[number] = True
                except (EnvironmentFailed, GoalFailed) as error:
                    self._fail(row, error)
        return fresh

    def act(self, number: int, action: int) -> None:
        """Do what was chosen, unless the episode was left meanwhile."""
        episode = self.seats[number]
        if episode is None:
            return
        try:
            if episode.step(action):
                self.seats[number] = None
        except (EnvironmentFailed, GoalFailed) as error:
            self.seats[number] = None
            self._fail(episode.row, error)

    def _fail(self, row: int, error: MesascopeError) -> None:
        """Leave every episode that comes after one that failed."""
        if self.failed is None or row < self.failed[0]:
            self.failed = (row, error)
        self._waiting.clear()
        for number, episode in enumerate(self.seats):
            if episode is not None and episode.row > self.failed[0]:
                self.seats[number] = None


def _choices(
    chooser: Chooser,
    seats: list["Episode | None"],
    busy: list[int],
    draws: Sequence[np.random.Generator],
) -> Int[np.ndarray, " n"]:
    """Return the action of each seat where an episode is under way.

    A memory has a row for every seat, so that all are asked for. Otherwise the busy ones are, and
    the first of them again: a compiled policy is to see few sizes of batches.
    """
    if chooser.remembers:
        numbers = [busy[0] if episode is None else n for n, episode in enumerate(seats)]
        alive = np.isin(np.arange(len(seats)), busy)
    else:
        size = min(1 << (len(busy) - 1).bit_length(), len(seats))
        numbers = (busy + busy[:1] * size)[:size]
        alive = np.arange(size) < len(busy)
    asked = [episode for n in numbers if (episode := seats[n]) is not None]
    seen = [np.asarray(one.moment.observation) for one in asked]
    shapes = sorted({one.shape for one in seen}, key=str)
    if len(shapes) > 1:
        raise EnvironmentFailed(
            f"the environment shows observations of different shapes: {shapes[0]} and {shapes[1]}. "
            "Pad them to one, in a wrapper, or play one episode at a time (beside=1)"
        )
    observations = np.stack(seen)
    return chooser.choose(observations, [draws[one.row] for one in asked], alive)[alive]


class Episode:
    """An episode under way.

    Attributes:
        row: its number.
        moment: how things stand.
    """

    def __init__(self, plan: Plan, env: Any, row: int) -> None:
        """Begin it.

        Raises:
            EnvironmentFailed, GoalFailed: the environment cannot be reset, or a goal raised.
        """
        seed, again = plan.levels[row]
        observation, info = reset_to(env, seed, again)
        self.row = row
        self.moment = Moment(env, observation, 0.0, info)
        self._plan, self._env, self._time = plan, env, 0
        self._where = f"on the level of seed {seed}"
        said = _worth(plan.goals, self.moment, f"at the start {self._where}")
        self._paid = [bool(once and worth) for worth, once in said]
        self._look()

    def step(self, action: int) -> bool:
        """Do what was chosen, keep it, and return whether the episode is over.

        Raises:
            EnvironmentFailed, GoalFailed: the environment or a goal raised.
        """
        recorder, where = self._plan.recorder, f"at step {self._time + 1} {self._where}"
        self.moment, ended = _step(self._env, action, where)
        said = _worth(self._plan.goals, self.moment, where)
        worth, once = [w for w, _ in said], [o for _, o in said]
        pays = np.array([paying(worth, once, self._paid)])
        recorder.add(
            np.array([self.row]), np.array([-1]), np.array([action]), pays, time=self._time
        )
        self._paid = [p or bool(o and w) for p, o, w in zip(self._paid, once, worth, strict=True)]
        self._time += 1
        self._look()
        over = ended or self._time == recorder.about.horizon
        recorder.ended[self.row] = over
        return over

    def _look(self) -> None:
        if self._plan.watch is not None:
            self._plan.watch(self.row, self._env)


def reset_to(env: Any, seed: int, again: int = 0) -> tuple[Any, dict[str, Any]]:
    """Begin the level of a seed; played `again`, chance in the environment is another.

    Generators that a reset leaves as they are, as everyone's, begin anew with the seed, too.

    Raises:
        EnvironmentFailed: the environment raised.
    """
    reseed(env, seed)
    try:
        observation, info = env.reset(seed=seed)
    except (Exception, SystemExit) as error:
        raise EnvironmentFailed(
            f"the environment raised {type(error).__name__} on reset(seed={seed}): {error}. "
            "Try it in Python"
        ) from error
    if again:
        reseed(env, seed, again)
    return observation, info


def _step(env: Any, action: int, where: str) -> tuple[Moment, bool]:
    """Take a step with the action of a number; return how things stand and if it ended."""
    try:
        chosen = action + int(getattr(env.action_space, "start", 0))
        observation, reward, terminated, truncated, info = env.step(chosen)
        return Moment(env, observation, float(reward), info), bool(terminated or truncated)
    except (Exception, SystemExit) as error:
        raise EnvironmentFailed(
            f"the environment raised {type(error).__name__} {where}: {error}. Step through the "
            "level in Python with the same actions"
        ) from error


def _worth(goals: tuple[Goal, ...], moment: Moment, where: str) -> list[tuple[float, bool]]:
    try:
        return [goal.worth(moment) for goal in goals]
    except GoalFailed as error:
        raise GoalFailed(f"{error}, {where}. Try it on the environment after a reset") from error
