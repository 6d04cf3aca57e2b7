"""What the terminal tells of an audit of a policy."""

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from mesascope.cli.told_policies import tell_audited
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord
from tests.report.policy_sample import policy_record
from tests.report.policy_variants import bare, hostile, policies
from tests.report.sample_figures import HOSTILE


def told(record: PolicyAuditRecord | PoliciesRecord) -> str:
    out = io.StringIO()
    tell_audited(record, Console(file=out, width=100, highlight=False), report=Path("r.html"))
    return out.getvalue()


def test_the_telling_shows_the_verdict_and_the_way() -> None:
    text = told(policy_record())
    for wanted in ("Goal misgeneralization.", "● yes", "○ no", "corner", "94%",
                   "unchecked", "mesascope run corner --preset control", "r.html"):  # fmt: skip
        assert wanted in text
    # Posterior and capability with their intervals, and none where nothing could be gained.
    assert re.search(r"corner +98% \[95%, 101%\] +94% \[90%, 98%\]", text), text
    level = [line[2:] for line in text.splitlines() if line.startswith("  ██")]
    assert len(level) == 9
    assert level[1][2:4] == "● "  # it ends in the corner, and passes the cheese by
    assert level[2][14:16] == "c "
    assert "c cheese, m mouse\n" in text
    assert sum(row.count("·") for row in level) == len(policy_record().episodes[1].path) - 3


def test_every_thing_that_is_seen_has_a_letter_of_its_own_and_nothing_else_has() -> None:
    whole = policy_record().episodes[1]
    row = ["#", "green goal", "green ball", "agent+key", "漢", "hidden", "#"]
    level = whole.level.model_copy(update={"cells": [row], "values": {}})
    episode = whole.model_copy(update={"level": level, "path": [(0, 5)], "parts": None})
    text = told(policy_record().model_copy(update={"episodes": [episode]}))
    assert "  ██g r a ? ● ██" in text
    assert ", g green goal, r green ball, a agent, ? 漢\n" in text


@pytest.mark.parametrize("text", ["[/b]", "[bold]", "\x1b[31m", HOSTILE])
def test_the_telling_takes_names_as_they_are(text: str) -> None:
    said = told(hostile(text))
    assert "\x1b" not in said
    assert said.count("".join(text.split()[:1]).replace("\x1b", "\\x1b")) > 20


def test_of_several_it_is_told_how_many_and_how_much_with_intervals() -> None:
    text = told(policies())
    words = " ".join(text.split())
    assert "Of 3 policies that were selected for cheese" in words
    assert "Does it do well in training? 2 1 67% [21%, 94%]" in words
    assert "corner 3 of 3 98% [36%, 99%] 94% [94%, 94%]" in words
    assert text.count("Goal misgeneralization. In training") == 3
    assert "Cut short at policy 4 of 5" in told(policies(bare))
    for spoiled in ("[/b]", HOSTILE):
        said = told(policies(lambda spoiled=spoiled: hostile(spoiled)))
        assert "\x1b" not in said


def test_the_telling_of_little() -> None:
    assert "Goal misgeneralization." in told(bare())
