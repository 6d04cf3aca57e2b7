"""A policy played where it was trained and under shift, as somebody asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.processes.seen import Seen
from mesascope.studies.filming import EnvironmentStage
from mesascope.studies.in_turn import Kept, Played, in_turn
from mesascope.studies.played import play_on
from mesascope.studies.policy_request import PolicyRequest
from mesascope.systems.playing.environments import (
    BESIDE,
    UNSEEN,
    environment_of,
    play_environment,
)
from mesascope.systems.playing.levels import check_policy
from mesascope.systems.playing.recording import Role
from mesascope.systems.policies.named import Named
from mesascope.tasks.gymnasium_envs.fitting import fitted
from mesascope.tasks.gymnasium_envs.goal_names import candidates_of, check_within
from mesascope.tasks.gymnasium_envs.goals import Goal
from mesascope.tasks.gymnasium_envs.shift import Shift, shifts_of
from mesascope.tasks.levels.distribution import distributions
from mesascope.tasks.levels.world import LevelWorld
from mesascope.tasks.mazes.catalogue import as_world


def check_fit(loaded: Named, env: Any, asked: PolicyRequest) -> None:
    """Refuse a policy that cannot be played in an environment or under a shift, playing nothing.

    Raises:
        BadRequest: it cannot be given what is seen there, or has other actions.
    """
    world = as_world(env)
    if world is None:
        _fitted(loaded, env, asked)
    else:
        check_policy(loaded, world)


def _fitted(loaded: Named, env: Any, asked: PolicyRequest) -> list[Shift]:
    """Return where a policy is to be played, training first, as it takes it.

    Raises:
        BadRequest: two share a name, or the policy does not fit.
    """
    wanted = (Shift("train", "as it was trained", env), *shifts_of(asked.shifts))
    names = [one.name for one in wanted]
    if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise BadRequest(
            f"two distributions are called {twice[0]!r}, and the first is always 'train'; give "
            "each shift a name of its own, as in NAME=ENV, or in Python {'name': env}"
        )
    return [replace(one, make_env=fitted(one.make_env, loaded.interface)) for one in wanted]


@dataclass(frozen=True)
class Playing:
    """A policy, and how it is played."""

    policy: Named
    asked: PolicyRequest
    levels: int
    discount: float
    kept: Kept

    def world(self, world: LevelWorld) -> list[Played]:
        """Play in a world of levels, under every shift that it brings.

        Raises:
            BadRequest: something was asked for that the world decides.
        """
        asked = self.asked
        if asked.goals or asked.shifts or asked.base not in (None, "reward"):
            raise BadRequest(
                f"{world.name} brings its own goals ({', '.join(world.goals)}) and shifts; leave "
                "out base, goals and shifts"
            )
        if asked.horizon is not None:
            raise BadRequest(
                f"{world.name} ends its episodes after {world.horizon} steps; leave out the horizon"
            )
        return play_on(
            self.policy,
            distributions(world),
            discount=self.discount,
            seed=asked.seed or 0,
            levels=self.levels,
            sample=not asked.deterministic,
            kept=self.kept,
            say=self.kept.say,
        )

    def environments(self, env: Any) -> list[Played]:
        """Play in an environment, and in those that it is shifted to.

        Raises:
            BadRequest: two share a name, a goal lies outside all of them, or the policy cannot be
                given what is seen there, or has other actions.
        """
        shifts = _fitted(self.policy, env, self.asked)
        base = "reward" if self.asked.base is None else self.asked.base
        goals = candidates_of(base, self.asked.goals)
        if any(goal.outside for goal in goals):
            check_within(goals, [environment_of(one.make_env) for one in shifts])

        def play(where: Shift) -> Played:
            seen = self._environment(where, goals, "train" if where is shifts[0] else "shift")
            return Played(seen, EnvironmentStage(where.make_env, goals))

        return in_turn(shifts, play, self.kept)

    def _environment(self, where: Shift, goals: Sequence[Goal], role: Role) -> Seen:
        seed = self.asked.seed or 0
        first = UNSEEN + seed * self.levels
        seeds = range(first, first + self.levels) if where.seeds is None else where.seeds
        if self.kept.say is not None:
            self.kept.say(f"playing {len(seeds)} levels of {where.name}")
        return play_environment(
            self.policy,
            where.make_env,
            goals,
            levels=seeds,
            horizon=self.asked.horizon,
            seed=seed,
            discount=self.discount,
            sample=not self.asked.deterministic,
            beside=self.asked.beside or BESIDE,
            name=where.name,
            description=where.description,
            role=role,
        )
