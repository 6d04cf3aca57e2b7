"""A policy that somebody brings: played where it was trained and under shift, and audited."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mesascope.records.policy import PolicyAuditRecord
from mesascope.studies.in_turn import Kept, Played, Stop
from mesascope.studies.played import LEVELS
from mesascope.studies.policy_ledger import played_as
from mesascope.studies.policy_play import Playing
from mesascope.studies.policy_record import EPSILON, About, policy_record
from mesascope.studies.policy_request import PolicyRequest, request_of
from mesascope.systems.playing.environments import BESIDE
from mesascope.systems.playing.errors import PlayInterrupted
from mesascope.systems.policies.load import load_policy
from mesascope.systems.policies.named import Named
from mesascope.tasks.gymnasium_envs.make import called
from mesascope.tasks.gymnasium_envs.written import written
from mesascope.tasks.mazes.catalogue import as_world

_ENVIRONMENT_LEVELS = 40  # an environment outside JAX is enumerated in about a second a level
_QUICK = 12  # levels of each distribution


@dataclass(frozen=True)
class PolicyResult:
    """An audit of one policy.

    Attributes:
        record: everything, as plain data; `record.headline` is the answer in a sentence.
        stop: what play came to a stop by, where that was kept; else None.
    """

    record: PolicyAuditRecord
    stop: Stop | None = None

    def report(self, path: str | Path) -> Path:
        """Write the report, one offline HTML file, and return where it is."""
        from mesascope.report.policies import write_audited

        return write_audited(Path(path), self.record)


def audit_policy(
    policy: Any,
    env: Any,
    *,
    keep: bool = False,
    say: Callable[[str], None] | None = None,
    **options: Any,
) -> PolicyResult:
    """Return what a policy pursues where it was trained and under shift.

    Args:
        policy, env, say: as `mesascope.audit` takes them.
        keep: where play comes to a stop, or Ctrl-C does that, return the audit of what was seen
            until then, and what it was as `stop`; unless too little was seen in training.
        **options: those of `mesascope.audit` that are for policies.

    Raises:
        MesascopeError: as `mesascope.audit` says.
        PlayStopped: the policy, the environment or a goal failed; `so_far` keeps what was seen.
        PlayInterrupted: Ctrl-C, a KeyboardInterrupt; `before` and `so_far` keep what was seen.
    """
    asked = request_of(options)
    loaded = loaded_as(policy, asked)
    source = loaded.name if policy is loaded else written(policy)
    return audit_loaded(loaded, source, env, asked, keep=keep, say=say)


def loaded_as(policy: Any, asked: PolicyRequest) -> Named:
    """Return a policy, read as was asked for.

    Raises:
        CannotLoad: it cannot be read; the message says what would help.
    """
    return load_policy(
        policy, trust=asked.trust, activation=asked.activation, normalise=asked.normalise
    )


def audit_loaded(
    loaded: Named,
    source: str,
    env: Any,
    asked: PolicyRequest,
    *,
    keep: bool = False,
    say: Callable[[str], None] | None = None,
) -> PolicyResult:
    """Return what a policy that was read pursues; `source` is a text of where it was read from.

    Raises:
        MesascopeError, PlayStopped, PlayInterrupted: as `audit_policy` does.
    """
    began = time.perf_counter()
    world = as_world(env)
    discount, ledger = played_as(asked.discount, loaded.gamma, deterministic=asked.deterministic)
    usual = _ENVIRONMENT_LEVELS if world is None else LEVELS
    levels = asked.levels or (_QUICK if asked.quick else usual)
    kept = Kept(keep, say)
    play = Playing(loaded, asked, levels, discount, kept)
    played = play.environments(env) if world is None else play.world(world)
    where = called(env) if world is None else world.name
    seed, epsilon = asked.seed or 0, EPSILON if asked.epsilon is None else asked.epsilon
    about = About(
        title=f"Audit of {loaded.name}",
        story="A policy that somebody brought along; it was not trained here.",
        policy=loaded.name,
        provenance=loaded.provenance,
        world=where,
        config=asked.config(
            source,
            written(env),
            where,
            {
                **{"levels": levels, "discount": discount, "epsilon": epsilon, "seed": seed},
                **_played_with(played, asked),
                **({"beside": BESIDE} if world is None else {}),
            },
        ),
        ledger=ledger,
        notes=tuple(dict.fromkeys(note for one in played for note in one.seen.notes)),
    )
    if say is not None:
        say("asking what it wants")
    try:
        record = policy_record(
            played, about, seed=seed, began=began, epsilon=epsilon, cut=kept.cut, say=say
        )
    except KeyboardInterrupt:
        if kept.stop is not None:
            raise kept.stop from None
        raise PlayInterrupted(None, tuple(one.seen for one in played)) from None
    return PolicyResult(record, kept.stop)


def _played_with(played: list[Played], asked: PolicyRequest) -> dict[str, Any]:
    """Return what was played and how, by the names of options."""
    train, *shifts = [one.seen for one in played]
    base, *goals = train.goals
    horizons = {one.name: one.horizon for one in (train, *shifts)}
    alike = len(set(horizons.values())) == 1
    return {
        "base": base,
        "goals": goals,
        "shifts": {one.name: one.description for one in shifts},
        "quick": asked.quick,
        "horizon": train.horizon if alike else horizons,
        "deterministic": asked.deterministic,
        "trust": asked.trust,
    }
