"""Everything that an audit of a policy found, put together for the report."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mesascope.auditing.policies.audit import Findings, audit_policy_seen
from mesascope.auditing.policies.cut import Cut
from mesascope.records.audit import AssumptionRecord
from mesascope.records.policy import PolicyAuditRecord, TrainingRecord
from mesascope.records.run import ConfigRecord
from mesascope.studies.environment import environment
from mesascope.studies.episodes import telling_episodes
from mesascope.studies.in_turn import Played
from mesascope.studies.pictures import Pictures, without

EPSILON = 0.1  # of normalised regret, below which a policy is taken to do well
_EPISODES = {"train": 1, "shift": 2}  # replays of each distribution
_ROOM = 1_000_000  # characters of a record that films may take, all together


@dataclass(frozen=True)
class About:
    """What a record says beside what was found.

    Attributes:
        title, story: what this is about.
        policy, provenance, world: what was audited, where it comes from, where it was played.
        config: what was asked for.
        training: how it was trained, where we did.
        ledger: what else the verdict takes for granted.
        notes: what a reader should know.
        next_commands: what to try next.
    """

    title: str
    story: str
    policy: str
    provenance: str
    world: str
    config: ConfigRecord
    training: TrainingRecord | None = None
    ledger: Sequence[AssumptionRecord] = ()
    notes: tuple[str, ...] = ()
    next_commands: Sequence[str] = field(default_factory=tuple)


def policy_record(
    played: Sequence[Played],
    about: About,
    *,
    seed: int,
    began: float,
    epsilon: float = EPSILON,
    cut: Cut | None = None,
    say: Callable[[str], None] | None = None,
) -> PolicyAuditRecord:
    """Return the record of an audit.

    Args:
        played: what was seen, training first.
        about: what else there is to say.
        seed: of resampling.
        began: by `time.perf_counter`, when all this began.
        epsilon: normalised regret below which a policy is taken to do well.
        cut: how play came to a stop before everything was seen; None where it did not.
        say: told what is going on.
    """
    seen = [one.seen for one in played]
    found = audit_policy_seen(
        seen, epsilon=epsilon, seed=seed, provenance=about.provenance, cut=cut, say=say
    )
    if say is not None:
        say("drawing what was seen")
    pictures = _pictures(played, found)
    return PolicyAuditRecord(
        title=about.title,
        story=about.story,
        policy=about.policy,
        provenance=about.provenance,
        world=about.world,
        base_objective=seen[0].goals[0],
        goals=list(seen[0].goals),
        headline=found.headline,
        lines=list(found.lines),
        ledger=[*found.ledger, *about.ledger],
        distributions=list(found.distributions),
        training=about.training,
        episodes=[episode for one in pictures for episode in one.episodes],
        films=[film for one in pictures for film in one.films],
        unpictured=without([(one.name, p) for one, p in zip(seen, pictures, strict=True)]),
        notes=[*([] if cut is None else [cut.sentence]), *about.notes],
        cut_short="" if cut is None else cut.sentence,
        epsilon=epsilon,
        config=about.config,
        environment=environment(),
        next_commands=list(about.next_commands),
        seconds=time.perf_counter() - began,
    )


def _pictures(played: Sequence[Played], found: Findings) -> list[Pictures]:
    """Return replays: of each distribution those that cost most, beside what it pursues there."""
    room = _ROOM // sum(_EPISODES[one.seen.role] for one in played)
    pictures = []
    for one, where in zip(played, found.distributions, strict=True):
        base = one.seen.goals[0]
        others = [goal for goal in where.goals if not goal.base]
        likely = max(others, key=lambda goal: goal.posterior, default=None)
        inferred = where.pursues or (likely.name if likely else None)
        shown = telling_episodes(one.seen, _EPISODES[one.seen.role])
        pictures.append(
            one.stage.pictures(one.seen, shown, inferred if inferred != base else None, room)
        )
    return pictures
