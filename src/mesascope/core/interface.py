"""What is known of a policy before it is asked: which observations it takes, how many actions."""

from dataclasses import dataclass
from typing import Any

Shape = tuple[Any, ...]  # a size for each axis; what is no number is an axis of any size


@dataclass(frozen=True)
class Interface:
    """What goes into a policy and comes out, as far as its file or model says.

    Attributes:
        shapes: of one observation, any of which is taken, the first one as in training; an axis
            of any size is no number. Empty where nothing is known.
        actions: how many logits it gives; None where that is not known.
    """

    shapes: tuple[Shape, ...] = ()
    actions: int | None = None

    def takes(self, shape: tuple[int, ...]) -> bool:
        """Return whether observations of a shape can be given to it, as far as is known."""
        return not self.shapes or any(fits(shape, one) for one in self.shapes)


UNKNOWN = Interface()


def fits(shape: tuple[int, ...], expected: Shape) -> bool:
    """Return whether a shape is the one that is expected, whose axes may be of any size."""
    return len(shape) == len(expected) and all(
        not isinstance(there, int) or there == here
        for here, there in zip(shape, expected, strict=True)
    )


def interface_of(policy: object) -> Interface:
    """Return what a policy says of itself in its attribute `interface`, else `UNKNOWN`."""
    found = getattr(policy, "interface", None)
    return found if isinstance(found, Interface) else UNKNOWN


def shapes_told(shapes: tuple[Shape, ...]) -> str:
    """Return shapes for a message."""
    return " or ".join(map(str, shapes))
