"""A world of levels as a Gymnasium environment."""

from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from mesascope.tasks.gymnasium_envs.extras import need
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.world import LevelWorld


def gymnasium_view(
    world: LevelWorld, *, share: float = 0.0, levels: int = 256, seed: int = 0
) -> Any:
    """Return a `gymnasium.Env` whose episodes are played on levels drawn beforehand.

    `reset` takes one of them at random, or the one whose number is `options["level"]`. The info
    has the reward of every goal by its name, and the level's number as `level`. The attribute
    `level` of the unwrapped environment is the level itself, and `world` its world. It can be
    copied and enumerated: time is counted apart from the state, and chance, where there is some, is
    drawn from Gymnasium's generator.

    Args:
        world: deterministic or not.
        share: α, the probability of a level on which the goals come apart.
        levels: how many are drawn.
        seed: of the levels; `reset(seed=…)` sets which of them come up.

    Raises:
        MissingExtra: Gymnasium is not installed.
        BadRequest: no such share, or no level.
    """
    need("gymnasium")
    drawn = jax.device_get(draw_levels(world, jax.random.key(seed), levels, share))
    return _kind()(world, drawn, levels)


@cache
def _kind() -> Any:
    """Return the class, which can be made only once Gymnasium is there."""
    import gymnasium

    class LevelEnv(gymnasium.Env[np.ndarray, Any]):
        """Episodes on levels."""

        render_mode = "ansi"

        def __init__(self, world: LevelWorld, levels: Any, count: int) -> None:
            self.metadata = {"render_modes": ["ansi"]}
            self.world, self.levels, self.count = world, levels, count
            self.level, self._state, self.step_count = None, None, 0
            some = jax.eval_shape(lambda: (self._at(0), world.reset(self._at(0))))
            shape = jax.eval_shape(world.observe, *some)
            self._chance = _draws(world, *some)
            spaces = gymnasium.spaces
            self.action_space = spaces.Discrete(len(world.actions))
            boolean = shape.dtype == jnp.bool_
            self.observation_space = (
                spaces.MultiBinary(shape.shape)
                if boolean
                else spaces.Box(-np.inf, np.inf, shape.shape, np.dtype(shape.dtype))
            )

        def _at(self, number: int) -> Any:
            return jax.tree.map(lambda leaf: leaf[number], self.levels)

        def _seen(self, observation: Any) -> np.ndarray:
            return np.asarray(observation, self.observation_space.dtype)

        def reset(
            self, *, seed: int | None = None, options: dict[str, Any] | None = None
        ) -> tuple[np.ndarray, dict[str, Any]]:
            super().reset(seed=seed)
            number = (options or {}).get("level")
            self.number = int(self.np_random.integers(self.count) if number is None else number)
            self.level, self.step_count = self._at(self.number), 0
            self._state, observation = jax.device_get(_begun(self.world, self.level))
            info = dict.fromkeys(self.world.goals, 0.0) | {"level": self.number}
            return self._seen(observation), info

        def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
            seed = int(self.np_random.integers(2**31)) if self._chance else 0
            moved, self._state = jax.device_get(
                _moved(self.world, seed, self.level, self._state, int(action))
            )
            self.step_count += 1
            info = {goal: float(moved.info[goal]) for goal in self.world.goals}
            ends = bool(moved.terminated), self.step_count >= self.world.horizon
            seen = self._seen(moved.observation)
            return seen, float(moved.reward), *ends, info | {"level": self.number}

        def render(self) -> str:
            """Return the grid as text, where the world can draw itself; else the state."""
            picture = getattr(self.world, "picture", None)
            if picture is None:
                return str(self._state)
            rows = picture(self.level, self._state)
            width = max(len(cell) for row in rows for cell in row)
            return "\n".join(" ".join(f"{cell:<{width}}" for cell in row) for row in rows)

    return LevelEnv


@partial(jax.jit, static_argnums=0)
def _begun(world: LevelWorld, level: Any) -> tuple[Any, Any]:
    state = world.reset(level)
    return state, world.observe(level, state)


@partial(jax.jit, static_argnums=0)
def _moved(world: LevelWorld, seed: Any, level: Any, state: Any, action: Any) -> tuple[Any, Any]:
    """Return what a step gives, and the state that it leads to at time 0."""
    moved = world.step(jax.random.key(seed), level, state, jnp.int32(action))
    return moved, world.state_at(level, world.index_of(level, moved.state))


def _draws(world: LevelWorld, level: Any, state: Any) -> bool:
    """Return whether a step makes use of its key, and so may have chance in it."""
    key, action = jax.eval_shape(lambda: (jax.random.key(0), jnp.int32(0)))
    traced = jax.make_jaxpr(world.step)(key, level, state, action).jaxpr
    used = [one for step in traced.eqns for one in step.invars]
    return any(one is traced.invars[0] for one in [*used, *traced.outvars])
