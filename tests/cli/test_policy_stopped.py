"""A policy that fails while it is audited, or Ctrl-C: what was seen until then is audited."""

import json
import signal
import time
from pathlib import Path

import pytest

from tests.cli.shell import TIMEOUT, mesascope, start

POLICY = """
import numpy as np

played = 0

def policy(observations):
    global played
    played += len(observations)
    logits = np.zeros((len(observations), 4))
    logits[:, played % 4] = 1.0
    return logits * np.nan if played > AFTER else logits
"""


@pytest.mark.parametrize(("after", "enough"), [(300, True), (60, False)])
def test_where_a_policy_fails_halfway_what_was_seen_is_audited_if_it_is_enough(
    tmp_path: Path, after: int, enough: bool
) -> None:
    (tmp_path / "mine.py").write_text(POLICY.replace("AFTER", str(after)))
    done = mesascope("audit", "mine:policy", "--env", "FrozenLake-v1", cwd=tmp_path)
    assert done.returncode == 2
    assert ("Cut short on train. " in done.stdout) == enough
    assert enough or done.stdout == ""
    assert "Seen on train until then: " in done.stderr
    assert "mean return: reward 0." in done.stderr
    assert "logits are numbers below infinity" in done.stderr
    assert "Traceback" not in done.stderr
    assert "so_far" not in done.stderr


HALLS = """
import gymnasium
import numpy as np


class Hall(gymnasium.Env):
    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 7.0, (1,), np.float32)
    breaks = None

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.number = 2 + (seed or 0) % 3, seed
        return np.array([self.at], np.float32), {}

    def step(self, action):
        if self.breaks is not None and self.number >= self.breaks:
            raise OSError("the device is gone")
        self.at += 2 * int(action) - 1
        return np.array([self.at], np.float32), float(self.at == 6), self.at in (0, 6), False, {}


class Broken(Hall):
    breaks = 10_007


def right(observations):
    return np.tile([0.0, 4.0], (len(observations), 1))
"""


def test_where_an_environment_fails_the_rest_is_in_the_record_and_in_the_report(
    tmp_path: Path,
) -> None:
    (tmp_path / "halls.py").write_text(HALLS)
    shifts = [f"{name}=halls:{env}" for name, env in (("broken", "Broken"), ("never", "Hall"))]
    words = ["halls:right", "--env", "halls:Hall", "--levels", "12", "--horizon", "30"]
    words += [word for shift in shifts for word in ("--shift", shift)]
    done = mesascope("audit", *words, "--report", "cut.html", "--json", cwd=tmp_path)
    assert done.returncode == 2
    assert "the environment raised OSError at step 1 on the level of seed 10007" in done.stderr
    record = json.loads(done.stdout)
    assert record["kind"] == "policy-audit"
    judged = {one["name"]: one["episodes"] for one in record["distributions"]}
    assert judged == {"train": 12, "broken": 7}
    assert record["headline"].startswith("Cut short on broken. ")
    assert record["cut_short"].startswith(
        "Cut short on broken, and nothing is judged of never: the environment raised OSError"
    )
    assert record["cut_short"] in record["notes"]
    assert record["ledger"][0]["status"] == "failed"
    page = (tmp_path / "cut.html").read_text()
    assert "Cut short on broken, and nothing is judged of never: " in page


SLOW = """
import time
from pathlib import Path

import gymnasium
import numpy as np


class Slow(gymnasium.Env):
    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 1.0, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        if seed == 10_002:
            Path("two").touch()
            time.sleep(60)
        return np.zeros(1, np.float32), {}

    def step(self, action):
        return np.zeros(1, np.float32), 0.5, True, False, {}


class Quick(Slow):
    def reset(self, *, seed=None, options=None):
        return super().reset(seed=0)


def policy(observations):
    return np.zeros((len(observations), 2))
"""


def test_ctrl_c_while_it_plays_tells_and_audits_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    words = ("--env", "slow:Quick", "--shift", "slow=slow:Slow", "--levels", "3", "--json")
    with start("audit", "slow:policy", *words, "--beside", "1", cwd=tmp_path) as process:
        until = time.monotonic() + TIMEOUT
        while not (tmp_path / "two").exists() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130, told
    record = json.loads(out)
    assert [one["name"] for one in record["distributions"]] == ["train"]
    assert record["cut_short"] == "Cut short on slow, and nothing is judged of slow: interrupted."
    assert "Seen on train: 3 episodes; mean return: reward 0.500." in told
    assert "Seen on slow until then: 2 episodes; mean return: reward 0.500." in told
    assert told.endswith("mesascope: interrupted\n")
