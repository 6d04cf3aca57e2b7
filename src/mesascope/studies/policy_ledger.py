"""What an audit of somebody's policy takes for granted beside what is judged: how it is played."""

from mesascope.auditing.policies.assumptions import ALL
from mesascope.auditing.record import assumption_record
from mesascope.core.assumption import Ledger
from mesascope.records.audit import AssumptionRecord

DISCOUNT = 0.99  # where neither the caller nor the policy tells


def discount_of(given: float | None, told: float | None) -> float:
    """Return γ: what the caller gives, or else the policy's file or model tells, or else .99."""
    return next(one for one in (given, told, DISCOUNT) if one is not None)


def played_as(
    given: float | None, told: float | None, *, deterministic: bool
) -> tuple[float, list[AssumptionRecord]]:
    """Return the discount to judge by, and lines of the ledger on that and on how it acts.

    Args:
        given: γ, by the caller; None if nothing was said.
        told: γ, by the policy's file or model, that it was trained with; None if unknown.
        deterministic: whether it takes its likeliest action.
    """
    ledger = Ledger()
    discount = discount_of(given, told)
    statement = f"The policy was trained for returns discounted by γ = {discount} a step."
    if given is None and told is None:
        figure = f"neither you nor the policy says; {DISCOUNT} is taken unless discount is given"
        ledger.add("discount", statement, "unchecked", figure, *ALL)
    elif told is None:
        figure = "given by you; the policy does not say"
        ledger.add("discount", statement, "declared", figure, *ALL)
    elif told != discount:
        figure = f"given by you; the policy says γ = {told}"
        ledger.add("discount", statement, "failed", figure, *ALL)
    elif given is None:
        ledger.add("discount", statement, "declared", "the policy says so", *ALL)
    else:
        figure = "given by you, and the policy says so too"
        ledger.add("discount", statement, "checked", figure, *ALL)
    if deterministic:
        statement = "It takes its likeliest action, the first of several; what its distribution "
        statement += "holds beside that is not judged."
        figure = "asked for, by deterministic"
    else:
        statement = "It draws its actions from the distribution that its logits give; taking the "
        statement += "likeliest alone, it may do otherwise."
        figure = "deterministic was not asked for"
    ledger.add("acting", statement, "declared", figure, *ALL)
    return discount, [assumption_record(line) for line in ledger.lines]
