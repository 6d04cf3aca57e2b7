"""What a caller asks a run to be, and how that is written down."""

from dataclasses import asdict, dataclass, field
from math import inf
from typing import Any

from mesascope.auditing.settings import Settings
from mesascope.core.errors import BadRequest
from mesascope.core.randomness import check_seed
from mesascope.organisms.organism import Organism, Wishes
from mesascope.records.run import ConfigRecord

_QUICK = {
    "episodes": 120,
    "instances": 40,
    "control_episodes": 200,
    "shift_budget": 20,
    "fresh_episodes": 120,
}


def audit_settings(seed: int, *, quick: bool) -> Settings:
    """Return how an audit is set; quick ones draw smaller samples."""
    return Settings(seed=seed, **(_QUICK if quick else {}))


@dataclass(frozen=True)
class Request:
    """What the caller asked for; None where the preset decides.

    Attributes:
        organism, preset: what to run; `tictactoe/standard` names both.
        seed: of the search and of every sample.
        budget: programs that the search may score.
        quick: smaller samples.
        wishes: what should be otherwise than the preset has it.
    """

    organism: str
    preset: str | None = None
    seed: int = 0
    budget: int | None = None
    quick: bool = False
    wishes: Wishes = field(default_factory=Wishes)

    def __post_init__(self) -> None:
        check_seed(self.seed)
        if self.budget is not None and self.budget < 1:
            raise BadRequest(f"a search must score at least 1 program; its budget is {self.budget}")
        for name in ("size_charge", "evaluation_charge"):
            rate = getattr(self.wishes, name)
            if rate is not None and not 0.0 <= rate < inf:
                raise BadRequest(f"{name} = {rate} is no charge; give a number from 0 up")

    def config(self, organism: Organism) -> ConfigRecord:
        """Return what was asked for and what was filled in, to be written down."""
        asked: dict[str, Any] = {
            "preset": self.preset,
            "budget": self.budget,
            "quick": self.quick or None,
            **{name: value or None for name, value in asdict(self.wishes).items()},
        }
        # A charge of 0 is a wish like any other.
        for name in ("size_charge", "evaluation_charge"):
            asked[name] = getattr(self.wishes, name)
        given = {name: value for name, value in asked.items() if value is not None}
        filled = {"preset": organism.preset, "budget": organism.budget, "quick": False}
        defaulted = {name: value for name, value in filled.items() if name not in given}
        settings = asdict(audit_settings(self.seed, quick=self.quick))
        return ConfigRecord(
            command="run",
            organism=organism.name,
            preset=organism.preset,
            seed=self.seed,
            given={"organism": self.organism, "seed": self.seed, **given},
            defaulted={**defaulted, "audit": settings},
        )

    @classmethod
    def from_config(cls, config: ConfigRecord) -> "Request":
        """Return the request that a run was made with."""
        asked = {**config.defaulted, **config.given}
        return cls(
            organism=config.organism,
            preset=config.preset,
            seed=config.seed,
            budget=int(asked["budget"]),
            quick=bool(asked["quick"]),
            wishes=Wishes(
                optimizer=asked.get("optimizer"),
                size_charge=asked.get("size_charge"),
                evaluation_charge=asked.get("evaluation_charge"),
                opponents=tuple(asked.get("opponents", ())),
                worst_case=bool(asked.get("worst_case", False)),
            ),
        )
