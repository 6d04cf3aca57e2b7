"""How levels are looked for."""

import math
from dataclasses import dataclass

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import check_seed


@dataclass(frozen=True)
class ProbeSettings:
    """How levels are looked for.

    Attributes:
        budget: levels that are scored at most, in each of the two searches; by default 4,096 of a
            world of ours, and 64 of an environment, which are enumerated one by one.
        keep: levels that are wanted to tell goals apart.
        discount: γ of the returns; by default what the policy says that it was trained with, or
            else .99.
        rationality: β, per unit of a goal's stake, of the policies that are to be told apart.
        lapse: share of their choices that are made at random.
        seed: of everything.
    """

    budget: int | None = None
    keep: int = 4
    discount: float | None = None
    rationality: float = 30.0
    lapse: float = 0.05
    seed: int = 0

    def __post_init__(self) -> None:
        check_seed(self.seed)
        for name, fits, expected in (
            ("keep", self.keep >= 1, "1 at least"),
            ("discount", 0.0 <= (self.discount or 0.0) <= 1.0, "a number from 0 to 1"),
            ("rationality", 0.0 < self.rationality < math.inf, "a number above 0"),
            ("lapse", 0.0 <= self.lapse <= 1.0, "a share from 0 to 1"),
        ):
            if not fits:
                raise BadRequest(f"the {name} is {getattr(self, name)}; {expected} is expected")
