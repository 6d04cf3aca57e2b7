"""What training depends on, in a few numbers."""

from dataclasses import dataclass, fields
from typing import Literal

from mesascope.core.errors import BadRequest
from mesascope.core.names import unknown_name

SCORES = ("exact", "maxmc", "value")


@dataclass(frozen=True)
class Settings:
    """How a policy is trained.

    Attributes:
        kind, width, depth: of the network, as in `NetworkSpec`.
        learning_rate: of Adam.
        clip: how far the ratio of new to old probability counts.
        entropy: weight of the entropy bonus.
        discount, trace: γ and λ of the advantages.
        rows, steps: episodes side by side, and steps of each, between updates.
        epochs, minibatches: how often those steps are gone over, and in how many parts.
        updates: per stage; a stage ends in a checkpoint, and its levels are drawn anew.
        levels: how many are drawn for a stage.
    """

    kind: str = "mlp"
    width: int = 64
    depth: int = 2
    learning_rate: float = 1e-3
    clip: float = 0.2
    entropy: float = 0.01
    discount: float = 0.99
    trace: float = 0.95
    rows: int = 128
    steps: int = 32
    epochs: int = 4
    minibatches: int = 4
    updates: int = 16
    levels: int = 2048

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int) and value < 1:
                raise BadRequest(f"{field.name} is {value}; at least 1 is expected")
        for name in ("learning_rate", "clip"):
            if not 0.0 < getattr(self, name) < float("inf"):
                raise BadRequest(f"{name} is {getattr(self, name)}; expected a number above 0")
        for name in ("discount", "trace"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadRequest(f"{name} is {getattr(self, name)}; expected 0 to 1")
        if self.rows % self.minibatches:
            raise BadRequest(
                f"{self.rows} rows do not fall into {self.minibatches} minibatches of equal size; "
                "choose a multiple"
            )


@dataclass(frozen=True)
class ReplaySettings(Settings):
    """PPO on levels that are replayed by how much there is to gain on them.

    Attributes:
        score: `exact` regret, `maxmc`, or `value` for the positive value loss.
        temperature: levels are drawn with weights of score to the power of 1 / temperature.
        staleness: share of the weight that goes by how long ago a level was played.
        mutations: share of changed levels among those that are new.
    """

    score: Literal["exact", "maxmc", "value"] = "exact"
    temperature: float = 0.3
    staleness: float = 0.1
    mutations: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.score not in SCORES:
            raise unknown_name("score of levels", self.score, SCORES)
        if self.levels < self.rows:
            raise BadRequest(
                f"{self.levels} levels are kept and {self.rows} are played at once; keep as many "
                "at least"
            )
        if not 0.0 < self.temperature < float("inf"):
            raise BadRequest(f"temperature is {self.temperature}; expected a number above 0")
        for name in ("staleness", "mutations"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise BadRequest(f"{name} is {getattr(self, name)}; expected 0 to 1")


@dataclass(frozen=True)
class EvolutionSettings(Settings):
    """Evolution strategies: `rows` levels for each of `population` networks, near the present one.

    Attributes:
        population: how many; even, as they come in pairs of opposite offsets.
        sigma: standard deviation of the offsets.
    """

    learning_rate: float = 1e-2
    rows: int = 32
    population: int = 64
    sigma: float = 0.05

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.population % 2:
            raise BadRequest(f"a population of {self.population} has no pairs; use an even one")
        if not 0.0 < self.sigma < float("inf"):
            raise BadRequest(f"sigma is {self.sigma}; expected a number above 0")
