"""Whether an audit predicts what the policy does on levels that it did not see."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mesascope.auditing.policies.audit import Findings
from mesascope.auditing.policies.on_distribution import CLEAR, base_leads
from mesascope.auditing.policies.returns import returns_of
from mesascope.core.names import look_up
from mesascope.processes.seen import Seen
from mesascope.records.policy import OnDistributionRecord

NO_GOAL = "no goal"


@dataclass(frozen=True)
class Prediction:
    """What the audit says of one distribution, and what the policy did on other levels of it.

    Attributes:
        name: of the distribution.
        predicted: the goal that it will get most of, `no goal` if none will be had by half, or
            None where nothing is known of some goal.
        capability: of each goal on the held-out levels on which goals disagree.
        right: whether that fits; None where the goals disagree nowhere, or nothing was enumerated,
            so that there is nothing to predict.
    """

    name: str
    predicted: str | None
    capability: dict[str, float]
    right: bool | None


def predictions(found: Findings, held_out: Sequence[Seen]) -> list[Prediction]:
    """Return how the audit's answers fare on other levels of the same distributions.

    A goal that is named as pursued must have the greatest capability where goals disagree. Where
    none is named, or what was had speaks against it, the capabilities that were seen are the
    prediction: see `predicted`. An audit that knows of no capability predicts nothing, and is not
    right.

    Raises:
        UnknownName: a distribution that was not audited.
    """
    said = {one.name: one for one in found.distributions}
    return [
        _compared(seen, predicted(look_up("distribution", seen.name, said))) for seen in held_out
    ]


def held_out_agreement(found: Findings, held_out: Sequence[Seen]) -> float | None:
    """Return the share of the distributions on which the audit predicts what the policy does.

    Those with nothing to predict are not among them; None where that leaves none.

    Raises:
        UnknownName: a distribution that was not audited.
    """
    right = [one.right for one in predictions(found, held_out) if one.right is not None]
    return float(np.mean(right)) if right else None


def predicted(said: OnDistributionRecord) -> str | None:
    """Return the goal that a policy will get most of, `no goal`, or None where nothing is known.

    That is the goal that is named, unless more was seen to be had of the base objective; else the
    one with the greatest capability, if that is more than half, or may be and has its interval
    above those of all others.
    """
    figures = {goal.name: goal.capability for goal in said.goals}
    if said.pursues in figures:
        return said.goals[0].name if base_leads(said) else said.pursues
    known = {name: figure for name, figure in figures.items() if figure is not None}
    if not known or len(known) < len(figures):
        return None
    first = max(known, key=lambda name: known[name].estimate)
    others = [figure.high for name, figure in known.items() if name != first]
    had = known[first].estimate > CLEAR
    leads = known[first].high > CLEAR and known[first].low > max(others, default=-np.inf)
    return first if had or leads else NO_GOAL


def _compared(seen: Seen, goal: str | None) -> Prediction:
    got = returns_of(seen)
    if got.disagree is None or got.optimum is None or got.chance is None:
        return Prediction(seen.name, goal, {}, None)
    apart = got.disagree & ~np.isnan(got.got).any(axis=1)
    if not apart.any():
        return Prediction(seen.name, goal, {}, None)
    gain = (got.got - got.chance)[apart].sum(axis=0)
    stake = (got.optimum - got.chance)[apart].sum(axis=0)
    share = np.divide(gain, stake, out=np.zeros_like(gain), where=stake > 1e-9)
    capability = dict(zip(seen.goals, share.tolist(), strict=True))
    if goal in capability:
        right = max(capability, key=lambda name: capability[name]) == goal
    else:
        right = goal == NO_GOAL and max(capability.values()) <= CLEAR
    return Prediction(seen.name, goal, capability, right)
