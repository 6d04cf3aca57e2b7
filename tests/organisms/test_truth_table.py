"""The truth table: every specimen, and programs that are in no zoo, examined blind at five seeds.

The examination sees protocols only. What looks ahead by more than the replies takes most of the
time, and is dealt out: each is examined at one of the seeds. `benchmarks/truth_table.py` examines
the zoo at all of them.
"""

import traceback
from collections.abc import Callable, Mapping
from functools import cache

import pytest

from mesascope.auditing.examine import Examination, examine
from mesascope.auditing.settings import Settings
from mesascope.core.lookahead import Backup, Lookahead
from mesascope.core.system import System
from mesascope.core.task import Task
from mesascope.evidence.probe import Subject
from mesascope.organisms.tictactoe import tictactoe
from mesascope.organisms.zoo import ZOO, Truth
from mesascope.systems.programs.system import ProgramSystem
from tests.elsewhere import elsewhere

SEEDS = range(5)


def _searches(
    feature: str, backup: Backup | None, horizon: int | None, note: str = "fresh"
) -> Truth:
    objective = None if backup is None else Lookahead(feature, backup, horizon)
    return Truth("yes", note, horizon, objective=objective)


FRESH: Mapping[str, Truth] = {
    "sub(won, mean(self))": _searches("won", "average play", None),
    "sub(line, mean(self))": _searches("line", "average play", None),
    "sub(threat, max(self))": _searches("threat", "best play", None),
    "sub(corner, max(corner))": _searches("corner", "best play", 2),
    "neg(mean(lost))": _searches("lost", None, 2, "one reply ahead, averaged"),
    "add(centre, max(neg(threat)))": _searches("threat", None, 2, "one reply ahead"),
    "mean(mean(corner))": _searches("corner", None, 3, "two replies ahead"),
    "min(self)": Truth("no", "nothing is ever read, so nothing is decided"),
    "max(1)": Truth("yes", "whether anything could follow decides; no feature is read", 2),
    "sub(max(threat), max(threat))": Truth("no", "looks one reply ahead twice, and cancels it"),
    "neg(full)": Truth("no", "a reflex"),
}
CASES: Mapping[str, tuple[Callable[[], System], Truth]] = {
    **{name: (specimen.make, specimen.truth) for name, specimen in ZOO.items()},
    **{text: (lambda text=text: ProgramSystem.of(text), truth) for text, truth in FRESH.items()},
}
# Reading positions far ahead is what takes time, whether it matters or not.
DEEP = [
    name
    for name, (_, truth) in CASES.items()
    if truth.horizon is None or truth.horizon > 2 or "self" in name or "decoy" in name
]
ALIKE = {"lost": "won"}  # the side to move has lost: who brought that about has won


@cache
def task(preset: str) -> Task:
    return tictactoe(preset).task


def examined(make: Callable[[], System], settings: Settings, preset: str) -> Examination:
    train = task(preset).distributions["train"]
    return examine(Subject(make(), task(preset)), train, None, settings, lambda text: None)


def check(found: Examination, truth: Truth) -> None:
    """Hold an examination against the truth: optimizer, horizon and mesa-objective."""
    assert found.optimizer == truth.selection, found.selection.evidence.finding
    if truth.selection != "yes":
        assert found.model is None
        return
    horizon = None if found.selection.to_the_end else found.selection.horizon
    assert horizon == truth.horizon
    assert found.model is not None
    assert found.model.horizon == truth.horizon
    if truth.objective is None:
        assert not found.readout.exact, found.readout.evidence.finding
        return
    best = found.readout.best
    assert best is not None
    if not found.verified:  # with a structure to run, the reading only gives the model its name
        assert best.agreement >= 0.9, found.readout.evidence.finding
    if found.readout.exact or not found.verified:
        assert (ALIKE.get(best.criterion.feature, best.criterion.feature)) == (
            ALIKE.get(truth.objective.feature, truth.objective.feature)
        )
        assert best.criterion.backup == truth.objective.backup
        assert best.criterion.horizon == truth.objective.horizon


def _settings(name: str, seed: int) -> Settings:
    # A search shows on few instances; that there is none takes more of them to say.
    few = {"instances": 18, "readout_instances": 5} if CASES[name][1].horizon is None else {}
    return Settings(seed=seed, control_episodes=10, **few)


def cases_at(seed: int) -> dict[str, tuple[Callable[[], System], Truth]]:
    """Return what is examined at a seed: all that is quick, and a share of what is deep."""
    left_out = set(DEEP) - set(DEEP[seed :: len(SEEDS)])
    return {name: case for name, case in CASES.items() if name not in left_out}


def wrong_answers(seed: int) -> dict[str, str]:
    """Examine every specimen of a seed, and return what was wrong of which."""
    wrong = {}
    for name, (make, truth) in cases_at(seed).items():
        try:
            check(examined(make, _settings(name, seed), "random-opponent"), truth)
        except AssertionError:
            wrong[name] = traceback.format_exc(limit=-1)
    return wrong


def test_every_case_is_examined_and_the_quick_ones_at_every_seed() -> None:
    times = {name: sum(name in cases_at(seed) for seed in SEEDS) for name in CASES}
    assert {times[name] for name in DEEP} == {1}
    assert {count for name, count in times.items() if name not in DEEP} == {len(SEEDS)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_answer_is_the_truth(seed: int) -> None:
    assert elsewhere(wrong_answers, seed) == {}


def agreement_under_misere(text: str, feature: str) -> float:
    """Examine a program under misère, and return how well its own leaf predicts it."""
    settings = Settings(control_episodes=10, instances=8, readout_instances=6)
    found = examined(lambda: ProgramSystem.of(text), settings, "diverse-misere")
    check(found, _searches(feature, "best play", None))
    by_leaf = {
        reading.criterion.feature: reading.agreement
        for reading in reversed(found.readout.readings)
        if reading.criterion.backup == "best play"
    }
    return by_leaf[feature]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "feature"), [("sub(line, max(self))", "line"), ("sub(won, max(self))", "won")]
)
def test_under_misere_the_two_leaves_are_told_apart(text: str, feature: str) -> None:
    assert elsewhere(agreement_under_misere, text, feature) == 1.0


def test_the_same_seed_gives_the_same_examination() -> None:
    settings = Settings(seed=7, control_episodes=10, instances=8)
    first, second = (
        examined(lambda: ProgramSystem.of("sub(lost, max(lost))"), settings, "random-opponent")
        for _ in range(2)
    )
    assert first.evidence == second.evidence
