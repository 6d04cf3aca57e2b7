"""The worst shift: search a family for the distribution on which the objectives part the most."""

from collections.abc import Callable
from dataclasses import dataclass

from mesascope.auditing.bridge import gap, gap_on, model_agreement, sample
from mesascope.auditing.settings import Settings
from mesascope.core.interval import Interval
from mesascope.core.mesa_model import MesaModel
from mesascope.core.randomness import stream
from mesascope.core.task import Distribution, ShiftFamily
from mesascope.evidence.probe import Subject
from mesascope.objectives.compare import compare

EXCLUDED = (
    "point masses: a member is a whole distribution of episodes, never a single instance picked "
    "for being bad"
)
_EXPLORE = 0.4  # of the budget is drawn afresh, the rest climbs from the best so far
_SHORT_LIST = 4  # members that are looked at again before one is called the worst
_LONGER = 5  # times as many episodes for them


@dataclass(frozen=True)
class WorstShift:
    """The worst member found, and its gap on samples that the search never saw.

    Attributes:
        distribution: the member.
        search_estimate: its gap in the search, which chose it for being large, so biased upward.
        fresh: the gap on fresh samples; None where R is constant there.
        agreement: how much of the system's probability is where the mesa-model says, there.
        history: members tried and the largest gap so far, each time it grew.
        tried: members tried.
    """

    distribution: Distribution
    search_estimate: float
    fresh: Interval | None
    agreement: float
    history: tuple[tuple[int, float], ...]
    tried: int


def affordable(settings: Settings, questions: float) -> int:
    """Return how many members to try, given what the system asks the world per instance."""
    each = max(1.0, questions) * settings.shift_episodes
    wanted = int(settings.shift_questions / each)
    return min(settings.shift_budget, max(settings.fewest_shifts, wanted))


def find_worst_shift(
    subject: Subject,
    model: MesaModel | None,
    family: ShiftFamily,
    settings: Settings,
    budget: int,
    say: Callable[[str], None],
) -> WorstShift:
    """Explore, then climb by mutation; estimate the worst again on fresh samples."""
    rng = stream(settings.seed, "worst shift")
    best: Distribution | None = None
    best_gap = -1.0
    history: list[tuple[int, float]] = []
    tried: list[tuple[float, Distribution]] = []
    for number in range(budget):
        explore = best is None or number < _EXPLORE * budget
        member = family.sample(rng) if explore or best is None else family.mutate(best, rng)
        found = gap_on(
            subject,
            model,
            member,
            episodes=settings.shift_episodes,
            seed=settings.seed,
            purpose=f"worst shift {number}",
        )
        tried.append((-1.0 if found is None else found.estimate, member))
        if found is not None and found.estimate > best_gap:
            best, best_gap = member, found.estimate
            history.append((number + 1, best_gap))
            say(f"worst shift so far: regret {best_gap:.3f} on {member.name}")
    worst, estimate = _look_again(subject, model, tried, settings)
    pairs, _, _ = sample(
        subject, model, worst, settings.fresh_episodes, settings.seed, "worst shift, fresh"
    )
    compared = compare(pairs, mu=worst.name, seed=settings.seed)
    fresh = gap(compared, has_model=model is not None)
    return WorstShift(worst, estimate, fresh, model_agreement(pairs), tuple(history), budget)


def _look_again(
    subject: Subject,
    model: MesaModel | None,
    tried: list[tuple[float, Distribution]],
    settings: Settings,
) -> tuple[Distribution, float]:
    """Return the worst of the short list by a longer look: the first look favours the lucky."""
    looked = []
    for _, member in sorted(tried, key=lambda item: -item[0])[:_SHORT_LIST]:
        found = gap_on(
            subject,
            model,
            member,
            episodes=_LONGER * settings.shift_episodes,
            seed=settings.seed,
            purpose="worst shift, again",
        )
        looked.append((member, -1.0 if found is None else found.estimate))
    worst, estimate = max(looked, key=lambda item: item[1])
    return worst, max(estimate, 0.0)
