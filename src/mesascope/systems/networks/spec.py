"""What a network is: its kind and its sizes. It is made from them, and its file held to them."""

from dataclasses import dataclass
from math import prod

from mesascope.core.errors import BadRequest
from mesascope.core.interface import Interface
from mesascope.core.names import unknown_name

KINDS = ("mlp", "conv", "gru")


@dataclass(frozen=True)
class NetworkSpec:
    """The architecture of an actor-critic network.

    Attributes:
        kind: `mlp`, `conv` for images of (height, width, channels), or `gru`, which has a memory.
        observation: shape of one observation.
        actions: how many there are.
        width: of each hidden layer.
        depth: the number of hidden layers; for `conv`, of convolutions before a single dense layer.
    """

    kind: str
    observation: tuple[int, ...]
    actions: int
    width: int = 64
    depth: int = 2

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown_name("kind of network", self.kind, KINDS)
        if min((self.actions, self.width, self.depth, *self.observation, 1)) < 1:
            raise BadRequest(f"a size of {self} is below 1; every size is at least 1")
        if self.kind == "conv" and len(self.observation) != 3:
            raise BadRequest(
                f"an observation of shape {self.observation} is no image of (height, width, "
                "channels); use the kind 'mlp'"
            )

    @property
    def inputs(self) -> int:
        """How many numbers an observation has."""
        return prod(self.observation)

    @property
    def interface(self) -> Interface:
        """What a policy of such a network takes and gives."""
        return Interface((self.observation,), self.actions)
