"""Several policies that were trained alike: each audited, and what holds of all of them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mesascope.auditing.policies.across import across
from mesascope.core.errors import BadRequest
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord, TrainingRecord
from mesascope.records.run import ConfigRecord
from mesascope.studies.environment import environment
from mesascope.studies.in_turn import Stop
from mesascope.studies.policy import PolicyResult, audit_loaded, loaded_as
from mesascope.studies.policy_play import check_fit
from mesascope.studies.policy_request import request_of
from mesascope.systems.playing.errors import PlayInterrupted, PlayStopped
from mesascope.tasks.gymnasium_envs.written import written


@dataclass(frozen=True)
class PoliciesResult:
    """The audits of several policies.

    Attributes:
        record: everything, as plain data; `record.headline` is the answer in a sentence, and
            `record.policies` has the audit of each.
        stop: what play came to a stop by, where that was kept; else None.
    """

    record: PoliciesRecord
    stop: Stop | None = None

    def report(self, path: str | Path) -> Path:
        """Write the report, one offline HTML file, and return where it is."""
        from mesascope.report.policies import write_audited

        return write_audited(Path(path), self.record)


def audit_policies(
    policies: Sequence[Any],
    env: Any,
    *,
    keep: bool = False,
    say: Callable[[str], None] | None = None,
    **options: Any,
) -> PoliciesResult | PolicyResult:
    """Audit policies that were trained alike, each on levels of its own.

    Args:
        policies: two at least, each as `mesascope.audit` takes one; what cannot be read, or does
            not fit, is refused before any plays.
        env, say: as `mesascope.audit` takes them.
        keep: where play of one comes to a stop, or Ctrl-C does that, return what was found of
            those before it, and what it was as `stop`: of a single one, its own result.
        **options: those of `mesascope.audit` that are for policies; a policy's seed is `seed` and
            its place, counted from 0.

    Raises:
        MesascopeError: as `mesascope.audit` says.
        PlayStopped, PlayInterrupted: play came to a stop, and nothing is kept, or was found before.
    """
    began = time.perf_counter()
    if len(policies) < 2:
        raise BadRequest(f"a list of {len(policies)} was given; give two policies, or one as it is")
    asked = request_of(options)
    read = [(loaded_as(policy, asked), policy) for policy in policies]
    for loaded, _ in read:
        check_fit(loaded, env, asked)
    found: list[PolicyAuditRecord] = []
    stop: Stop | None = None
    for place, (loaded, policy) in enumerate(read):
        source = loaded.name if policy is loaded else written(policy)
        mine = replace(asked, seed=(asked.seed or 0) + place)
        tell = _telling(say, place, len(read))
        try:
            found.append(audit_loaded(loaded, source, env, mine, say=tell).record)
        except (PlayStopped, PlayInterrupted) as error:
            if not keep or not found:
                raise
            stop = error
            break
    first = found[0]
    if len(found) == 1:
        return PolicyResult(first, stop)
    given = {**first.config.given, "policy": [written(policy) for policy in policies]}
    given = {name: value for name, value in given.items() if name != "seed"}
    seed = {"seed": asked.seed} if asked.seed is not None else {}
    record = policies_record(
        found,
        title=f"Audit of {len(found)} policies",
        story="Policies that somebody brought along; they were not trained here. Each was played "
        "on levels of its own.",
        config=first.config.model_copy(update={"given": {**given, **seed}}),
        cut_short=_cut_short(stop, len(found), len(read)),
        began=began,
    )
    return PoliciesResult(record, stop)


def policies_record(
    found: Sequence[PolicyAuditRecord],
    *,
    title: str,
    story: str,
    config: ConfigRecord,
    began: float,
    training: TrainingRecord | None = None,
    cut_short: str = "",
    next_commands: Sequence[str] = (),
) -> PoliciesRecord:
    """Return the record of policies that were audited alike.

    Args:
        found: the audit of each, two at least.
        title, story: what this is about.
        config: what was asked for.
        began: by `time.perf_counter`, when all this began.
        training: how they were trained, where we did.
        cut_short: why there are fewer than were asked for; else empty.
        next_commands: what to try next.
    """
    together = across(found)
    return PoliciesRecord(
        title=title,
        story=story,
        headline=f"{'Cut short. ' if cut_short else ''}{together.headline}",
        base_objective=found[0].base_objective,
        goals=found[0].goals,
        answers=together.answers,
        distributions=together.distributions,
        ledger=together.ledger,
        policies=list(found),
        training=training,
        cut_short=cut_short,
        notes=list(dict.fromkeys(note for one in found for note in one.notes)),
        config=config,
        environment=environment(),
        next_commands=list(next_commands),
        seconds=time.perf_counter() - began,
    )


def _telling(
    say: Callable[[str], None] | None, place: int, count: int
) -> Callable[[str], None] | None:
    """Return what tells of one policy among several."""
    if say is None:
        return None
    return lambda text: say(f"policy {place + 1} of {count}: {text}")


def _cut_short(stop: Stop | None, done: int, count: int) -> str:
    if stop is None:
        return ""
    why = "interrupted" if isinstance(stop, PlayInterrupted) else str(stop).strip().rstrip(".")
    return f"Cut short at policy {done + 1} of {count}, of which nothing is judged: {why}."
