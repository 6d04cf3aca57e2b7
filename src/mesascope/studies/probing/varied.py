"""What varies in an environment whose levels are designed, as it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesascope.core.errors import BadRequest
from mesascope.systems.playing.environments import UNSEEN
from mesascope.tasks.gymnasium_envs.variation import Variation, values_named

_MOST_SEEDS = 1_000_000


@dataclass(frozen=True)
class Varied:
    """What is asked for of an environment beside the goals that remain.

    Attributes:
        base: the base objective, as one goal.
        vary: the values of each argument that it may be made with, by name; or texts such as
            `size=5..9`.
        seeds: that it may be reset with, or how many.
        horizon: steps per episode; what the environment says unless given.
    """

    base: Any = "reward"
    vary: Mapping[str, Sequence[Any]] | Sequence[str] = ()
    seeds: int | Sequence[int] = 64
    horizon: int | None = None

    def variation(self) -> Variation:
        """Return all settings.

        Raises:
            BadRequest: what varies cannot be read, or there is no seed.
        """
        seeds, vary = self.seeds, self.vary
        if isinstance(seeds, int):
            if not 1 <= seeds <= _MOST_SEEDS:
                raise BadRequest(
                    f"{seeds} seeds were asked for; from 1 to {_MOST_SEEDS:,} are expected"
                )
            seeds = range(UNSEEN, UNSEEN + seeds)
        named = vary if isinstance(vary, Mapping) else dict(values_named(text) for text in vary)
        if len(named) < len(vary):
            raise BadRequest("an argument varies twice; give all its values once, as in size=5,7")
        return Variation({name: tuple(values) for name, values in named.items()}, tuple(seeds))
