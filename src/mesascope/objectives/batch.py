"""Many pairs as padded arrays, so that each figure is a handful of array operations."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.objectives.errors import BadPair
from mesascope.objectives.pair import Pair


@dataclass(frozen=True, eq=False)
class Batch:
    """n pairs, padded on the right to the longest.

    Attributes:
        utility: R_x(y); 0 in the padding.
        pulled: Õ_x(y); -inf outside the image and in the padding.
        real: False in the padding.
        episodes: the episode of each instance, numbered from 0 without gaps.
        probability: the system's choice, 0 in the padding; None if any pair lacks it.
        visited: outputs reached by the search; None if any pair does not say.
        silent: how many pairs carry no behaviour.
    """

    utility: Float[np.ndarray, "n k"]
    pulled: Float[np.ndarray, "n k"]
    real: Bool[np.ndarray, "n k"]
    episodes: Int[np.ndarray, " n"]
    probability: Float[np.ndarray, "n k"] | None
    visited: Bool[np.ndarray, "n k"] | None
    silent: int

    @classmethod
    def of(cls, pairs: "Pairs") -> "Batch":
        """Stack pairs; a batch is returned as it is.

        Raises:
            BadPair: there are none.
        """
        if isinstance(pairs, Batch):
            return pairs
        if not pairs:
            raise BadPair("there is nothing to compare: no pairs were given; sample some instances")
        sizes = np.array([len(pair.utility) for pair in pairs])
        real = np.arange(sizes.max()) < sizes[:, None]

        def stack(columns: Iterable[np.ndarray | None], padding: float | bool) -> np.ndarray | None:
            present = [column for column in columns if column is not None]
            if len(present) < len(pairs):
                return None
            padded = np.full(real.shape, padding)
            padded[real] = np.concatenate(present)
            return padded

        utility = stack((pair.utility for pair in pairs), 0.0)
        pulled = stack((pair.pulled for pair in pairs), -np.inf)
        assert utility is not None
        assert pulled is not None
        return cls(
            utility=utility,
            pulled=pulled,
            real=real,
            episodes=np.unique([pair.episode for pair in pairs], return_inverse=True)[1],
            probability=stack((pair.probability for pair in pairs), 0.0),
            visited=stack((pair.visited for pair in pairs), False),
            silent=sum(pair.probability is None for pair in pairs),
        )

    @property
    def image(self) -> Bool[np.ndarray, "n k"]:
        """Which outputs the decoder reaches."""
        return self.pulled > -np.inf

    @property
    def sizes(self) -> Int[np.ndarray, " n"]:
        """How many outputs each instance has."""
        return self.real.sum(axis=1)

    @property
    def gap(self) -> Float[np.ndarray, "n k"]:
        """What each output falls short of the best, max R - R(y); 0 in the padding."""
        best = np.where(self.real, self.utility, -np.inf).max(axis=1, keepdims=True)
        return np.where(self.real, best - self.utility, 0.0)

    @property
    def spread(self) -> Float[np.ndarray, " n"]:
        """What is at stake, max R - min R; 0 where R is constant."""
        return self.gap.max(axis=1)


Pairs = Sequence[Pair] | Batch
