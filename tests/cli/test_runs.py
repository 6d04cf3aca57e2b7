"""Runs that are cut short, shared, damaged or foreign: nothing found is lost, and nothing is lied.

A run that was stopped at any moment and resumed ends bit for bit where an undisturbed one does.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.cli.shell import PROGRAM, document, environment, mesascope, refused, start, timeless
from tests.disks import unwritable

ENUMERATION = ("run", "tictactoe", "--budget", "1000", "--quick", "--seed", "3")


@cache
def undisturbed() -> Path:
    folder = Path(mkdtemp(prefix="mesascope-")) / "run"
    found = mesascope(*ENUMERATION, "--output", str(folder))
    assert found.returncode == 0, found.stderr
    return folder


def result(path: Path) -> Any:
    """Return a result without what names its own directory."""
    return timeless(path)


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def stop(process: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def check_resumed(path: Path) -> None:
    resumed = mesascope("run", "--resume", str(path), "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert document(resumed.stdout)["kind"] == "run"
    assert result(path) == result(undisturbed())


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.2, 1.5])
def test_ctrl_c_keeps_what_was_found_and_says_how_to_go_on(after: float, tmp_path: Path) -> None:
    path = tmp_path / "a run"
    process = start(*ENUMERATION, "--output", str(path), cwd=tmp_path)
    wait_for(path / "run.json", process)
    time.sleep(after)
    status, out, err = stop(process, signal.SIGINT)
    assert status == 130, err
    assert out == ""
    assert "mesascope run --resume" in err
    assert str(path) in err
    assert "mesascope: interrupted" in err
    assert "Traceback" not in err
    shown = mesascope("show", str(path))
    assert shown.returncode == 0
    assert "--resume" in shown.stdout
    check_resumed(path)


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_end(tmp_path: Path) -> None:
    path = tmp_path / "run"
    process = start(*ENUMERATION, "--output", str(path), cwd=tmp_path)
    wait_for(path / "run.json", process)
    time.sleep(0.05)
    stop(process, signal.SIGKILL)
    check_resumed(path)


@pytest.mark.slow
def test_a_finished_run_is_not_run_again() -> None:
    path = undisturbed()
    before = (path / "result.json").read_bytes()
    again = mesascope("run", "--resume", str(path), "--json")
    assert again.returncode == 0
    assert document(again.stdout)["kind"] == "run"
    assert (path / "result.json").read_bytes() == before
    shown = mesascope("show", str(path), COLUMNS="40")
    assert shown.returncode == 0
    assert "Assumption ledger" in shown.stdout
    assert document(mesascope("show", str(path), "--json").stdout)["search"]["evaluations"] == 1000


@pytest.mark.slow
def test_the_result_depends_on_no_hash_seed_and_no_directory(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere"
    found = mesascope(
        *ENUMERATION, "--output", str(path), "--json", cwd=tmp_path, PYTHONHASHSEED="12345"
    )
    assert found.returncode == 0, found.stderr
    document(found.stdout)
    assert "programs" in found.stderr
    assert result(path) == result(undisturbed())


@pytest.mark.slow
def test_two_processes_cannot_write_one_run(tmp_path: Path) -> None:
    path = tmp_path / "run"
    process = start(*ENUMERATION, "--output", str(path), cwd=tmp_path)
    wait_for(path / "run.json", process)
    other = mesascope("run", "--resume", str(path))
    stop(process, signal.SIGINT)
    assert other.returncode == 2
    assert "in use" in other.stderr
    assert str(process.pid) in other.stderr


@pytest.mark.slow
def test_a_directory_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    path = undisturbed()
    assert "already holds a run" in refused(*ENUMERATION, "--output", str(path))
    (tmp_path / "thesis.tex").write_text("mine", encoding="utf-8")
    assert "thesis.tex" in refused(*ENUMERATION, "--output", str(tmp_path))
    assert (tmp_path / "thesis.tex").read_text(encoding="utf-8") == "mine"
    assert "is no run" in refused("show", str(tmp_path))
    assert "is no run" in refused("run", "--resume", str(tmp_path))
    file = tmp_path / "thesis.tex"
    assert "directory was expected" in refused(*ENUMERATION, "--output", str(file))


def _flip(data: bytes) -> bytes:
    return data[: len(data) // 2] + b"\x00" + data[len(data) // 2 + 1 :]


@pytest.mark.slow
@pytest.mark.parametrize("damage", [_flip, lambda data: b"", lambda data: data[:-20]])
@pytest.mark.parametrize("name", ["run.json", "result.json"])
def test_a_damaged_run_is_refused(
    name: str, damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    source = undisturbed()
    for file in source.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / name).write_bytes(damage((source / name).read_bytes()))
    told = refused("show", str(tmp_path))
    assert name in told
    assert "Traceback" not in told


@pytest.mark.slow
def test_a_disk_without_room_ends_in_words_and_loses_nothing(tmp_path: Path) -> None:
    undisturbed()  # what Numba compiles is written by then, which there would be no room for
    path = tmp_path / "run"
    limit = 20_000  # bytes in a file: run.json fits, the report does not
    # A program of its own sets it: Python code in a fork of a process with threads may deadlock.
    small_files = (
        "import os, resource, signal, sys; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    found = subprocess.run(
        [sys.executable, "-c", small_files, *PROGRAM, *ENUMERATION, "--output", str(path)],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 2, found.stderr
    assert "no room" in found.stderr
    assert "mesascope run --resume" in found.stderr
    check_resumed(path)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with unwritable(tmp_path):
        assert "cannot write" in refused(*ENUMERATION, cwd=tmp_path)
