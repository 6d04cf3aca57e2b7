"""Which change of a process would tell two rewards apart, where choices in it cannot."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, Int

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import stream
from mesascope.objectives.goals.identify import ODDS, divergence
from mesascope.objectives.goals.rational import stake
from mesascope.processes import NoTermination, Process
from mesascope.processes.precision import in_float64
from mesascope.processes.reward import full
from mesascope.processes.soft import soft_quality, soft_values

DISCOUNTS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
_NOTHING = 1e-9  # nats: below it predictions differ by rounding alone


@dataclass(frozen=True)
class Change:
    """One change of a process, and how well choices in the changed one tell two rewards apart.

    Attributes:
        discount: the discount to change to; None where it stays.
        redirect: (state, action, next state), where that action is to lead; None where all stay.
        state: in which a choice then tells most.
        information: of that choice, in nats: the smaller of the Kullback-Leibler divergences
            between what the two rewards predict there, one way and the other.
        needed: how many choices there are expected to give the odds asked for, from even ones.
        tried, possible: how many changes were tried, of how many there are.
    """

    discount: float | None
    redirect: tuple[int, int, int] | None
    state: int
    information: float
    needed: int
    tried: int
    possible: int

    @property
    def sentence(self) -> str:
        """What to change, and what to observe then."""
        if self.redirect is None:
            change = f"With a discount of {self.discount:g}"
        else:
            s, a, to = self.redirect
            change = f"If action {a} in state {s} led to state {to}"
        return (
            f"{change}, {self.needed} choices in state {self.state} would tell the two apart "
            f"({self.information:.3g} nats each; best of {self.tried} changes tried)."
        )


def change_that_tells(
    process: Process,
    first: Any,
    second: Any,
    *,
    rationality: float = 10.0,
    odds: float = ODDS,
    discounts: Iterable[float] = DISCOUNTS,
    most: int = 1000,
    seed: int = 0,
) -> Change | None:
    """Return the best change of discount, or of where one action leads; None where none tells.

    Rewards that are equivalent in one process need not be in another: shaping depends on the
    discount and on where actions lead, and a reward that is spread over next states on which of
    them follow (Cao, Cohen & Szpruch, *Identifiability in inverse reinforcement learning*, NeurIPS
    2021; Amin & Singh, 2016). A reward of shape (S, A, S) is that of the same transition in the
    changed process too; positive multiples of one reward are told apart by none.

    Args:
        process: as it is.
        first, second: the two rewards, of any shape.
        rationality: β in units of each reward's stake in the process as it is; the agent is taken
            to want the same, as much, in the changed process.
        odds: to one, for `needed`.
        discounts: to try.
        most: of the S A (S - 1) redirections to try, drawn at random where there are more.
        seed: of that draw.

    Raises:
        BadArray: a reward does not fit the process.
        BadRequest: the rationality is not above 0, or the odds not above 1.
    """
    if not (rationality > 0.0 and odds > 1.0 and most >= 0):
        raise BadRequest(
            f"rationality is {rationality}, odds {odds} and most {most}; above 0, above 1 and at "
            "least 0 are expected"
        )
    wishes = np.stack([_wish(process, r, rationality) for r in (first, second)])
    moves = _moves(process)
    possible = len(moves)
    if possible > most:
        moves = moves[np.sort(stream(seed, "redesign").choice(possible, most, replace=False))]
    others = [(gamma, None) for gamma in discounts if gamma != process.discount]
    tries = others + [(None, (int(s), int(a), int(to))) for s, a, to in moves]
    best: Change | None = None
    for discount, redirect in tries:
        state, information = _tells(process, wishes, discount, redirect)
        if information > max(_NOTHING, best.information if best else 0.0):
            needed = math.ceil(math.log(odds) / information)
            counts = len(tries), len(others) + possible
            best = Change(discount, redirect, state, information, needed, *counts)
    return best


def _wish(process: Process, reward: Any, rationality: float) -> Float[np.ndarray, "s a s"]:
    scale = stake(process, reward)
    return full(process, reward) * (rationality / scale if scale else 0.0)


def _moves(process: Process) -> Int[np.ndarray, "m 3"]:
    """Return every (state, action, next state) that a process could be changed to lead to."""
    live = process.reachable & ~process.terminal
    return np.argwhere(live[:, None, None] & (process.transition < 1.0))


@in_float64
def _tells(
    process: Process,
    wishes: Float[np.ndarray, "2 s a s"],
    discount: float | None,
    redirect: tuple[int, int, int] | None,
) -> tuple[int, float]:
    """Return in which state a choice tells most after a change, and how much, in nats."""
    transition = process.transition
    if redirect is not None:
        transition = transition.copy()
        transition[redirect[:2]] = np.eye(process.states)[redirect[2]]
    gamma = process.discount if discount is None else discount
    try:
        changed = Process.of(transition, gamma, initial=process.initial, terminal=process.terminal)
    except NoTermination:
        return 0, 0.0
    going_on = jnp.asarray(changed.going_on)
    r = jnp.asarray(np.einsum("sat,csat->csa", changed.transition, wishes))
    policies = np.asarray(jax.nn.softmax(soft_quality(going_on, r, soft_values(going_on, r))))
    live = changed.reachable & ~changed.terminal
    information = np.where(live, divergence(policies[0], policies[1]), 0.0)
    state = int(information.argmax())
    return state, float(information[state])
