"""The maze worlds by name."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up
from mesascope.tasks.levels.world import LevelWorld
from mesascope.tasks.mazes.coin import Coin
from mesascope.tasks.mazes.corner import Corner
from mesascope.tasks.mazes.dish import Dish
from mesascope.tasks.mazes.follow import Follow
from mesascope.tasks.mazes.keys import Keys

WORLDS: Mapping[str, Callable[..., LevelWorld]] = {
    "corner": Corner,
    "dish": Dish,
    "keys": Keys,
    "coin": Coin,
    "follow": Follow,
}


def make_world(name: str, **settings: Any) -> LevelWorld:
    """Return the world of this name; without settings a 9 x 9 open grid, trained on in minutes.

    Args:
        name: one of `WORLDS`.
        settings: fields of that world's class.

    Raises:
        UnknownName: no such world, setting or layout; with the closest one.
        BadRequest: a setting has a value that makes no world.
    """
    kind: Any = look_up("world", name, WORLDS)
    known = {field.name: field for field in fields(kind) if field.name != "name"}
    for setting, value in settings.items():
        default = look_up(f"setting of {name}", setting, known).default
        if type(value) is not type(default):
            raise BadRequest(
                f"{setting} of {name} is {value!r}; {type(default).__name__} is expected, such as "
                f"{default!r}"
            )
    world: LevelWorld = kind(**settings)
    return world


def as_world(env: Any) -> LevelWorld | None:
    """Return the world of levels that something names or is; None for any other environment."""
    if isinstance(env, str):
        return make_world(env) if env in WORLDS else None
    return env if isinstance(env, LevelWorld) and hasattr(env, "draw") else None
