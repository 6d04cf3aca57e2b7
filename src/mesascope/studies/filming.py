"""Episodes in somebody's environment, taken again to be drawn as a grid, or filmed as rendered."""

import os
import warnings
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mesascope.core.errors import MesascopeError
from mesascope.processes.seen import Seen
from mesascope.records.policy import EpisodeRecord, FilmRecord
from mesascope.studies.episodes import cells_of, episode_record
from mesascope.studies.pictures import Footage, Pictures, Rows, title_of
from mesascope.systems.playing.environments import environment_of
from mesascope.systems.playing.paths import path_of
from mesascope.systems.playing.repeating import NotRepeated, repeat_episode
from mesascope.tasks.gymnasium_envs.goal_names import goals_of
from mesascope.tasks.gymnasium_envs.goals import Goal
from mesascope.tasks.gymnasium_envs.make import actions_of, is_environment, make_environment
from mesascope.tasks.gymnasium_envs.picture import picture, place_of, turned
from mesascope.tasks.gymnasium_envs.rendered import NotRendered, rendered

_FRAMES = 40  # of a film
_SCREEN = "SDL_VIDEODRIVER"  # which Pygame draws on
_ON_PURPOSE = (MesascopeError, NotRendered, NotRepeated)


@dataclass(frozen=True)
class EnvironmentStage:
    """What is needed to show what happened in an environment.

    Attributes:
        make_env: makes the environment; or whatever is it, or names it.
        goals: candidates, as they were given.
    """

    make_env: Any
    goals: Sequence[Any]

    def pictures(
        self, seen: Seen, episodes: Sequence[int], inferred: str | None, room: int
    ) -> Pictures:
        """Return replays where the environment is a grid, and films where it can be rendered.

        Whatever goes wrong becomes the reason why there are none: it must not cost the audit.
        """
        try:
            with _quietly():
                return self._pictures(seen, episodes, inferred, room)
        except _ON_PURPOSE as error:
            return Pictures(why=str(error))
        except (Exception, SystemExit) as error:
            return Pictures(why=f"the environment raised {type(error).__name__}: {error}")

    def _pictures(
        self, seen: Seen, episodes: Sequence[int], inferred: str | None, room: int
    ) -> Pictures:
        goals = goals_of(self.goals)
        env = environment_of(self.make_env)
        env.reset(seed=seen.seeds[0])
        if picture(env) is not None:
            return Pictures([_drawn(seen, one, env, goals, inferred) for one in episodes])
        env = _rendering(self.make_env)
        return Pictures(films=[_film(seen, one, env, goals, room) for one in episodes])


@contextmanager
def _quietly() -> Iterator[None]:
    """Let renderers neither warn, as what was played has done already, nor look for a screen."""
    unset = _SCREEN not in os.environ
    if unset:
        os.environ[_SCREEN] = "dummy"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        if unset:
            os.environ.pop(_SCREEN, None)


def _rendering(make_env: Any) -> Any:
    """Return the environment, made so that it can be rendered if it takes the argument."""
    if is_environment(make_env):
        return environment_of(make_env)
    try:
        return make_environment(make_env, render_mode="rgb_array")
    except MesascopeError:
        return environment_of(make_env)


def _drawn(
    seen: Seen, episode: int, env: Any, goals: tuple[Goal, ...], inferred: str | None
) -> EpisodeRecord:
    frames: list[Rows] = []
    places: list[int] = []
    ways: list[int | None] = []

    def watch(env: Any) -> None:
        frames.append(picture(env) or [])
        places.append(place_of(env))
        ways.append(turned(env))

    repeat_episode(seen, episode, env, goals, watch)
    if seen.graphs is not None and path_of(seen, episode).places.tolist() != places:
        raise NotRepeated("with the same seed and actions the agent went elsewhere")
    faces = [way for way in ways if way is not None]
    path = cells_of(places, frames[0])
    footage = Footage(frames, path, faces if len(faces) == len(frames) else [])
    return episode_record(seen, episode, footage, actions_of(env), inferred)


def _film(seen: Seen, episode: int, env: Any, goals: tuple[Goal, ...], room: int) -> FilmRecord:
    total = int((seen.episode == episode).sum())
    count = min(total + 1, _FRAMES)
    wanted = {round(i * total / (count - 1)) for i in range(count)}
    frames: dict[int, str] = {}
    time = 0

    def watch(env: Any) -> None:
        nonlocal time
        if time in wanted:
            frames[time] = b64encode(rendered(env)).decode()
        time += 1

    repeat_episode(seen, episode, env, goals, watch)
    steps = sorted(frames)
    while sum(len(frames[step]) for step in steps) > room:
        if len(steps) == 1:
            raise NotRendered("what the environment renders is too large for a report")
        steps = steps[::2]
    return FilmRecord(
        distribution=seen.name,
        title=title_of(seen, episode),
        frames=[frames[step] for step in steps],
        steps=steps,
        total=total,
        returns=dict(zip(seen.goals, seen.returns[episode].tolist(), strict=True)),
    )
