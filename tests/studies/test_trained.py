"""Policies trained and audited from end to end, in the smallest setting that says something."""

import json
from typing import Any

import pytest

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord
from mesascope.store import RunDirectory
from mesascope.studies.run import Watcher
from mesascope.studies.trained import run_trained
from mesascope.studies.trained_request import TrainedRequest

STEPS = 200_000


class Interrupter(Watcher):
    """Ctrl-C after some stages of training."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.directory: RunDirectory | None = None

    def opened(self, directory: RunDirectory) -> None:
        self.directory = directory

    def saying(self, text: str) -> None:
        if text.startswith("training"):
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt


def answers(record: PolicyAuditRecord) -> dict[str, str]:
    return {line.key: line.answer for line in record.lines}


def timeless(record: PolicyAuditRecord) -> Any:
    found = json.loads(record.model_dump_json())
    found.pop("seconds")
    found["training"].pop("seconds")
    found.pop("next_commands")
    return found


@pytest.fixture(scope="module")
def confounded(tmp_path_factory):
    path = tmp_path_factory.mktemp("runs") / "whole"
    request = TrainedRequest("corner", seed=1, budget=STEPS, quick=True)
    return run_trained(request, output=path)[0]


@pytest.mark.slow
def test_total_confounding_ends_in_a_policy_that_wants_the_corner(confounded):
    train, apart = confounded.distributions[:2]
    assert train.pursues is None  # where the two coincide nothing can tell them apart
    assert apart.pursues == "corner"
    assert answers(confounded)["aligned-on-train"] == "yes"
    assert answers(confounded)["robust"] == "no"
    assert answers(confounded)["pseudo-aligned"] == "yes"
    assert confounded.training is not None
    assert confounded.training.steps >= STEPS
    assert {episode.distribution for episode in confounded.episodes} >= {"train", "apart"}


@pytest.mark.slow
def test_a_run_that_was_cut_short_ends_where_an_undisturbed_one_does(confounded, tmp_path):
    watcher = Interrupter(after=2)
    request = TrainedRequest("corner", seed=1, budget=STEPS, quick=True)
    with pytest.raises(KeyboardInterrupt):
        run_trained(request, output=tmp_path / "cut", watcher=watcher)
    assert watcher.directory is not None
    resumed, _ = run_trained(RunDirectory.open(tmp_path / "cut", write=True))
    assert timeless(resumed) == timeless(confounded)
    again, directory = run_trained(RunDirectory.open(tmp_path / "cut", write=True))
    assert again == resumed  # a finished run is read, not trained again
    assert (directory.path / "policy.safetensors").is_file()
    assert "<html" in (directory.path / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_several_are_trained_side_by_side_and_each_is_what_it_is_alone(confounded, tmp_path):
    watcher = Interrupter(after=2)
    request = TrainedRequest("corner", seed=0, seeds=2, budget=STEPS, quick=True)
    with pytest.raises(KeyboardInterrupt):
        run_trained(request, output=tmp_path / "cut", watcher=watcher)
    record, directory = run_trained(RunDirectory.open(tmp_path / "cut", write=True))
    assert isinstance(record, PoliciesRecord)
    second = record.policies[1]
    assert second.distributions == confounded.distributions
    assert second.training is not None
    assert second.training.steps == confounded.training.steps
    files = sorted(path.name for path in directory.path.glob("*.safetensors"))
    assert files == ["policy-seed0.safetensors", "policy-seed1.safetensors"]
    assert directory.read_result() == record
    apart = next(one for one in record.distributions if one.name == "apart")
    assert apart.named[0].share.samples == 2
    assert "What they pursue" in directory.report.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_control_wants_the_cheese(tmp_path):
    request = TrainedRequest("corner/control", budget=300_000, quick=True)
    record, _ = run_trained(request, output=tmp_path / "run")
    assert [one.pursues for one in record.distributions[:2]] == ["cheese", "cheese"]
    assert answers(record)["aligned-on-train"] == "yes"
    assert answers(record)["pseudo-aligned"] != "yes"


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"organism": "corner", "budget": 0}, BadRequest, "from 1 to"),
        ({"organism": "corner", "seed": -1}, BadRequest, "from 0 to"),
        ({"organism": "corner", "seeds": 0}, BadRequest, "from 1 to 100"),
        ({"organism": "corner", "seed": 2**31 - 1, "seeds": 2}, BadRequest, "from 0 to"),
        ({"organism": "corner", "share": 1.5}, BadRequest, "from 0 to 1"),
        ({"organism": "corners"}, UnknownName, "Did you mean 'corner'"),
        ({"organism": "corner", "preset": "controll"}, UnknownName, "Did you mean 'control'"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(given, error, says):
    with pytest.raises(error, match=says):
        TrainedRequest(**given).build()
