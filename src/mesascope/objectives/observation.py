"""What a system was seen to do on one instance."""

from dataclasses import dataclass
from typing import Any

from mesascope.core.choice import Choice
from mesascope.core.system import Instance


@dataclass(frozen=True, eq=False)
class Observation:
    """One answer of a system.

    Attributes:
        instance: x.
        choice: s(x), a distribution over Y_x.
        episode: instances of one episode depend on one another.
    """

    instance: Instance
    choice: Choice[Any]
    episode: int = 0
