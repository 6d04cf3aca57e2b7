"""What the command prints and refuses."""

from pathlib import Path

import pytest

from mesascope.cli import probe_levels as command
from mesascope.core.errors import BadRequest, UnknownName
from mesascope.records.policy import DesignedLevelRecord, PictureRecord
from mesascope.records.probes import ProbeRecord

CELLS = [["#", "#", "#"], ["#", "mouse", "#"], ["#", "", "cheese"]]


def record(after: dict[str, float] | None) -> ProbeRecord:
    picture = PictureRecord(cells=CELLS)
    telling = DesignedLevelRecord(
        purpose="information", information=0.61, random=0.02, regret=0.1, level=picture
    )
    costly = DesignedLevelRecord(
        purpose="regret", information=0.5, random=None, regret=0.73, level=None, parameters={"s": 3}
    )
    return ProbeRecord(
        policy="a \x1b policy" if after else "",
        world="corner",
        goals=["cheese", "corner"],
        wrong="corner",
        designed=[telling, costly],
        before={"cheese": 0.5, "corner": 0.5},
        after=after,
        tried=72,
        exact=False,
        stopped=True,
        says="It does as a policy for corner would.",
        discount=0.9,
        rationality=30.0,
        seed=0,
        seconds=1.0,
    )


def test_levels_are_drawn_with_what_they_tell(capsys: pytest.CaptureFixture[str]) -> None:
    command._tell(record({"cheese": 0.25, "corner": 0.75}), Path("found.json"))
    text = capsys.readouterr().out
    assert "██◆ ██" in text
    assert "██· ○" in text
    assert "◆ mouse  ○ cheese" in text
    for part in ("0.610 nats", "0.020 nats", "regret 0.730", "{'s': 3}", "stopped early"):
        assert part in text
    assert "█" * 18 + "·" * 6 in text  # three quarters of the bar
    assert "\x1b" not in text
    assert "found.json" in text


def test_without_a_policy_there_is_nothing_after(capsys: pytest.CaptureFixture[str]) -> None:
    command._tell(record(None), None)
    text = capsys.readouterr().out
    assert "against" not in text
    assert "–" in text


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="path of a file"):
        command.probe_levels_command(None, env="corner", report=tmp_path)
    with pytest.raises(UnknownName, match="corner"):
        command.probe_levels_command(None, env="cornet")
