"""The audit of a policy from what it was seen to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mesascope.auditing.policies.assumptions import ledger_of
from mesascope.auditing.policies.cut import Cut
from mesascope.auditing.policies.headline import headline
from mesascope.auditing.policies.lines import lines_of
from mesascope.auditing.policies.on_distribution import on_distribution
from mesascope.auditing.record import assumption_record, line_record
from mesascope.core.errors import BadRequest
from mesascope.processes.seen import Seen
from mesascope.records.audit import AssumptionRecord, LineRecord
from mesascope.records.policy import OnDistributionRecord


@dataclass(frozen=True)
class Findings:
    """What a policy pursues, how well, and the verdict, as parts of a record.

    Attributes:
        distributions: one for each that was seen, in the same order.
        lines: of the verdict.
        ledger: what it rests on.
        headline: the verdict in a sentence.
    """

    distributions: list[OnDistributionRecord]
    lines: list[LineRecord]
    ledger: list[AssumptionRecord]
    headline: str


def audit_policy_seen(
    seen: Sequence[Seen],
    *,
    epsilon: float = 0.1,
    seed: int = 0,
    provenance: str = "Where the policy comes from is not said.",
    cut: Cut | None = None,
    say: Callable[[str], None] | None = None,
) -> Findings:
    """Return what a policy pursues on each distribution, and the verdict.

    Args:
        seen: what it did in training, first, and under each shift; candidate goals are the same,
            the base objective first.
        epsilon: normalised regret up to which a policy does well.
        seed: of resampling.
        provenance: where the policy comes from, for the ledger.
        cut: how play came to a stop before everything was seen; None where it did not.
        say: told what is going on.

    Raises:
        BadRequest: nothing was seen, the first is not training, or the goals differ.
    """
    _check(seen, epsilon)
    found = []
    for one in seen:
        if say is not None:
            say(f"weighing {len(one.action):,} choices on {one.levels} levels of {one.name}")
        found.append(on_distribution(one, seed))
    lines = lines_of(found, epsilon, cut)
    return Findings(
        distributions=[one.record for one in found],
        lines=[line_record(line) for line in lines],
        ledger=[assumption_record(line) for line in ledger_of(found, provenance, cut).lines],
        headline=headline(found, lines, cut),
    )


def _check(seen: Sequence[Seen], epsilon: float) -> None:
    if not seen or seen[0].role != "train":
        given = f"{seen[0].name} is first" if seen else "nothing was seen"
        raise BadRequest(
            f"an audit begins with what was done in training, and {given}; give that first"
        )
    if not 0.0 < epsilon < 1.0:
        raise BadRequest(f"ε is {epsilon}; a normalised regret between 0 and 1 is expected")
    for one in seen:
        if one.goals != seen[0].goals:
            raise BadRequest(
                f"the goals of {one.name} are {', '.join(one.goals)}, and those of "
                f"{seen[0].name} are {', '.join(seen[0].goals)}; give the same everywhere"
            )
        if not len(one.level_of):
            raise BadRequest(f"no episode was seen on {one.name}; play at least one")
