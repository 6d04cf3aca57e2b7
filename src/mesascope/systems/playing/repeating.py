"""An episode taken again in its environment, to be looked at."""

from collections.abc import Callable
from typing import Any

import numpy as np

from mesascope.processes.seen import Seen
from mesascope.systems.playing.episodes import Episode, Plan
from mesascope.systems.playing.recording import About, Recorder
from mesascope.tasks.gymnasium_envs.chance import undisturbed
from mesascope.tasks.gymnasium_envs.goals import Goal

_ALIKE = 1e-9  # of returns, relative


class NotRepeated(Exception):
    """With the same seed and actions an environment did otherwise: to be told in a note."""


def repeat_episode(
    seen: Seen, episode: int, env: Any, goals: tuple[Goal, ...], watch: Callable[[Any], None]
) -> None:
    """Take an episode's actions once more from the same seed.

    Args:
        seen: what was seen in an environment.
        episode: which.
        env: the same environment, perhaps made to render; it is reset.
        goals: those of `seen`.
        watch: shown the environment at the start and after every step.

    Raises:
        NotRepeated: the episode ended elsewhere, or was worth something else.
        EnvironmentFailed, GoalFailed: they did, this time.
    """
    level = int(seen.level_of[episode])
    actions = seen.action[seen.episode == episode]
    start = (seen.seeds[level], int((seen.level_of[:episode] == level).sum()))
    about = About(seen.name, "", seen.role, seen.goals, seen.discount, seen.horizon)
    recorder = Recorder(about, np.zeros(1, np.int64))
    plan = Plan(goals, [start], [], recorder, lambda row, shown: watch(shown))
    with undisturbed(env):
        again = Episode(plan, env, 0)
        ends = [again.step(int(action)) for action in actions]
    # The returns of a level that was enumerated are its graph's, in which there is no time.
    alike = seen.graphs is not None or np.allclose(
        recorder.returns[0], seen.returns[episode], rtol=_ALIKE, atol=_ALIKE
    )
    if not ends or not ends[-1] or any(ends[:-1]) or not alike:
        raise NotRepeated("with the same seed and actions the environment did otherwise")
