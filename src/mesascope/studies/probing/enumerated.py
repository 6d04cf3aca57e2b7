"""The settings of an environment, enumerated as they are asked for, and numbered."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Int

from mesascope.core.errors import BadRequest
from mesascope.core.interface import UNKNOWN, Interface
from mesascope.processes.graph import Graph
from mesascope.processes.stacked import stacked
from mesascope.systems.playing.enumerator import Enumerator
from mesascope.systems.playing.environments import UNSEEN, environment_of
from mesascope.tasks.gymnasium_envs.enumerate import NotEnumerable
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed
from mesascope.tasks.gymnasium_envs.fitting import fitted
from mesascope.tasks.gymnasium_envs.goals import Goal
from mesascope.tasks.gymnasium_envs.make import is_environment, make_environment
from mesascope.tasks.gymnasium_envs.remembering import Level
from mesascope.tasks.gymnasium_envs.variation import Setting, Variation

_Values = tuple[int, ...] | None  # of what varies; None in training


@dataclass(eq=False)
class Enumerated:
    """Levels by number, the same level once, whichever seed gave it.

    Attributes:
        make_env: what makes or names the environment.
        candidates: goals, the base objective first.
        variation: what varies.
        steps: how many may be tried in copies, for each choice of what varies.
        takes: what is known of the policy that will play.
        settings: of each level by number; None of a level of training.
        why: settings that could not be enumerated, the first of each reason; None in training.
    """

    make_env: Any
    candidates: tuple[Goal, ...]
    variation: Variation
    steps: int
    takes: Interface = UNKNOWN
    settings: list[Setting | None] = field(default_factory=list)
    why: dict[str, Setting | None] = field(default_factory=dict)
    _levels: list[Level] = field(default_factory=list)
    _numbers: dict[Setting, int | None] = field(default_factory=dict)
    _envs: dict[_Values, tuple[Any, Enumerator]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if is_environment(self.make_env) and self.variation.arguments:
            raise BadRequest(
                f"{self.make_env} is made already, so that {', '.join(self.variation.arguments)} "
                "cannot vary; give its id or a function that makes it"
            )

    def environment(self, values: _Values) -> Any:
        """Return the environment with some values of what varies; in training, if None."""
        return self._opened(values)[0]

    def environments(self) -> list[Any]:
        """Return all that were opened."""
        return [env for env, _ in self._envs.values()]

    def maker(self, values: _Values) -> Any:
        """Return what makes it so."""
        given = self.variation.made_with(Setting(values, 0)) if values else {}
        made = partial(make_environment, self.make_env, **given) if values else self.make_env
        return fitted(made, self.takes)

    def numbers(self, settings: Iterable[Setting]) -> list[int]:
        """Return the numbers of settings' levels, without those that cannot be enumerated."""
        found = [self._number(setting) for setting in settings]
        return [number for number in found if number is not None]

    def usual(self, count: int) -> list[int]:
        """Return the numbers of levels of training.

        Raises:
            BadRequest: they cannot be enumerated.
        """
        _, enumerator = self._opened(None)
        try:
            return [
                self._keep(None, enumerator.level(seed)) for seed in range(UNSEEN, UNSEEN + count)
            ]
        except NotEnumerable as error:
            self.why.setdefault(str(error), None)
            raise BadRequest(f"levels of training could not be enumerated: {error}") from error

    def known(self) -> list[int]:
        """Return the numbers of all levels but those of training."""
        return [number for number, setting in enumerate(self.settings) if setting is not None]

    def graphs(self, levels: Int[np.ndarray, " n"]) -> Graph:
        """Return the graphs of levels, with a leading axis."""
        return stacked([self._levels[level].graph for level in levels.tolist()])

    def told(self, setting: Setting | None) -> str:
        """Return a setting in words."""
        if setting is None:
            return "in training"
        told = self.variation.told(setting)
        return ", ".join(f"{name}={value!r}" for name, value in told.items())

    def _number(self, setting: Setting) -> int | None:
        if setting not in self._numbers:
            try:
                level = self._opened(setting.values)[1].level(setting.seed)
                number = self._keep(setting, level)
            except (NotEnumerable, EnvironmentFailed, BadRequest) as error:
                self.why.setdefault(str(error), setting)
                number = None
            self._numbers[setting] = number
        return self._numbers[setting]

    def _keep(self, setting: Setting | None, level: Level) -> int:
        """Return the number of a level, a new one if it is new."""
        actions = level.successor.shape[1]
        if self._levels and actions != self._levels[0].successor.shape[1]:
            raise NotEnumerable(f"it has {actions} actions, and others have another number")
        for number, known in enumerate(self._levels):
            if known is level and (self.settings[number] is None) == (setting is None):
                return number
        self.settings.append(setting)
        self._levels.append(level)
        return len(self._levels) - 1

    def _opened(self, values: _Values) -> tuple[Any, Enumerator]:
        if values not in self._envs:
            env = environment_of(self.maker(values))
            self._envs[values] = (env, Enumerator(env, self.candidates, self.steps))
        return self._envs[values]
