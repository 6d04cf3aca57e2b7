"""A process killed at any moment leaves a run that opens and goes on."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mesascope.store import DirectoryInUse, RunDirectory

WRITER = """
import sys
from pathlib import Path
from mesascope.store import RunDirectory
from tests.store.runs import CONFIG, RECORD
path = Path(sys.argv[1])
print("ready", flush=True)
run = RunDirectory.open(path, write=True) if path.exists() else RunDirectory.create(path, CONFIG)
found = run.read_checkpoint()
n = found.state["n"] if found else 0
print("opened", n, flush=True)
while True:
    n += 1
    run.write_checkpoint({"n": n, "much": [n / 7] * 3000})
    run.write_result(RECORD)
    print("wrote", n, flush=True)
"""
ROOT = Path(__file__).parents[2]


def write_until_killed(path: Path, seconds: float) -> list[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert child.stdout is not None
    with child.stdout as lines:
        assert lines.readline() == "ready\n"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        said = lines.read().splitlines()
    child.wait()
    assert child.returncode == -signal.SIGKILL
    return [line for line in said if line]


def test_kill_at_random_moments(tmp_path: Path) -> None:
    chance = random.Random(5)
    path = tmp_path / "run"
    last = 0
    for _ in range(12):
        said = write_until_killed(path, chance.random() * 0.08)
        written = [int(line.split()[1]) for line in said if line.startswith("wrote")]
        last = max([last, *written])
        if not path.exists():
            assert not said
            continue
        with RunDirectory.open(path, write=True) as run:
            found = run.read_checkpoint()
            now = found.state["n"] if found else 0
            assert now >= last
            assert found is None or found.warnings == ()
            assert found is None or found.state["much"] == [now / 7] * 3000
            assert now == 0 or (path / "result.json").exists() or now == 1
            last = now
    assert last > 0


CRASHER = """
import os, sys
from pathlib import Path
from mesascope.store import RunDirectory
from tests.store.runs import CONFIG

def crash_at(n):
    # The process ends, without any cleaning up, just before its n-th call of the system.
    left = [n]
    def wrap(owner, name):
        plain = getattr(owner, name)
        def call(*args, **kwargs):
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
            return plain(*args, **kwargs)
        setattr(owner, name, call)
    for name in ("open", "write", "fsync", "mkdir", "rename", "replace", "close", "ftruncate"):
        wrap(os, name)

for n in range(1000):
    path = Path(sys.argv[1]) / str(n) / "run"
    path.parent.mkdir()
    child = os.fork()
    if child == 0:
        crash_at(n)
        with RunDirectory.create(path, CONFIG) as run:
            for k in range(3):
                run.write_checkpoint({"k": k})
                (path.parent / f"done-{k}").touch()
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        print(n)
        break
"""


def test_a_crash_before_every_single_system_call(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRASHER, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    crashes = int(done.stdout)
    assert crashes > 30
    for n in range(crashes + 1):
        path = tmp_path / str(n) / "run"
        finished = len(list(path.parent.glob("done-*")))
        if not path.exists():
            assert finished == 0  # nothing was promised, and the same command starts it
            continue
        with RunDirectory.open(path, write=True) as run:
            found = run.read_checkpoint()
            assert (found.state["k"] if found else -1) >= finished - 1
            assert found is None or found.warnings == ()
            run.write_checkpoint({"k": 9})
        assert not [p for p in path.iterdir() if p.name.endswith(".tmp")]


def test_a_killed_process_lets_go_of_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "run"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert child.stdout is not None
    with child.stdout as lines:
        while not lines.readline().startswith("wrote"):
            pass
        with pytest.raises(DirectoryInUse, match=f"process {child.pid} "):
            RunDirectory.open(path, write=True)
        RunDirectory.open(path).read_checkpoint()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    RunDirectory.open(path, write=True).close()
