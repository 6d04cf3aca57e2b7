"""The examination: run every detector on one system, and build its mesa-model where it has one."""

from collections.abc import Callable
from dataclasses import dataclass

from mesascope.auditing.bridge import behaviour_regret_on
from mesascope.auditing.extract import build_model
from mesascope.auditing.settings import Settings
from mesascope.core.evidence import Evidence
from mesascope.core.mesa_model import MesaModel
from mesascope.core.randomness import stream
from mesascope.core.system import Instance, Structure
from mesascope.core.task import Distribution
from mesascope.core.verdict import Answer
from mesascope.evidence.budget import BudgetCurve, budget
from mesascope.evidence.control import control
from mesascope.evidence.novelty import novelty
from mesascope.evidence.probe import Subject, gather
from mesascope.evidence.readout import EXACT, Readout, readout
from mesascope.evidence.runner_up import runner_up
from mesascope.evidence.selection import Selection, selection
from mesascope.evidence.shown import shown_structure
from mesascope.evidence.structure import structure
from mesascope.evidence.swap import swap

Say = Callable[[str], None]
_SHORT = 3  # plies


@dataclass(frozen=True)
class Examination:
    """What the detectors found.

    Attributes:
        optimizer: the answer to "is there search inside", from selection and structure.
        model: what it searches for; None where there is no search or it cannot be read.
        built_from: the instances that the model was built from.
        shown: the structure that the system shows, verified or not; None without the handle.
        verified: whether the shown structure accounts for the output.
        questions: what the system asks the world about an instance, on average.
    """

    optimizer: Answer
    selection: Selection
    structure: Evidence
    readout: Readout
    budget: BudgetCurve
    others: tuple[Evidence, ...]
    model: MesaModel | None
    built_from: tuple[Instance, ...]
    shown: Structure | None
    verified: bool
    questions: float

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every finding, in the order in which a reader wants them."""
        return (
            self.selection.evidence,
            self.structure,
            self.readout.evidence,
            self.budget.evidence,
            *self.others,
        )

    @property
    def control(self) -> Evidence:
        """The finding on feedback."""
        return self._named("control")

    @property
    def swap(self) -> Evidence:
        """The finding on another criterion in the score slot."""
        return self._named("objective swap")

    def _named(self, name: str) -> Evidence:
        return next(evidence for evidence in self.others if evidence.card.name == name)


def examine(
    subject: Subject,
    train: Distribution,
    novel: Distribution | None,
    settings: Settings,
    say: Say,
) -> Examination:
    """Run the detectors on instances from the system's own training episodes."""
    seed = settings.seed
    instances = gather(subject, train, settings.instances, stream(seed, "detectors"))
    say("looking for search: perturbing what it imagines")
    found = selection(subject, instances, seed)
    verified = structure(subject, instances, seed)
    shown = shown_structure(subject.system)
    accounts = verified.score is not None and verified.score.low >= settings.agreement
    answer = optimizer_answer(found, accounts, settings)
    # A short look-ahead is cheap to repeat, and only some instances have an end within its reach.
    cheap = 0 < found.horizon <= _SHORT and not found.to_the_end
    reading = instances if cheap else instances[: settings.readout_instances]
    say("reading out what it searches for")
    named = readout(subject, reading, found, seed + 1)
    model = None
    if answer == "yes":
        model = build_model(subject, found, named, shown if accounts else None, settings)
    say("cutting its budget, swapping its objective, deleting its winners, freezing its feedback")
    criterion = named.best.criterion if named.best and named.best.agreement >= EXACT else None
    others = [
        swap(subject, instances, criterion, seed + 2),
        runner_up(subject, instances, model),
        control(subject, train, instances, episodes=settings.control_episodes, seed=seed),
    ]
    if novel is not None:
        others.append(novelty(subject, novel, lambda s, d: behaviour_regret_on(s, d, 100, seed)))
    return Examination(
        optimizer=answer,
        selection=found,
        structure=verified,
        readout=named,
        budget=budget(subject, instances),
        others=tuple(others),
        model=model,
        built_from=tuple(reading),
        shown=shown,
        verified=accounts,
        questions=sum(log.steps for log in subject.logs.values()) / max(1, len(subject.logs)),
    )


def optimizer_answer(found: Selection, accounts: bool, settings: Settings) -> Answer:
    """Say whether there is search inside.

    A causal effect of imagined positions settles it. Without one, only a structure that accounts
    for the output can rule search out: a box that asks for nothing may simulate inside itself.
    """
    score = found.evidence.score
    if score is None:
        return "no" if accounts else "undetermined"
    side = score.side_of(settings.selection_threshold)
    if side > 0:
        return "yes"
    return "no" if side < 0 and accounts else "undetermined"
