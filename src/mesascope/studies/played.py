"""A policy on every distribution of a world of levels, and how to draw what it did there."""

from collections.abc import Callable, Sequence

import jax

from mesascope.core.randomness import stream
from mesascope.studies.episodes import Picture, WorldStage
from mesascope.studies.in_turn import Kept, Played, in_turn
from mesascope.studies.pictures import Rows
from mesascope.systems.playing.choosing import AnyPolicy
from mesascope.systems.playing.levels import play_levels
from mesascope.tasks.levels.distribution import Distribution
from mesascope.tasks.levels.world import Level, LevelWorld, State

LEVELS = 64  # per distribution: enough for an interval of about ±.1 on a share


def play_on(
    policy: AnyPolicy,
    everywhere: Sequence[Distribution],
    *,
    discount: float,
    seed: int,
    levels: int = LEVELS,
    sample: bool = True,
    kept: Kept | None = None,
    say: Callable[[str], None] | None = None,
) -> list[Played]:
    """Return what a policy does on each of some distributions, training first.

    Args:
        policy: with or without a memory.
        everywhere: where, such as the `distributions` of a world.
        discount: γ, of the returns.
        seed: of the levels, which are other levels than any that training drew, and the choices.
        levels: how many of each distribution.
        sample: draw actions from the policy; else take the most probable.
        kept: given what was seen where play comes to a stop.
        say: told what is going on.

    Raises:
        PlayStopped: the policy raised, or answered with no logits.
        PlayInterrupted: Ctrl-C.
    """

    def play(where: Distribution) -> Played:
        if say is not None:
            say(f"playing {levels} levels of {where.name}")
        drawn = fresh_levels(where, seed, levels)
        seen = play_levels(
            policy,
            where.world,
            drawn,
            seed=seed,
            discount=discount,
            sample=sample,
            name=where.name,
            description=where.description,
            role=where.role,
        )
        return Played(seen, WorldStage(_drawing(where.world, drawn), where.world.actions))

    return in_turn(everywhere, play, kept)


def fresh_levels(where: Distribution, seed: int, count: int, purpose: str = "audit") -> Level:
    """Return levels for a purpose; other purposes and seeds draw others."""
    number = int(stream(seed, "levels", purpose, where.name).integers(2**31))
    return where.draw(jax.random.key(number), count)


def _drawing(world: LevelWorld, levels: Level) -> Picture | None:
    draw: Callable[[Level, State], Rows] | None = getattr(world, "picture", None)
    if draw is None:
        return None

    def picture(level: int, state: int) -> Rows:
        one = jax.tree.map(lambda part: part[level], levels)
        return draw(one, world.state_at(one, jax.numpy.int32(state)))

    return picture
