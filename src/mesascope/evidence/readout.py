"""Readout: which named criterion predicts what the system does when its scores are perturbed?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput, SystemFailure
from mesascope.core.evidence import Card, Evidence
from mesascope.core.harness import Rescore
from mesascope.core.lookahead import BACKUPS, Lookahead
from mesascope.core.system import Instance
from mesascope.evidence.probe import Subject, among, noise_at_ends
from mesascope.evidence.selection import Selection
from mesascope.evidence.shares import share

CARD = Card(
    name="readout",
    measures=(
        "For every criterion in a family (a feature that the system was seen to read, a way to "
        "back it up, a horizon): how much of the system's probability lies on what the criterion "
        "ranks best, in worlds whose scores were perturbed where the look-ahead ends."
    ),
    why=(
        "In the true world many criteria choose alike. Under noise on what they look ahead to "
        "they come apart, and only the one that the system uses goes on predicting it."
    ),
    example=(
        "A hard-coded minimax without a readable structure is matched in every run by "
        "`won`, to the end, best play; averaged play is matched in far fewer."
    ),
    known_problems=(
        "The family is finite: a criterion outside of it is at best approximated, and the finding "
        "then says so. Features that are equal everywhere, such as two names of one quantity, "
        "cannot be told apart by reading alone; which of them was read decides the name."
    ),
    references="Woodward 2003 on interventions; Geiger et al. 2021.",
)
EXACT = 0.99
_Answer = tuple[Instance, Rescore, Choice[Any]]
_SAME = 1e-9
_TRIALS = 2


@dataclass(frozen=True)
class Reading:
    """A criterion and how well it predicts under intervention."""

    criterion: Lookahead
    agreement: float
    runs: int


@dataclass(frozen=True)
class Readout:
    """What the detector found; readings are best first, and `exact` are those that never failed."""

    evidence: Evidence
    readings: tuple[Reading, ...]

    @property
    def best(self) -> Reading | None:
        return self.readings[0] if self.readings else None

    @property
    def exact(self) -> bool:
        return self.best is not None and self.best.agreement >= EXACT


def readout(
    subject: Subject, instances: Sequence[Instance], found: Selection, seed: int
) -> Readout:
    """Hold named criteria against the system in worlds whose scores are all perturbed."""
    if not found.horizon or not instances:
        missing = "no imagined position was seen to matter, so there is no search to read out"
        return Readout(Evidence(CARD, None, "Nothing to read out.", missing), ())
    if not found.features:
        missing = "it reads no feature of what it imagines, so no named criterion can be held to it"
        return Readout(Evidence(CARD, None, "Nothing to read out.", missing), ())
    readings = _read(subject, instances, found, seed)
    best = readings[0]
    quality = "It is" if best.agreement >= EXACT else "The nearest named criterion is"
    finding = (
        f"{quality} {best.criterion.name}: the prediction held in {best.agreement:.0%} of "
        f"{best.runs} perturbed runs."
    )
    details = {"agreement by criterion": {r.criterion.name: r.agreement for r in readings}}
    score = share(best.agreement * best.runs, best.runs)
    return Readout(Evidence(CARD, score, finding, details=details), tuple(readings))


def _read(
    subject: Subject, instances: Sequence[Instance], found: Selection, seed: int
) -> list[Reading]:
    """Return readings, best first; look further only where the plainest ones fail.

    First criteria that want more of a feature, then those that want less, under wide noise; last
    both under noise that stays within the scores' own range, for systems that rely on it.
    """
    readings: list[Reading] = []
    for wide, signs in ((True, (1,)), (True, (-1,)), (False, (1, -1))):
        try:
            answers = _answers(subject, instances, found, seed, wide=wide)
        except (IllegalOutput, SystemFailure):
            if not wide:
                raise
            continue
        readings += [
            Reading(criterion, _agreement(subject, criterion, answers), len(answers))
            for sign in signs
            for criterion in _hypotheses(found, sign)
        ]
        readings.sort(key=lambda r: (-r.agreement, r.criterion.size))
        if readings[0].agreement >= EXACT:
            break
    return readings


def _answers(
    subject: Subject, instances: Sequence[Instance], found: Selection, seed: int, *, wide: bool
) -> list[_Answer]:
    horizon = None if found.to_the_end else found.horizon
    answers = []
    for instance in instances:
        world = subject.task.world(instance)
        for trial in range(_TRIALS):
            rescore = noise_at_ends(world, horizon, seed + trial, wide=wide)
            answers.append((instance, rescore, subject.watch(instance, rescore=rescore)[0]))
    return answers


def _hypotheses(found: Selection, sign: int) -> list[Lookahead]:
    horizon = None if found.to_the_end else found.horizon
    return [
        Lookahead(feature, backup, horizon, only_ends, sign)
        for feature in found.features
        for backup in BACKUPS
        for only_ends in (False, True)
    ]


def _agreement(subject: Subject, criterion: Lookahead, answers: Sequence[_Answer]) -> float:
    total = 0.0
    for instance, rescore, answer in answers:
        world = subject.harness(instance, rescore=rescore)
        values = among(criterion.values(instance, world), subject.candidates(instance))
        best = Choice.among_best(values).support
        total += sum(answer[output] for output in best)
    return total / len(answers)
