"""The levels of an environment, each enumerated from the seed that it is reset with."""

from typing import Any

from mesascope.systems.playing.episodes import reset_to
from mesascope.tasks.gymnasium_envs.chance import undisturbed
from mesascope.tasks.gymnasium_envs.enumerate import Explored, NotEnumerable, explore
from mesascope.tasks.gymnasium_envs.errors import GoalFailed
from mesascope.tasks.gymnasium_envs.frozen import NotComparable
from mesascope.tasks.gymnasium_envs.goals import Goal, Moment
from mesascope.tasks.gymnasium_envs.make import actions_of
from mesascope.tasks.gymnasium_envs.remembering import Level, remembered
from mesascope.tasks.gymnasium_envs.state import key_of

CAP = 3000  # states of a level


class Enumerator:
    """Enumerates the levels of an environment, those that are the same once."""

    def __init__(self, env: Any, goals: tuple[Goal, ...], budget: int) -> None:
        """Make one.

        Args:
            env: to enumerate; it is reset.
            goals: asked at every step.
            budget: steps that may be tried in copies, over all levels.
        """
        self._env, self._goals, self._left = env, goals, budget
        self._known: dict[bytes, Level] = {}
        start = int(getattr(env.action_space, "start", 0))
        self._actions = range(start, start + len(actions_of(env)))

    def level(self, seed: int) -> Level:
        """Return the level of a seed.

        Raises:
            NotEnumerable: it cannot be copied or compared, or is too large.
            HasChance: what an action leads to was not the same twice.
            BudgetSpent: the budget is.
            GoalFailed: a goal raised on a state that can be reached.
        """
        with undisturbed(self._env):
            return self._level(seed)

    def _level(self, seed: int) -> Level:
        observation, info = reset_to(self._env, seed)
        try:
            key = key_of(self._env)
        except NotComparable as error:
            raise NotEnumerable(f"its states cannot be compared: it holds {error}") from error
        if key not in self._known:
            moment = Moment(self._env, observation, 0.0, info)
            found = _explored(self._env, self._goals, moment, self._actions, self._left, seed)
            self._left -= found.tried
            self._known[key] = remembered(found, CAP)
        return self._known[key]


def _explored(
    env: Any, goals: tuple[Goal, ...], moment: Moment, actions: range, left: int, seed: int
) -> Explored:
    try:
        return explore(env, goals, moment, actions=actions, cap=CAP, budget=left)
    except GoalFailed as error:
        raise GoalFailed(
            f"{error}, while the level of seed {seed} was enumerated. A goal must answer in every "
            "state that can be reached"
        ) from error
