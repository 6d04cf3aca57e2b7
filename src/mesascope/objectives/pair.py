"""One instance as two objectives see it: the unit that every comparison is made of."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from mesascope.core.choice import Number
from mesascope.objectives.errors import BadPair

_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Pair:
    """The utility R_x and the pulled-back mesa-objective Õ_x, on the same outputs Y_x.

    Outside the image of the decoder Õ_x does not exist, and the entry is -inf. That is the only
    use of -inf: decisions treat it as worse than anything, and no correlation sees it.

    Attributes:
        utility: R_x(y), in units of the task's result; finite.
        pulled: Õ_x(y), in units of its own; -inf outside the image.
        episode: instances of one episode depend on one another and are resampled together.
        probability: what the system really does, as a distribution over the outputs.
        visited: outputs that the system's own search reached; None where nobody looked.
        outputs: labels, for reports.

    Raises:
        BadPair: the arrays differ in length, are empty, or hold what is no number.
    """

    # All are of shape (k,); the constructor checks that itself, to say what to do about it.
    utility: Float[np.ndarray, " _"]
    pulled: Float[np.ndarray, " _"]
    episode: int = 0
    probability: Float[np.ndarray, " _"] | None = None
    visited: Bool[np.ndarray, " _"] | None = None
    outputs: tuple[Hashable, ...] = ()

    @classmethod
    def of(
        cls,
        utility: Sequence[Number],
        pulled: Sequence[Number | None],
        *,
        episode: int = 0,
        probability: Sequence[Number] | None = None,
        visited: Sequence[bool] | None = None,
    ) -> "Pair":
        """Return a pair from plain numbers; None stands for an output outside the image."""
        return cls(
            np.array([float(value) for value in utility]),
            np.array([-np.inf if value is None else float(value) for value in pulled]),
            episode,
            None if probability is None else np.array(probability, dtype=float),
            None if visited is None else np.array(visited, dtype=bool),
        )

    def __post_init__(self) -> None:
        k = len(self.utility)
        beside = [self.pulled, self.probability, self.visited, self.outputs or None]
        if k == 0 or any(column is not None and len(column) != k for column in beside):
            lengths = [k, *(len(column) for column in beside if column is not None)]
            raise BadPair(
                f"a pair holds one value of each kind for every output, of which there is at "
                f"least one; these have lengths {lengths}. Give them the outputs in one order"
            )
        if not np.isfinite(self.utility).all():
            raise BadPair(
                f"the utilities {self.utility.tolist()} are not all finite; give every output a "
                "utility, on the scale that the instances share"
            )
        if np.isnan(self.pulled).any() or (self.pulled == np.inf).any():
            raise BadPair(
                f"the pulled-back values {self.pulled.tolist()} hold nan or inf; only -inf is "
                "allowed, for an output outside the decoder's image"
            )
        if self.probability is not None:
            total, low = float(self.probability.sum()), float(self.probability.min())
            if not (abs(total - 1.0) <= _SUM_TOLERANCE and low >= 0.0):
                raise BadPair(
                    f"the probabilities of a choice are at least 0 and add up to 1; the least of "
                    f"these is {low!r} and they add up to {total!r}. Give the choice over all "
                    "outputs of the instance"
                )
        if self.visited is not None and (self.visited & ~self.image).any():
            raise BadPair(
                "an output is marked as visited though the decoder does not reach it; mark only "
                "outputs inside the image"
            )

    @property
    def image(self) -> Bool[np.ndarray, " k"]:
        """Which outputs the decoder reaches."""
        return self.pulled > -np.inf


def settle(values: Sequence[Number], tolerance: float) -> Float[np.ndarray, " k"]:
    """Return numbers as doubles, with those that differ by rounding alone made equal.

    Exact numbers (integers, fractions) are compared exactly. Floats are sorted, and one that
    exceeds its neighbour below by no more than `tolerance` times the largest magnitude is given
    the neighbour's value.
    """
    settled = np.array([float(value) for value in values])
    if tolerance > 0.0 and any(isinstance(value, float) for value in values):
        places = np.argsort(settled, kind="stable")
        ordered = settled[places]
        new = np.diff(ordered, prepend=-np.inf) > tolerance * np.abs(settled).max(initial=0.0)
        settled[places] = ordered[new][np.cumsum(new) - 1]
    return settled
