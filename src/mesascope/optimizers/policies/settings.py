"""What training depends on, in a few numbers."""

from dataclasses import dataclass, fields

from mesascope.core.errors import BadRequest


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

    @property
    def per_stage(self) -> int:
        """Environment steps per stage."""
        return self.rows * self.steps * self.updates
