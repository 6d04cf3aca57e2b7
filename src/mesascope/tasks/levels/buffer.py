"""Levels drawn beforehand: a named distribution, as an array of levels to play on."""

from functools import partial

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from mesascope.core.errors import BadRequest
from mesascope.tasks.levels.world import Level, LevelWorld


@partial(jax.jit, static_argnames=("world", "count"))
def _draw(world: LevelWorld, key: PRNGKeyArray, count: int, share: Float[Array, ""]) -> Level:
    def one(key: PRNGKeyArray) -> Level:
        kind, rest = jax.random.split(key)
        return world.draw(rest, jax.random.bernoulli(kind, share))

    return jax.vmap(one)(jax.random.split(key, count))


def draw_levels(world: LevelWorld, key: PRNGKeyArray, count: int, share: float = 0.0) -> Level:
    """Return `count` levels, each of them disambiguating with probability `share`.

    Args:
        world: whose levels.
        key: of all that is drawn.
        count: how many.
        share: α, the probability of a level on which the goals come apart: 0 is total confounding,
            1 the shifted distribution.

    Raises:
        BadRequest: no such share, or fewer than one level.
    """
    if count < 1:
        raise BadRequest(f"{count} levels were asked for; at least 1 is expected")
    if not 0.0 <= share <= 1.0:
        raise BadRequest(f"a share of disambiguating levels is from 0 to 1, and this is {share}")
    return _draw(world, key, count, share)
