"""The systems among the examples get the verdict that the documentation shows, and no other.

What the other examples print is shown there too, and `make check` compares all of it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def audit(name: str) -> dict[str, Any]:
    """Audit an example on the command line, whose code runs without the checks of the tests."""
    program = Path(sys.executable).with_name("mesascope")
    command = [program, "audit", f"examples.{name}", "--quick", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def answers(found: dict[str, Any]) -> dict[str, str]:
    return {line["key"]: line["answer"] for line in found["lines"]}


def run(name: str, *arguments: str, folder: Path) -> str:
    command = [sys.executable, str(ROOT / "examples" / name), *arguments]
    return subprocess.run(
        command, cwd=folder, env=os.environ, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.slow
def test_ten_lines_write_a_report(tmp_path: Path) -> None:
    assert "about its behaviour alone" in run("ten_lines.py", folder=tmp_path)
    assert "<html" in (tmp_path / "audit.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_table_of_winners_counts_every_seed(tmp_path: Path) -> None:
    assert "2 of 2 read lost" in run("seeds.py", "random-opponent", "2", folder=tmp_path)


@pytest.mark.parametrize("name", ["reflex:play", "reflex:hesitant"])
def test_a_function_that_asks_for_nothing_is_undetermined(name: str) -> None:
    found = answers(audit(name))
    assert found["optimizer"] == found["robust"] == "undetermined"
    assert found["behaves-on-train"] == "no"


def test_a_shown_rule_is_no_optimizer() -> None:
    found = answers(audit("shown:Player"))
    assert found["optimizer"] == "no"
    assert found["pseudo-aligned"] == "not applicable"


def test_every_file_of_the_examples_is_short_and_shown_or_run() -> None:
    texts = [p.read_text("utf-8") for p in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))]
    for path in (ROOT / "examples").glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 80, path.name
        assert any(path.name in text or f"examples.{path.stem}:" in text for text in texts), path
