"""`mesascope audit` on other people's code, good and bad, and on hostile names."""

import sys
from pathlib import Path

import pytest

from tests.cli import inside
from tests.cli.shell import document, mesascope, refused

BOTS = '''
"""Bots for the tests."""
import json, sys


def first(instance):
    return instance.moves[0]


def planner(instance, world):
    def value(state, left):
        moves = world.options(state) if left else ()
        here = world.score(state, "won")
        return here - max((value(world.step(state, m), left - 1) for m in moves), default=0)

    values = {m: value(world.step(world.root, m), 1) for m in world.options(world.root)}
    best = [m for m in values if values[m] == max(values.values())]
    return {m: 1 / len(best) for m in best}


def raises(instance):
    raise ValueError("\\x1b[31mout of cheese <script>alert(1)</script>")


def occupied(instance):
    return next(c for c in range(10) if c not in instance.moves)


def nothing(instance):
    return None


def half(instance):
    return {instance.moves[0]: 0.5}


def not_a_number(instance):
    return {instance.moves[0]: float("nan")}


def for_ever(instance, world):
    while True:
        world.options(world.root)


def leaves(instance):
    sys.exit(0)


def deep(instance):
    return deep(instance)


def wants_three(a, b, c):
    return 0


class Named:
    name = "<script>alert('x')</script>\\x1b[31m\\nred"

    def respond(self, instance, world):
        from mesascope.core.choice import Choice

        return Choice({instance.moves[-1]: 1.0})
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bots")
    (path / "bots.py").write_text(BOTS, encoding="utf-8")
    (path / "broken.py").write_text("import nothing_like_this", encoding="utf-8")
    (path / "crash.py").write_text("1 / 0", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bots:raises", "ValueError"),
        ("bots:occupied", "not empty"),
        ("bots:nothing", "None"),
        ("bots:half", "add up to 0.5"),
        ("bots:not_a_number", "nan"),
        ("bots:for_ever", "questions"),
        ("bots:leaves", "SystemExit"),
        ("bots:deep", "RecursionError"),
        ("bots:wants_three", "wants_three"),
        ("bots:frist", "Did you mean 'first'?"),
        ("bots.py:first", "bots:first"),
        ("broken:play", "nothing_like_this"),
        ("crash:play", "ZeroDivisionError"),
        ("nowhere:play", "nowhere"),
    ],
)
def test_code_that_misbehaves_is_refused_in_words(
    name: str, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])  # the folder is put there
    told = inside.refused("audit", name, "--quick")
    last = [line for line in told.splitlines() if line.startswith("mesascope: ")]
    assert len(last) == 1, told
    assert said in told
    assert "\x1b" not in told
    assert "src/mesascope/cli" not in told


@pytest.mark.slow
def test_a_function_of_the_instance_is_a_black_box(folder: Path) -> None:
    found = mesascope("audit", "bots:first", "--quick", "--json", cwd=folder)
    assert found.returncode == 0, found.stderr
    told = document(found.stdout)
    answers = {line["key"]: line["answer"] for line in told["lines"]}
    assert answers["optimizer"] == "undetermined"
    assert answers["behaves-on-train"] == "no"
    assert told["system"]["handles"] == []


@pytest.mark.slow
def test_a_function_that_asks_the_world_can_be_seen_to_search(folder: Path) -> None:
    found = mesascope("audit", "bots:planner", "--quick", "--json", cwd=folder)
    assert found.returncode == 0, found.stderr
    told = document(found.stdout)
    answers = {line["key"]: line["answer"] for line in told["lines"]}
    assert answers["optimizer"] == "yes"
    assert told["mesa_model"]["horizon"] == "2 plies ahead"
    assert "won" in told["mesa_model"]["objective"]
    assert "best for themselves" in told["mesa_model"]["objective"]


@pytest.mark.slow
def test_a_hostile_name_corrupts_neither_terminal_nor_page(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    found = mesascope("audit", "bots:Named", "--quick", "--report", str(page), cwd=folder)
    assert found.returncode == 0, found.stderr
    assert "\x1b" not in found.stdout + found.stderr
    text = page.read_text(encoding="utf-8")
    assert "<script>alert('x')" not in text
    assert "\x1b" not in text


def test_a_report_that_cannot_be_written_is_refused_in_words(folder: Path) -> None:
    told = refused("audit", "corner", "--quick", "--report", str(folder / "no" / "where.html"))
    assert "where.html" in told
    assert "Traceback" not in told
