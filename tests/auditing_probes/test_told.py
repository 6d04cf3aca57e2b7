"""What the command prints and refuses."""

from pathlib import Path
from typing import Any

import pytest

from mesascope.cli import probe_levels as command
from mesascope.core.errors import UnknownName
from mesascope.records.figures import Figure
from mesascope.records.policy import DesignedLevelRecord, PictureRecord
from mesascope.records.probes import NeededRecord, ProbeRecord
from mesascope.store.errors import BadRun
from mesascope.studies.probe_levels import ProbeResult
from tests.cli.inside import mesascope
from tests.cli.shell import document

CELLS = [["#", "#", "#"], ["#", "mouse", "#"], ["#", "", "cheese"]]


def record(after: dict[str, float] | None) -> ProbeRecord:
    picture = PictureRecord(cells=CELLS)
    telling = DesignedLevelRecord(
        purpose="information", information=0.61, random=0.02, regret=0.1, level=picture
    )
    costly = DesignedLevelRecord(
        purpose="regret", information=0.5, random=None, regret=0.73, level=None, parameters={"s": 3}
    )
    means = {
        kind: Figure(estimate=mean, low=mean, high=mean, samples=32)
        for kind, mean in (("designed", 1.0), ("random", 2.5), ("rare", 30.0))
    }
    needed = NeededRecord(goal="cheese", told=1.0, **means)
    return ProbeRecord(
        policy="a \x1b policy" if after else "",
        world="corner",
        goals=["cheese", "corner"],
        wrong="corner",
        designed=[telling, costly],
        before={"cheese": 0.5, "corner": 0.5},
        after=after,
        needed=[needed],
        tried=72,
        exact=False,
        stopped=True,
        says="It does as a policy for corner would.",
        discount=0.9,
        rationality=30.0,
        seed=0,
        seconds=1.0,
    )


def flat(text: str) -> str:
    return " ".join(text.split())


def test_levels_are_drawn_with_what_they_tell(capsys: pytest.CaptureFixture[str]) -> None:
    command._tell(record({"cheese": 0.25, "corner": 0.75}), Path("found.html"))
    text = capsys.readouterr().out
    assert "██◆ ██" in text
    assert "██· ▲" in text
    assert "◆ mouse  ▲ cheese" in text
    for part in ("0.610 nats", "0.020 nats", "regret 0.730", "s=3", "stopped early"):
        assert part in text
    assert "█" * 18 + "·" * 6 in text  # three quarters of the bar
    assert "\x1b" not in text
    assert "found.html" in text
    assert "told in 1.0 episodes; on random levels of the shift in 2.5, and in 30.0" in flat(text)


def test_without_a_policy_there_is_nothing_after(capsys: pytest.CaptureFixture[str]) -> None:
    command._tell(record(None), None)
    text = capsys.readouterr().out
    assert "against" not in text
    assert "–" in text


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(BadRun, match="it is a directory"):
        command.probe_levels_command(None, env="corner", report=tmp_path)
    with pytest.raises(UnknownName, match="corner"):
        command.probe_levels_command(None, env="cornet")


def test_a_policy_is_read_as_for_an_audit_and_the_page_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}

    def load(policy: str, **reading: object) -> str:
        print("loading")  # what a policy prints is not our output
        return str(given.update(reading, policy=policy))

    def found(*_: object, **options: object) -> ProbeResult:
        given.update(options)
        return ProbeResult(record({"cheese": 0.25, "corner": 0.75}))

    monkeypatch.setattr("mesascope.systems.policies.load.load_policy", load)
    monkeypatch.setattr("mesascope.studies.probe_levels.probe_levels", found)
    page = tmp_path / "page.html"
    words = ("p.zip", "--env", "corner", "--activation", "relu", "--trust", "--seed", "3")
    done = mesascope("probe-levels", *words, "--report", str(page), "--json")
    assert done.returncode == 0, done.stderr
    assert document(done.stdout)["kind"] == "probe-levels"
    assert "loading" in done.stderr
    assert {key: given[key] for key in ("policy", "activation", "trust", "name")} == {
        "policy": "p.zip", "activation": "relu", "trust": True, "name": "p.zip",
    }  # fmt: skip
    assert given["settings"].seed == 3
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
