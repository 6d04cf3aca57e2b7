"""A run that is resumed goes on as it was started; what is said beside that must agree."""

from pathlib import Path

import pytest

from mesascope.cli.resumed import check_resumed
from mesascope.core.errors import BadRequest
from mesascope.organisms.catalogue import organism
from mesascope.organisms.organism import Wishes
from mesascope.store import RunDirectory
from mesascope.studies.request import Request
from mesascope.studies.trained_request import TrainedRequest
from tests.cli.inside import refused

NOTHING = {"preset": None, "seed": None, "budget": None, "quick": False, "worst_case": False}


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    wishes = Wishes(opponents=("perfect",), size_charge=0.0)
    request = Request("tictactoe/standard", seed=3, budget=50, wishes=wishes)
    config = request.config(organism("tictactoe/standard", None, wishes))
    with RunDirectory.create(tmp_path / "programs", config):
        return tmp_path / "programs"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    request = TrainedRequest("corner", seed=2, share=0.5)
    with RunDirectory.create(tmp_path / "policy", request.config(request.build())):
        return tmp_path / "policy"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--seed", "0"), "--seed 0 (the run has --seed 3)"),
        (("--budget", "51"), "--budget 51 (the run has --budget 50)"),
        (("--quick",), "--quick (the run has none)"),
        (("--opponent", "random"), "--opponent random (the run has --opponent perfect)"),
        (("--size-charge", "0.1"), "--size-charge 0.1 (the run has --size-charge 0.0)"),
        (("--share", "0"), "--share 0.0 (the run has none)"),
        (("--output", "elsewhere"), "elsewhere"),
        (("--preset", "diverse"), "--preset diverse (the run has --preset standard)"),
    ],
)
def test_what_disagrees_with_the_run_is_named(
    words: tuple[str, ...], said: str, programs: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = refused("run", "--resume", str(programs), *words)
    assert said in told
    assert "Leave out what disagrees" in told


def test_all_that_disagrees_is_named_and_nothing_else(policy: Path) -> None:
    told = refused("run", "dish", "--resume", str(policy), "--seed", "2", "--share", "0.1")
    assert "dish (the run has corner), --share 0.1 (the run has --share 0.5): " in told
    told = refused("run", "corner/control", "--preset", "confounded", "--resume", str(policy))
    assert "corner/control beside --preset confounded" in told


def test_what_agrees_is_accepted(programs: Path, policy: Path) -> None:
    asked = {"preset": "standard", "seed": 3, "budget": 50, "quick": False, "share": None}
    wishes = {"opponents": ("perfect",), "size_charge": 0.0, "output": programs}
    check_resumed(RunDirectory.open(programs), "tictactoe/standard", {**asked, **wishes})
    check_resumed(RunDirectory.open(programs), None, {**NOTHING, "opponents": ()})
    check_resumed(RunDirectory.open(policy), "corner", {**NOTHING, "share": 0.5, "seed": 2})
    # What the run was not asked for and filled in counts as much.
    check_resumed(RunDirectory.open(policy), "corner/confounded", {**NOTHING, "budget": 400_000})
    with pytest.raises(BadRequest, match="budget 1 "):
        check_resumed(RunDirectory.open(policy), None, {**NOTHING, "budget": 1})
