"""Menu regret: decision regret averaged over random menus, so that one good choice is not enough.

The argmax over all of Y_x says little about an objective. Offer a random part of Y_x instead, and
the whole order matters, the top of it most.
"""

import numpy as np
from jaxtyping import Bool, Float

from mesascope.objectives.batch import Batch, Pairs
from mesascope.objectives.statistic import Ratio

_ROUNDING = 1e-12  # of an instance's stake


def menu_regret(pairs: Pairs) -> Ratio:
    """Return the normalised regret of choosing by Õ_x from a random menu.

    A menu holds each output with probability ½, given that it holds two or more. The choice is
    uniform among the outputs on the menu that Õ_x ranks best; a menu that lies wholly outside
    the image leaves a uniform choice among its items. Regret and stake are taken on the menu.

    No menu is drawn. Sort by Õ_x; a group of g tied outputs below h better ones holds the choice
    with probability 2^-h (1 - 2^-g), and then the expected utility of the choice is the mean over
    the group. The same sum with R itself as the order gives the best and the worst of a menu.
    Menus of one have no regret, so they only enter the probability of a menu of two or more,
    1 - (k + 1) 2^-k.

    Returns:
        A ratio in [0, 1], aggregated and counted as in `decision_regret`; an instance with a
        single output adds 0 to both sums. Regret below 1e-12 of the stake counts as rounding.
    """
    batch = Batch.of(pairs)
    gap = batch.gap
    chosen = expectation_of_choice(batch.pulled, gap, batch.real)
    best = expectation_of_choice(-gap, gap, batch.real)
    worst = expectation_of_choice(gap, gap, batch.real)
    k = batch.sizes.astype(float)
    several = 1.0 - (k + 1.0) * 0.5**k
    scale = np.divide(1.0, several, out=np.zeros_like(several), where=several > 0.0)
    stake = (worst - best) * scale
    regret = np.clip((chosen - best) * scale, 0.0, stake)
    regret = np.where(regret <= _ROUNDING * stake, 0.0, regret)
    return Ratio(regret, stake, batch.episodes)


def expectation_of_choice(
    order: Float[np.ndarray, "n k"],
    value: Float[np.ndarray, "n k"],
    real: Bool[np.ndarray, "n k"],
) -> Float[np.ndarray, " n"]:
    """Return E[value of the choice; the menu is not empty] when the highest `order` is chosen.

    Args:
        order: what the choice goes by; -inf ranks last and ties with itself.
        value: what the choice is worth; finite.
        real: False in the padding.
    """
    n, k = order.shape
    # Padding goes last whatever its order: sort by order, then stably by being padding.
    by_order = np.argsort(-order, axis=1, kind="stable")
    last = np.argsort(~np.take_along_axis(real, by_order, axis=1), axis=1, kind="stable")
    places = np.take_along_axis(by_order, last, axis=1)
    order = np.take_along_axis(order, places, axis=1)
    real = np.take_along_axis(real, places, axis=1)
    value = np.where(real, np.take_along_axis(value, places, axis=1), 0.0)
    weight = np.where(real, 0.5 ** np.arange(1.0, k + 1.0), 0.0)
    starts = np.ones((n, k), dtype=bool)
    starts[:, 1:] = (order[:, 1:] != order[:, :-1]) | (real[:, 1:] != real[:, :-1])
    # A group's places have weights 2^-(h+1) to 2^-(h+g), which add up to 2^-h (1 - 2^-g).
    group = np.cumsum(starts.ravel()) - 1
    mean = np.bincount(group, value.ravel()) / np.bincount(group)
    held = np.bincount(group, weight.ravel())
    return np.add.reduceat(mean * held, group.reshape(n, k)[:, 0])
