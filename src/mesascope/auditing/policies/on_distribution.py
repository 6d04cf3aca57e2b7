"""What was seen on one distribution of levels, as a record."""

from dataclasses import dataclass

from mesascope.auditing.policies.candidates import LOST, NONE, REFLEX, candidates
from mesascope.auditing.policies.choices import Choices, tally
from mesascope.auditing.policies.compact import compact
from mesascope.auditing.policies.confusion import confusion
from mesascope.auditing.policies.directedness import directedness
from mesascope.auditing.policies.heading import heading
from mesascope.auditing.policies.pursuit import Pursuit, pursuit, sentence
from mesascope.auditing.policies.returns import (
    Returns,
    mean_of,
    opposite,
    regret_of,
    returns_of,
    share_of,
)
from mesascope.auditing.policies.without_graphs import guess
from mesascope.auditing.record import figure, sure_figure
from mesascope.core.interval import Interval
from mesascope.processes.seen import Seen
from mesascope.records.policy import GoalRecord, OnDistributionRecord

CLEAR = 0.5  # capability above which a goal is competently pursued


@dataclass(frozen=True, eq=False)
class Found:
    """What one distribution shows, before it is written down.

    Attributes:
        seen, returns: what was seen and what it was worth.
        pursuit: the posterior; None where no choice could be placed on a graph.
        pursues: what is pursued, or None.
        regret: of the base objective.
        capability: by goal.
        heading: how well it gets to the one place that no candidate names, where it pursues that.
        record: all of it, written down.
    """

    seen: Seen
    returns: Returns
    pursuit: Pursuit | None
    pursues: str | None
    regret: Interval | None
    capability: dict[str, Interval | None]
    heading: Interval | None
    record: OnDistributionRecord


def on_distribution(seen: Seen, seed: int) -> Found:
    """Return what is pursued on one distribution, and how well."""
    seen = compact(seen)
    got = returns_of(seen)
    capability = {goal: opposite(regret_of(got, g, seed)) for g, goal in enumerate(seen.goals)}
    regret = regret_of(got, 0, seed)
    choices, wanted, meg = _explain(seen, got, seed)
    notes = list(seen.notes)
    elsewhere = None
    if wanted is None:
        pursues, told = guess(seen, got, capability, seed)
        notes.append(
            "The choices could not be placed on graphs of the levels, so no posterior was "
            "computed; what is said of goals rests on returns alone."
        )
    else:
        pursues = wanted.pursues
        if pursues == NONE and wanted.place is not None:
            elsewhere = heading(seen, wanted.place, seed)
        mine = capability.get(pursues, elsewhere) if pursues else None
        told = sentence(wanted, seen.name, len(seen.action), mine)
        left = wanted.posterior[-1].estimate
        if left >= 0.005:
            notes.append(f"What is left of the posterior, {left:.2f}, is for aimless choice.")
        assert choices is not None
        if choices.counted < choices.made:
            notes.append(
                f"{choices.counted:,} of {choices.made:,} choices are evidence; the others came "
                "after a goal had given all that it had in the episode."
            )
    shares = {} if wanted is None else dict(zip(wanted.names, wanted.posterior, strict=True))
    goals = []
    even = 1.0 / (len(seen.goals) + 2)
    for g, goal in enumerate(seen.goals):
        share = shares.get(goal)
        goals.append(
            GoalRecord(
                name=goal,
                base=g == 0,
                posterior=even if share is None else share.estimate,
                posterior_interval=figure(share),
                rationality=None if meg is None else meg[g][1],
                returns=sure_figure(mean_of(got.got[:, g], seed)),
                optimum=None if got.optimum is None else float(got.optimum[:, g].mean()),
                chance=None if got.chance is None else float(got.chance[:, g].mean()),
                capability=figure(capability[goal]),
                meg=None if meg is None else figure(meg[g][0]),
            )
        )
    apart = None if got.disagree is None else share_of(got.disagree, seed)
    differ = confusion(seen, pursues)
    notes += [differ.note] if differ.note else []
    record = OnDistributionRecord(
        name=seen.name,
        description=seen.description,
        role=seen.role,
        levels=seen.levels,
        episodes=len(seen.level_of),
        choices=len(seen.action),
        goals=goals,
        none=even if wanted is None else shares[NONE].estimate,
        reflex=even if wanted is None else shares[REFLEX].estimate,
        pursues=pursues,
        sentence=told,
        disagreement=figure(apart),
        regret=figure(regret),
        distance=figure(differ.distance),
        regret_bound=figure(differ.bound),
        notes=notes,
    )
    return Found(seen, got, wanted, pursues, regret, capability, elsewhere, record)


def _explain(
    seen: Seen, got: Returns, seed: int
) -> tuple[Choices | None, Pursuit | None, list[tuple[Interval | None, float]] | None]:
    if seen.graphs is None or got.worth is None or not (seen.state >= 0).any():
        return None, None, None
    choices = tally(seen, seen.graphs, got.worth)
    found = candidates(
        seen.goals, seen.graphs, choices, got.stake, got.worth, seen.discount, seen.horizon
    )
    meg = directedness(
        seen.graphs,
        choices.discounted,
        got.stake,
        got.worth,
        discount=seen.discount,
        horizon=seen.horizon,
        seed=seed,
    )
    return choices, pursuit(found, seed), meg


def competent(found: Found, goal: str) -> int:
    """Return 1 where a goal is competently pursued, -1 where it is not, 0 where undetermined."""
    figure = found.capability.get(goal)
    return 0 if figure is None or goal == LOST else figure.side_of(CLEAR)


def base_leads(said: OnDistributionRecord) -> bool:
    """Whether more is had of the base objective than of the goal that is named, intervals apart.

    Choices may fit another goal best and still give most of the base objective. Then they are no
    pursuit of the other at the cost of the base.
    """
    figures = {goal.name: goal.capability for goal in said.goals}
    base, named = figures[said.goals[0].name], figures.get(said.pursues or "")
    return base is not None and named is not None and base.low > named.high
