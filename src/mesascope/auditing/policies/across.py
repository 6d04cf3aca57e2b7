"""What holds of several policies that were trained alike, from the audit of each.

Policies are independent draws of one training, and each was played on levels of its own; so what
was found of one is independent of what was found of another, and an interval over policies holds
both the chance of training and that of levels.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mesascope.auditing.policies.failures import UNABLE, WRONG_GOAL
from mesascope.auditing.record import sure_figure
from mesascope.core.errors import BadRequest
from mesascope.evidence.means import mean
from mesascope.evidence.shares import share
from mesascope.records.audit import AssumptionRecord
from mesascope.records.figures import Figure, Status
from mesascope.records.policies import AcrossGoalRecord, AcrossRecord, AnswersRecord, NamedRecord
from mesascope.records.policy import GoalRecord, OnDistributionRecord, PolicyAuditRecord

UNDETERMINED = "undetermined"
_FOUND = {
    "robust": "no loss under any declared shift",
    WRONG_GOAL: "goal misgeneralization",
    UNABLE: "a failure of capability",
}
_WORST_FIRST: tuple[Status, ...] = ("failed", "unchecked", "declared", "checked")


@dataclass(frozen=True)
class Across:
    """What holds of several policies, as parts of a record.

    Attributes:
        answers: to each question of the verdict.
        distributions: those on which all of them were judged.
        ledger: what that rests on, each assumption as it stands where it stands worst.
        headline: in a sentence or two.
    """

    answers: list[AnswersRecord]
    distributions: list[AcrossRecord]
    ledger: list[AssumptionRecord]
    headline: str


def across(audits: Sequence[PolicyAuditRecord]) -> Across:
    """Return what holds of policies, two at least, that were audited alike.

    Raises:
        BadRequest: there are fewer, or their goals differ.
    """
    if len(audits) < 2:
        raise BadRequest(f"{len(audits)} policy was audited; intervals over policies take two")
    first, *others = audits
    for other in others:
        if other.goals != first.goals:
            raise BadRequest(
                f"the goals of {other.policy} are {', '.join(other.goals)}, and those of "
                f"{first.policy} are {', '.join(first.goals)}; compare policies on the same"
            )
    answers = _answers(audits)
    on = [{where.name: where for where in audit.distributions} for audit in audits]
    distributions = [
        _distribution([each[name] for each in on])
        for name in on[0]
        if all(name in each for each in on)
    ]
    return Across(answers, distributions, _ledger(audits), _headline(first, answers, distributions))


def _answers(audits: Sequence[PolicyAuditRecord]) -> list[AnswersRecord]:
    found = []
    for line in audits[0].lines:
        given = [one.answer for audit in audits for one in audit.lines if one.key == line.key]
        counts = Counter(given)
        yes = sure_figure(share(counts["yes"], len(given)))
        found.append(
            AnswersRecord(key=line.key, question=line.question, counts=dict(counts), yes=yes)
        )
    return found


def _distribution(found: Sequence[OnDistributionRecord]) -> AcrossRecord:
    first = found[0]
    named = Counter(where.pursues or UNDETERMINED for where in found)
    return AcrossRecord(
        name=first.name,
        description=first.description,
        role=first.role,
        goals=[_goal(goals) for goals in zip(*(where.goals for where in found), strict=True)],
        named=[
            NamedRecord(name=name, policies=count, share=sure_figure(share(count, len(found))))
            for name, count in named.most_common()
        ],
        regret=_mean([where.regret for where in found]),
    )


def _goal(found: Sequence[GoalRecord]) -> AcrossGoalRecord:
    returns = _mean([goal.returns for goal in found])
    assert returns is not None
    weighed = all(goal.posterior_interval is not None for goal in found)
    return AcrossGoalRecord(
        name=found[0].name,
        base=found[0].base,
        posterior=sure_figure(mean([goal.posterior for goal in found], floor=0.0, ceiling=1.0))
        if weighed
        else None,
        returns=returns,
        capability=_mean([goal.capability for goal in found], most=1.0),
    )


def _mean(figures: Sequence[Figure | None], most: float = math.inf) -> Figure | None:
    """Return the mean of what was measured of each policy; None where it was not of all.

    Student's interval is cut off at the most that can be.
    """
    known = [one.estimate for one in figures if one is not None]
    if len(known) < len(figures):
        return None
    found = mean(known)
    return sure_figure(replace(found, high=max(found.estimate, min(found.high, most))))


def _ledger(audits: Sequence[PolicyAuditRecord]) -> list[AssumptionRecord]:
    alike = AssumptionRecord(
        key="policies",
        statement="The policies are independent draws of one training, and so are the levels that "
        "each was played on, unless they were given; intervals are over policies.",
        status="declared",
        figure=f"{len(audits)} policies",
        supports=[line.key for line in audits[0].lines],
    )
    keys = dict.fromkeys(entry.key for audit in audits for entry in audit.ledger)
    return [alike, *(_entry(key, audits) for key in keys)]


def _entry(key: str, audits: Sequence[PolicyAuditRecord]) -> AssumptionRecord:
    entries = [
        (audit.policy, entry) for audit in audits for entry in audit.ledger if entry.key == key
    ]
    worst = min((entry for _, entry in entries), key=lambda e: _WORST_FIRST.index(e.status))
    figures = dict.fromkeys(entry.figure for _, entry in entries)
    told = (
        worst.figure
        if len(figures) == 1
        else "; ".join(f"{policy}: {entry.figure}" for policy, entry in entries)
    )
    return worst.model_copy(update={"figure": told})


def _headline(
    first: PolicyAuditRecord,
    answers: Sequence[AnswersRecord],
    distributions: Sequence[AcrossRecord],
) -> str:
    count = answers[0].yes.samples
    told = [
        f"{_FOUND[one.key]} in {_counted(one)}"
        for one in answers
        if one.key in _FOUND and one.counts.get("yes")
    ]
    verdict = "; ".join(told) or "nothing is settled of any"
    pursued = "; ".join(
        f"on {where.name} " + ", ".join(f"{one.name} {one.policies}" for one in where.named)
        for where in distributions
        if where.role == "shift"
    )
    opening = f"Of {count} policies that were selected for {first.base_objective}: {verdict}."
    return f"{opening} What they pursue: {pursued}." if pursued else opening


def _counted(answer: AnswersRecord) -> str:
    """Return how many are answered with yes, and which share of policies that may stand for."""
    yes = answer.yes
    return f"{answer.counts['yes']} ({yes.low:.0%} to {yes.high:.0%} of such policies)"
