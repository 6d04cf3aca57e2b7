"""The audit: one system, one task, one base objective; a verdict with its ledger."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mesascope.auditing.behaviour import read_behaviour
from mesascope.auditing.bridge import Crossing, cross
from mesascope.auditing.examine import examine
from mesascope.auditing.faithfulness import measure_faithfulness
from mesascope.auditing.findings import Findings
from mesascope.auditing.judge import headline, judge
from mesascope.auditing.ledger import enter_bridge, enter_limits, enter_model, enter_system
from mesascope.auditing.lifted import lift_over
from mesascope.auditing.record import (
    assumption_record,
    comparison_record,
    evidence_records,
    figure,
    lift_record,
    line_record,
    model_record,
    replay_record,
    worst_shift_record,
)
from mesascope.auditing.settings import Settings
from mesascope.auditing.witness import find_witness
from mesascope.auditing.worst_shift import EXCLUDED, affordable, find_worst_shift
from mesascope.core.assumption import Ledger
from mesascope.core.interval import Interval
from mesascope.core.mesa_model import MesaModel
from mesascope.core.objective import BaseObjective, Utility
from mesascope.core.system import HasTrace, System
from mesascope.core.task import Distribution, HasPictures, ShiftFamily, Task
from mesascope.core.verdict import Verdict
from mesascope.evidence.probe import Subject
from mesascope.evidence.shown import shown_structure
from mesascope.objectives.decompose import decompose
from mesascope.records.audit import AuditRecord, LiftRecord, SystemRecord
from mesascope.records.figures import Replay

UNKNOWN_PROVENANCE = "How the system came about is not known: learned or built, nobody said."


@dataclass(frozen=True)
class Audit:
    """What an audit returns: the verdict, and the record that a report is made from."""

    verdict: Verdict
    record: AuditRecord


@dataclass(frozen=True)
class Case:
    """What is audited, against what.

    Attributes:
        system, task, base: the system, the task that it was selected on, and by what criterion.
        train: the name of the training distribution; every other one is a declared shift.
        family: shifts that the adversarial search may range over.
        provenance: where the system came from, as a sentence; declared, never detected.
        population: other systems of Σ, for the comparison by lifting.
        false_positives: by verdict line, how often it said yes wrongly on systems of known truth.
    """

    system: System
    task: Task
    base: BaseObjective
    train: str = "train"
    family: ShiftFamily | None = None
    provenance: str = UNKNOWN_PROVENANCE
    population: Sequence[System] = field(default_factory=tuple)
    false_positives: Mapping[str, Interval] = field(default_factory=dict)


def audit(
    case: Case, settings: Settings | None = None, say: Callable[[str], None] | None = None
) -> Audit:
    """Take one system apart and judge it.

    Args:
        case: what is audited.
        settings: sample sizes, thresholds and the seed.
        say: told what is going on, a few times a second.

    Raises:
        SystemFailure, IllegalOutput, StepLimitExceeded: the system misbehaved; says where.
        NotDecomposable: the base objective is no expectation over outputs; says why.
    """
    settings = settings or Settings()
    say = say or (lambda _: None)
    began = time.perf_counter()
    subject = Subject(case.system, case.task)
    train = case.task.distributions[case.train]
    shifts = [d for name, d in case.task.distributions.items() if name != case.train]
    decomposition = decompose(
        case.base, Utility("the optimal value of each output", case.task.utility), case.train
    )

    examination = examine(subject, train, shifts[0] if shifts else None, settings, say)
    model = examination.model
    say("carrying the objectives to outputs and comparing them in training")
    crossings = [cross(subject, model, train, settings)]
    for shift in shifts:
        say(f"comparing them under {shift.name}")
        crossings.append(cross(subject, model, shift, settings))
    worst = None
    if case.family is not None and settings.shift_budget:
        say("looking for the worst shift")
        budget = affordable(settings, examination.questions)
        worst = find_worst_shift(subject, model, case.family, settings, budget, say)
    findings = Findings(
        name=case.system.name,
        examination=examination,
        train=crossings[0],
        shifts=tuple(crossings[1:]),
        worst=worst,
        family=case.family.description if case.family is not None else "none",
        settings=settings,
    )
    lines = tuple(
        replace(line, false_positives=case.false_positives.get(line.key))
        for line in judge(findings)
    )
    ledger = Ledger()
    enter_bridge(ledger, decomposition, findings)
    enter_system(ledger, findings, case.provenance)
    say("inferring an objective from behaviour alone")
    behaviour = read_behaviour(subject, train, settings)
    rows = measure_faithfulness(subject, examination, behaviour, train, settings)
    enter_model(ledger, rows, findings)
    enter_limits(ledger, findings, case.family)
    verdict = Verdict(case.system.name, case.task.name, lines, ledger, headline(findings, lines))
    say("playing witness episodes")
    record = AuditRecord(
        system=_system_record(case),
        task=case.task.name,
        base_objective=case.base.name,
        headline=verdict.headline,
        lines=[line_record(line) for line in lines],
        ledger=[assumption_record(line) for line in ledger.lines],
        evidence=evidence_records(examination),
        mesa_model=model_record(model, examination, rows) if model is not None else None,
        behavioural_objective=behaviour.sentence,
        behavioural_fit=figure(behaviour.fit),
        residual=[line.statement for line in decomposition.residual],
        comparisons=[
            comparison_record(crossing, "train" if crossing is crossings[0] else "shift")
            for crossing in crossings
        ],
        worst_shift=(
            worst_shift_record(worst, case.family, EXCLUDED)
            if worst is not None and case.family is not None
            else None
        ),
        lift=_lift(subject, model, crossings[0], case, settings),
        replays=_replays(subject, model, [train, *shifts], settings),
        samples=settings.episodes,
        epsilon=settings.epsilon,
        seconds=time.perf_counter() - began,
    )
    return Audit(verdict, record)


def _lift(
    subject: Subject,
    model: MesaModel | None,
    train: Crossing,
    case: Case,
    settings: Settings,
) -> LiftRecord | None:
    if model is None or not case.population:
        return None
    found, points = lift_over(
        subject,
        model,
        train.distribution,
        case.base,
        case.population,
        train.value.estimate,
        settings,
    )
    return lift_record(found, points)


def _replays(
    subject: Subject,
    model: MesaModel | None,
    distributions: Sequence[Distribution],
    settings: Settings,
) -> list[Replay]:
    task = subject.task
    if not isinstance(task, HasPictures):
        return []
    witnesses = [find_witness(subject, model, d, settings.seed) for d in distributions]
    return [replay_record(witness, task) for witness in witnesses if witness is not None]


def _system_record(case: Case) -> SystemRecord:
    system = case.system
    shown = shown_structure(system)
    offered = {
        "structure": shown is not None,
        "trace": isinstance(system, HasTrace),
    }
    return SystemRecord(
        name=system.name,
        text=shown.text if shown is not None else "not shown",
        size=shown.size if shown is not None else None,
        handles=[name for name, there in offered.items() if there],
        provenance=case.provenance,
    )
