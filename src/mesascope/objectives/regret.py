"""Decision regret: what is lost by choosing as one objective says, judged by the other."""

import numpy as np
from jaxtyping import Bool, Float

from mesascope.objectives.batch import Batch, Pairs
from mesascope.objectives.errors import BadPair
from mesascope.objectives.statistic import Ratio


def best_set(batch: Batch) -> Bool[np.ndarray, "n k"]:
    """Return the outputs that Õ_x ranks best; all of them where the image is empty."""
    best = batch.pulled.max(axis=1, keepdims=True)
    return (batch.pulled == best) & batch.real


def decision_regret(pairs: Pairs) -> Ratio:
    """Return the normalised regret of the choice that the mesa-objective makes.

    On each instance the regret is max R - mean of R over the argmax set of Õ_x (ties are broken
    uniformly; where the image is empty the choice is uniform), and the stake is max R - min R.
    Both are summed over instances before they are divided, because utilities inside an
    expectation share one scale. An instance with constant R adds 0 to both sums and is counted
    in `undefined`; if all are constant the figure does not exist.

    Returns:
        A ratio in [0, 1]: 0 where every choice is optimal, 1 where every choice is the worst.
    """
    batch = Batch.of(pairs)
    top = best_set(batch)
    # Averaging gaps, not utilities, keeps a perfect choice at exactly 0.
    regret = np.where(top, batch.gap, 0.0).sum(axis=1) / top.sum(axis=1)
    return Ratio(np.minimum(regret, batch.spread), batch.spread, batch.episodes)


def behaviour_regret(pairs: Pairs) -> Ratio:
    """Return the normalised regret of what the system really does; see `decision_regret`.

    Raises:
        BadPair: some pairs carry no behaviour.
    """
    batch = Batch.of(pairs)
    if batch.probability is None:
        raise BadPair(
            f"{batch.silent} of {len(batch.real)} pairs carry no behaviour; give each pair the "
            "system's probabilities"
        )
    regret = expected_gap(batch.gap, batch.probability)
    return Ratio(np.minimum(regret, batch.spread), batch.spread, batch.episodes)


def expected_gap(
    gap: Float[np.ndarray, "n k"], probability: Float[np.ndarray, "n k"]
) -> Float[np.ndarray, " n"]:
    """Return Σ_y p(y) (max R - R(y)) for each instance, whatever rounding p's sum carries."""
    return (gap * probability).sum(axis=1) / probability.sum(axis=1)
