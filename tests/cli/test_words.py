"""What the commands say: help for everything, exact scores, errors with a remedy, and JSON."""

import inspect
import os
import re
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from mesascope.cli.main import app
from tests.cli.inside import refused
from tests.cli.shell import PROGRAM, document, environment, mesascope

HERE = "tests.cli.test_words:even"
COMMANDS = [name for name in app if not name.startswith("-")]


def even(observations: np.ndarray) -> np.ndarray:
    return np.zeros((len(observations), 2))


def test_there_are_the_commands_that_the_readme_names() -> None:
    assert set(COMMANDS) >= {"run", "audit", "score", "organisms", "show"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_parameter_has_its_help(command: str) -> None:
    function = app[command].default_command
    assert function is not None
    shown = mesascope(command, "--help", COLUMNS="300")
    assert shown.returncode == 0
    (summary, *_) = (inspect.getdoc(function) or "it has none").splitlines()
    assert summary.replace("`", "") in shown.stdout
    for name in inspect.signature(function).parameters:
        flag = name.replace("_", "-")
        (row,) = (
            line
            for line in shown.stdout.splitlines()
            if re.match(rf"│ +\*? *({name.upper()} |(\S+ )?--{flag}\b)", line)
        )
        words = re.sub(rf"│|--{flag}|{name.upper()}|\[[^]]*\]", " ", row).split()
        assert len(words) >= 3, f"{command}: {name} has no help"


@pytest.mark.parametrize(
    ("words", "exact"),
    [
        # shared figures: minimax .8726 and the playout evaluator .9279 against random play
        (("sub(lost, max(self))",), {"mean": 0.8726}),
        (("sub(lost, mean(self))",), {"mean": 0.9279}),
        (("sub(lost, mean(self))", "--opponent", "perfect"), {"loss": 0.197}),
        (("sub(lost, max(self))", "--opponent", "perfect"), {"mean": 0.0, "loss": 0.0}),
        (("1", "--opponent", "perfect"), {"mean": -0.8726}),
    ],
)
def test_scores_are_exact(words: tuple[str, ...], exact: dict[str, float]) -> None:
    told = document(mesascope("score", *words, "--json").stdout)
    for name, value in exact.items():
        assert told[name] == pytest.approx(value, abs=5e-4)
    parts = {name: Fraction(text) for name, text in told["exact"].items()}
    assert parts["win"] + parts["draw"] + parts["loss"] == 1
    assert parts["win"] - parts["loss"] == parts["mean"]
    assert all(told[name] == pytest.approx(float(parts[name]), abs=1e-15) for name in parts)
    assert told["mean"] <= told["optimum"] + 1e-12


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "tictactoe", "--preset", "standrad"), "Did you mean 'standard'?"),
        (("run", "tictacto"), "Did you mean 'tictactoe'?"),
        (("run", "cornr"), "Did you mean 'corner'?"),
        (("audit", "a:b", "--env", "CartPole-v1", "--levels", "0"), "at least 1"),
        (("audit", "a:b", "--env", "CartPole-v1", "--report", ""), "no name of a file"),
        (("audit", "corner", "--report", "nowhere/page.html"), "there is no folder nowhere"),
        (("probe-levels", "--env", "corner", "--report", "x" * 300), "no name of a file"),
        (("run",), "mesascope run tictactoe"),
        (("run", "tictactoe", "--seed", "-1"), "-1"),
        (("run", "tictactoe", "--seed", str(2**31)), "from 0 to 2147483647"),
        (("run", "corner", "--seed", str(2**63)), "from 0 to 2147483647"),
        (("run", "corner", "--seed", "-1"), "from 0 to 2147483647"),
        (("run", "corner", "--budget", str(10**30)), "from 1 to 1000000000"),
        (("audit", "corner", "--seed", str(2**31)), "from 0 to 2147483647"),
        (("audit", "a:b", "--env", "corner", "--seed", str(2**64)), "from 0 to 2147483647"),
        (("audit", "a:b", "--env", "CartPole-v1", "--seed", "-1"), "from 0 to 2147483647"),
        (("audit", "a:b", "--env", "corner", "--levels", str(2**40)), "at most 10000"),
        (("audit", HERE, "--env", "CartPole-v1", "--horizon", str(2**40)), "at most 1000000"),
        (("audit", "a:b", "--env", "corner", "--discount", "1.01"), "a number from 0 to 1"),
        (("audit", "a:b", "--env", "corner", "--discount", "nan"), "a number from 0 to 1"),
        (("audit", "a:b", "--env", "corner", "--epsilon", "0"), "a number between 0 and 1"),
        (("audit", "corner", "--discount", "0"), "--discount: for policies alone"),
        (("probe-levels", "--env", "corner", "--seed", str(2**31)), "from 0 to 2147483647"),
        (("probe-levels", "--env", "corner", "--seed", "-1"), "from 0 to 2147483647"),
        (("run", "tictactoe", "--seed", "one"), "seed"),
        (("run", "tictactoe", "--budget", "0"), "at least 1"),
        (("run", "tictactoe", "--budget", "-7"), "at least 1"),
        (("run", "--resume", "nowhere"), "nowhere"),
        (("show", "nowhere"), "nowhere"),
        (("score", "sub(lost, max(self)"), "expected ')'"),
        (("score", "sub(lost, mux(self))"), "mux"),
        (("score", ""), "expected a leaf"),
        (("score", "self"), "self"),
        (("score", "corner", "--opponent", "perfekt"), "Did you mean 'perfect'?"),
        (("score", "corner", "--opponent", "random:-1"), "random:-1"),
        (("score", "corner", "--rules", "orbits:99"), "0 to 15"),
        (("score", "corner", "--rules", "orbits:"), "no orbit"),
        (("score", "corner", "--rules", "chess"), "chess"),
        (("audit", "sub(lost"), "malformed"),
        (("audit", "nosuchmodule:play"), "nosuchmodule"),
        (("audit", "os:getcwd"), "f(instance)"),
        (("audit", "corner", "--task", "tictactoe/nothing"), "nothing"),
        (("audit", "corner", "--seed", "-3"), "-3"),
        (("audit", "corner", "--levels", "0", "--goals", "reward"), "--goals, --levels: for polic"),
        (("audit", "corner", "--horizon", "9"), "takes --task, --report, --seed"),
        (("audit", "a:b", "--env", "corner", "--task", "tictactoe/standard"), "in every --shift"),
        (("run", "corner", "--opponent", "random"), "knows no --opponent; leave"),
        (("run", "corner", "--size-charge", "0"), "It takes --preset, --seed, --seeds, --budget"),
        (("score", "corner", "--oponent", "random"), "oponent"),
        (("scor", "corner"), "scor"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_remedy(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = refused(*words)
    assert said in told
    assert "Traceback" not in told
    assert not list(tmp_path.iterdir()), "nothing is written for a request that is refused"


def test_a_reader_that_leaves_is_no_error() -> None:
    with subprocess.Popen(
        [*PROGRAM, "organisms"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in (0, 1)


@pytest.mark.parametrize("changes", [{"TERM": "dumb"}, {"COLUMNS": "40"}, {"PYTHONOPTIMIZE": "1"}])
def test_a_plain_terminal_gets_plain_text(changes: dict[str, str]) -> None:
    found = mesascope("score", "sub(lost, max(self))", **changes)
    assert found.returncode == 0
    assert "\x1b" not in found.stdout + found.stderr
    width = int(changes.get("COLUMNS", "100"))
    tables = [line for line in found.stdout.splitlines() if "nodes;" not in line]
    assert max(map(len, tables)) <= width


def test_escapes_in_a_program_do_not_reach_the_terminal() -> None:
    found = mesascope("score", "\x1b[31mcorner\x1b[0m\n<script>")
    assert found.returncode == 2
    assert "\x1b" not in found.stderr


def test_it_runs_without_a_home_and_anywhere(tmp_path: Path) -> None:
    bare = {key: value for key, value in os.environ.items() if key != "HOME"}
    found = subprocess.run(
        [*PROGRAM, "score", "corner", "--json"],
        cwd=tmp_path,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert document(found.stdout)["exact"]["mean"] == "443/10080"


def test_the_catalogue_is_one_document() -> None:
    told = document(mesascope("organisms", "--json").stdout)
    presets = {p["name"] for o in told["organisms"] for p in o["presets"]}
    assert presets >= {"standard", "random-opponent", "diverse", "diverse-misere"}
    assert len(told["zoo"]) >= 20
