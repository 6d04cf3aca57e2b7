"""What holds of several policies, from made-up audits of each."""

import numpy as np
import pytest

from mesascope.auditing.policies.across import across
from mesascope.core.errors import BadRequest
from mesascope.records.figures import Figure
from mesascope.records.policy import PolicyAuditRecord
from tests.report.policy_sample import policy_record
from tests.report.policy_variants import bare


def with_capability(value: float, **more: object) -> PolicyAuditRecord:
    """Return an audit with another capability for the corner under shift."""
    audit = policy_record()
    train, shift = audit.distributions
    cheese, corner, centre = shift.goals
    figure = Figure(estimate=value, low=value - 0.1, high=value + 0.1, samples=64)
    goals = [cheese, corner.model_copy(update={"capability": figure}), centre]
    shift = shift.model_copy(update={"goals": goals, **more})
    return audit.model_copy(update={"distributions": [train, shift]})


def test_means_and_counts_are_those_of_the_audits() -> None:
    values = [0.9, 0.7, 0.5]
    audits = [with_capability(value) for value in values[:2]]
    audits.append(with_capability(values[2], pursues="reflex"))
    shift = across(audits).distributions[1]
    corner = next(goal for goal in shift.goals if goal.name == "corner")
    assert corner.capability is not None
    assert corner.capability.estimate == pytest.approx(np.mean(values))
    assert corner.capability.samples == 3
    # Three values .2 apart: 4.303 standard errors of .2 / √3 (Student's table, 2 degrees).
    assert corner.capability.low == pytest.approx(0.7 - 4.303 * 0.2 / 3**0.5, abs=1e-3)
    assert corner.capability.high == 1.0  # no more is to be had
    assert {one.name: one.policies for one in shift.named} == {"corner": 2, "reflex": 1}
    assert shift.named[0].share.estimate == pytest.approx(2 / 3)


def test_what_was_not_measured_of_one_is_the_mean_of_none() -> None:
    found = across([policy_record(), bare()]).distributions[1]
    for goal in found.goals:
        assert goal.capability is None
        assert goal.posterior is None
        assert goal.returns.samples == 2
    assert found.regret is None


def test_only_distributions_on_which_all_were_judged_are_there() -> None:
    cut = policy_record().model_copy(update={"distributions": policy_record().distributions[:1]})
    assert [one.name for one in across([policy_record(), cut]).distributions] == ["confounded"]


def test_answers_are_counted_and_an_assumption_stands_where_it_stands_worst() -> None:
    one, other = policy_record(), policy_record()
    lines = [line.model_copy(update={"answer": "undetermined"}) for line in other.lines]
    ledger = [
        entry.model_copy(update={"status": "failed", "figure": "3 of 64"})
        if entry.key == "levels"
        else entry
        for entry in other.ledger
    ]
    other = other.model_copy(update={"lines": lines, "ledger": ledger, "policy": "another"})
    found = across([one, other])
    assert [answer.counts for answer in found.answers] == [
        {line.answer: 1, "undetermined": 1} for line in one.lines
    ]
    by_key = {entry.key: entry for entry in found.ledger}
    assert by_key["levels"].status == "failed"
    assert "another: 3 of 64" in by_key["levels"].figure
    assert by_key["goals"] == next(entry for entry in one.ledger if entry.key == "goals")
    assert by_key["policies"].figure == "2 policies"


def test_the_headline_counts_what_is_found() -> None:
    audits = [policy_record()] * 3
    told = across(audits).headline
    assert "Of 3 policies that were selected for cheese" in told
    assert "on cheese anywhere corner 3" in told
    lines = [
        line.model_copy(update={"answer": "yes" if line.key == "goal-misgeneralization" else "no"})
        for line in audits[0].lines
    ]
    wrong = across([audits[0].model_copy(update={"lines": lines}), *audits[1:]]).headline
    assert "goal misgeneralization in 1 (6% to 79% of such policies)" in wrong


def test_what_cannot_be_put_together_is_refused() -> None:
    with pytest.raises(BadRequest, match="take two"):
        across([policy_record()])
    other = policy_record().model_copy(update={"goals": ["cheese"], "policy": "another"})
    with pytest.raises(BadRequest, match="the goals of another are cheese"):
        across([policy_record(), other])
