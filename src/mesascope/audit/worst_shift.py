"""The worst shift: search a family for the distribution on which the objectives part the most."""

from collections.abc import Callable
from dataclasses import dataclass

from mesascope.audit.bridge import gap_on
from mesascope.audit.settings import Settings
from mesascope.core.interval import Interval
from mesascope.core.mesa_model import MesaModel
from mesascope.core.randomness import stream
from mesascope.core.task import Distribution, ShiftFamily
from mesascope.evidence.probe import Subject

EXCLUDED = (
    "point masses: a member is a whole distribution of episodes, never a single instance picked "
    "for being bad"
)
_EXPLORE = 0.4  # of the budget is drawn afresh, the rest climbs from the best so far


@dataclass(frozen=True)
class WorstShift:
    """The worst member found, and its gap on samples that the search never saw.

    Attributes:
        distribution: the member.
        search_estimate: its gap in the search, which chose it for being large, so biased upward.
        fresh: the gap on fresh samples; None where R is constant there.
        history: members tried and the largest gap so far, each time it grew.
        tried: members tried.
    """

    distribution: Distribution
    search_estimate: float
    fresh: Interval | None
    history: tuple[tuple[int, float], ...]
    tried: int


def find_worst_shift(
    subject: Subject,
    model: MesaModel | None,
    family: ShiftFamily,
    settings: Settings,
    say: Callable[[str], None],
) -> WorstShift:
    """Explore, then climb by mutation; estimate the worst again on fresh samples."""
    rng = stream(settings.seed, "worst shift")
    best: Distribution | None = None
    best_gap = -1.0
    history: list[tuple[int, float]] = []
    for number in range(settings.shift_budget):
        explore = best is None or number < _EXPLORE * settings.shift_budget
        member = family.sample(rng) if explore or best is None else family.mutate(best, rng)
        found = gap_on(
            subject,
            model,
            member,
            episodes=settings.shift_episodes,
            seed=settings.seed,
            purpose=f"worst shift {number}",
        )
        if found is not None and found.estimate > best_gap:
            best, best_gap = member, found.estimate
            history.append((number + 1, best_gap))
            say(f"worst shift so far: regret {best_gap:.3f} on {member.name}")
    if best is None:
        best, best_gap = member, 0.0
    fresh = gap_on(
        subject,
        model,
        best,
        episodes=settings.fresh_episodes,
        seed=settings.seed,
        purpose="worst shift, fresh",
    )
    return WorstShift(best, best_gap, fresh, tuple(history), settings.shift_budget)
