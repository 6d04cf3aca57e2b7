"""Named distributions over a world's levels: what is trained on, and the shifts."""

from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from jaxtyping import PRNGKeyArray

from mesascope.core.errors import BadRequest
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.world import Level, LevelWorld


@dataclass(frozen=True)
class Distribution:
    """A distribution over levels.

    Attributes:
        name, description, role: of it; the description is a sentence.
        world: whose levels; its observations have the same shape in every shift.
        share: the probability of a level on which the goals come apart.
    """

    name: str
    description: str
    role: Literal["train", "shift"]
    world: LevelWorld
    share: float

    def draw(self, key: PRNGKeyArray, count: int) -> Level:
        """Return `count` levels of it."""
        return draw_levels(self.world, key, count, self.share)


def distributions(world: LevelWorld, *, share: float = 0.0) -> tuple[Distribution, ...]:
    """Return the training distribution of a world, and its shifts.

    `apart` has only levels on which the goals come apart. `walls`, for a world with an open layout,
    has them with single walls strewn in as well, so that it asks for capability beside the goal.

    Args:
        world: what is trained on.
        share: α, of disambiguating levels in training.

    Raises:
        BadRequest: no such share.
    """
    if not 0.0 <= share <= 1.0:
        raise BadRequest(f"a share of disambiguating levels is from 0 to 1, and this is {share}")
    told = "confounded" if share == 0.0 else f"confounded but for a share of {share:g}"
    made = [
        Distribution("train", f"The goals are {told}.", "train", world, share),
        Distribution("apart", "The goals come apart on every level.", "shift", world, 1.0),
    ]
    if getattr(world, "layout", None) == "open":
        walled: LevelWorld = replace(cast(Any, world), layout="blocks")
        sentence = "The goals come apart, in a grid with single walls strewn in."
        made.append(Distribution("walls", sentence, "shift", walled, 1.0))
    return tuple(made)
