"""The other detectors on a task that is no game, and what becomes of systems that misbehave."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from mesascope.core.choice import Choice
from mesascope.core.errors import IllegalOutput, StepLimitExceeded, SystemFailure
from mesascope.core.lookahead import Lookahead
from mesascope.core.mesa_model import MesaModel
from mesascope.core.objective import MesaObjective
from mesascope.core.randomness import stream
from mesascope.core.system import System
from mesascope.evidence.budget import budget
from mesascope.evidence.control import control
from mesascope.evidence.novelty import novelty
from mesascope.evidence.probe import Subject, gather
from mesascope.evidence.readout import readout
from mesascope.evidence.runner_up import runner_up
from mesascope.evidence.selection import selection
from mesascope.evidence.shares import share
from mesascope.evidence.structure import structure
from mesascope.evidence.swap import swap
from tests.evidence.orchard import (
    SHADE,
    Boaster,
    Canceller,
    Orchard,
    OrchardTask,
    Planner,
    Showing,
)

TASK = OrchardTask()
TRAIN, FEW = TASK.distributions["train"], TASK.distributions["few"]
MODULES = (
    "selection",
    "structure",
    "readout",
    "budget",
    "swap",
    "runner_up",
    "control",
    "novelty",
)


def ready(system: System, count: int = 20) -> tuple[Subject, list[Any]]:
    subject = Subject(system, TASK)
    return subject, gather(subject, TRAIN, count, stream(0, "test"))


def model_of(system: Planner) -> MesaModel:
    objective = MesaObjective("its own values", lambda instance, world: system.values(world))
    return MesaModel(objective, "the ways", "declared", None, 1, "the test")


@pytest.mark.parametrize("module", MODULES)
def test_every_card_is_written_out(module: str) -> None:
    card = import_module(f"mesascope.evidence.{module}").CARD
    for text in (card.measures, card.why, card.example, card.known_problems, card.references):
        assert len(text) > 20


def test_structure_is_believed_when_it_answers_every_perturbation() -> None:
    true = structure(*ready(Showing(Planner(), Planner())), 0)
    false = structure(*ready(Showing(Planner(), Boaster())), 0)
    assert true.score is not None
    assert false.score is not None
    assert true.score.estimate == 1.0
    assert false.score.estimate < 0.7


def test_a_structure_that_agrees_only_in_the_true_world_is_not_believed() -> None:
    @dataclass(frozen=True)
    class Stored:
        """What a planner would do, without asking anybody."""

        def respond(self, instance: Orchard, world: Any) -> Choice[Any]:
            return Planner().respond(instance, TASK.world(instance))

    found = structure(*ready(Showing(Planner(), Stored())), 0)
    assert found.score is not None
    assert found.score.estimate < 0.9


def test_a_told_trace_is_mentioned_and_ignored() -> None:
    found = structure(*ready(Boaster()), 0)
    assert found.score is None
    assert "proves nothing" in found.finding
    assert "structure" in found.missing


def test_a_budget_changes_a_planner_and_no_reflex() -> None:
    subject, instances = ready(Planner())
    curve = budget(subject, instances)
    assert [depth for depth, _ in curve.regret] == [1, 2, 3]
    assert curve.regret[-1][1] < 1e-12 < curve.regret[0][1]
    reflex = budget(*ready(SHADE))
    assert reflex.evidence.score is not None
    assert reflex.evidence.score.estimate == 0.0
    assert len({regret for _, regret in reflex.regret}) == 1
    assert budget(subject, []).evidence.score is None


def test_without_its_winner_a_planner_takes_the_next_best() -> None:
    subject, instances = ready(Planner())
    right, wrong = (
        runner_up(subject, instances, model_of(planner)) for planner in (Planner(), Planner(1))
    )
    assert right.score is not None
    assert wrong.score is not None
    assert right.score.estimate == 1.0
    assert wrong.score.estimate < 0.9
    assert runner_up(subject, instances, None).score is None


def test_a_swapped_objective_is_pursued_only_by_a_search() -> None:
    criterion = Lookahead("fruit", "best play", None)
    assert swap(*ready(Planner()), None, 0).score is None
    left = swap(*ready(Boaster()), criterion, 0)
    assert left.score is not None
    assert left.score.estimate < 0.7
    assert 0.0 < left.details["chance"] < 1.0


def test_a_reading_that_fits_nothing_says_so() -> None:
    subject, instances = ready(Planner(), 8)
    found = selection(subject, instances, 0)
    named = readout(subject, instances, found, 0)
    # One agent alone: no named criterion, all of which alternate between two sides, is right.
    assert named.best is not None
    assert not named.exact
    assert "nearest" in named.evidence.finding
    nothing = readout(subject, instances, selection(*ready(Canceller(), 8), 0), 0)
    assert nothing.best is None
    assert nothing.evidence.score is None


def test_what_a_task_does_not_lend_is_missing_and_not_zero() -> None:
    subject, instances = ready(Planner())
    found = control(subject, TRAIN, instances, episodes=10, seed=0)
    assert found.score is None
    assert found.missing


def test_novelty_reports_what_there_is() -> None:
    subject, _ = ready(Boaster())
    figure = share(1, 4)
    assert novelty(subject, FEW, lambda s, d: None).score is None
    assert novelty(subject, FEW, lambda s, d: figure).missing
    shown, _ = ready(Showing(Planner(), Planner()))
    assert novelty(shown, FEW, lambda s, d: figure).details["description length"] == 3


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (10, 10), (3, 10), (1, 1)])
def test_shares_have_width_and_hold_their_estimate(hits: int, trials: int) -> None:
    found = share(hits, trials)
    assert 0.0 <= found.low <= found.estimate == hits / trials <= found.high <= 1.0
    assert found.low < found.high
    # Wilson's interval: its ends solve |p - x| = z sqrt(x (1 - x) / n).
    for end in {found.low, found.high} - {0.0, 1.0}:
        assert abs(found.estimate - end) == pytest.approx(
            1.959963984540054 * (end * (1 - end) / trials) ** 0.5, abs=1e-9
        )
    with pytest.raises(ValueError, match="at least one"):
        share(0, 0)


def raises(instance: Any, world: Any) -> Any:
    raise ZeroDivisionError("no orchard")


def leaves(instance: Any, world: Any) -> Any:
    raise SystemExit(3)


def asks_for_ever(instance: Any, world: Any) -> Any:
    while True:
        world.score(world.root, "fruit")


def not_a_number(instance: Any, world: Any) -> Any:
    return Choice({0: float("nan")})


def no_choice(instance: Any, world: Any) -> Any:
    return 0


@dataclass(frozen=True)
class Misbehaving:
    behave: Any
    name: str = "misbehaving"

    def respond(self, instance: Orchard, world: Any) -> Any:
        return self.behave(instance, world)


@pytest.mark.parametrize(
    ("behave", "error"),
    [
        (raises, SystemFailure),
        (leaves, SystemFailure),
        (asks_for_ever, StepLimitExceeded),
        (not_a_number, IllegalOutput),
        (no_choice, IllegalOutput),
    ],
)
def test_a_system_that_misbehaves_ends_in_a_typed_error(behave: Any, error: type) -> None:
    subject = Subject(Misbehaving(behave), TASK, step_limit=1_000)
    with pytest.raises(error) as raised:
        gather(subject, TRAIN, 3, stream(0, "test"))
    assert len(str(raised.value)) > 40
