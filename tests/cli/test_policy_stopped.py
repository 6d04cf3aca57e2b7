"""A policy that fails while it is audited, or Ctrl-C: what was seen until then is told."""

import signal
import time
from pathlib import Path

from tests.cli.shell import TIMEOUT, mesascope, start

POLICY = """
import numpy as np

played = 0

def policy(observations):
    global played
    played += len(observations)
    logits = np.zeros((len(observations), 4))
    logits[:, played % 4] = 1.0
    return logits * np.nan if played > 300 else logits
"""


def test_what_was_seen_is_told_where_a_policy_fails_halfway(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(POLICY)
    done = mesascope("audit", "mine:policy", "--env", "FrozenLake-v1", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Seen on train until then: " in done.stderr
    assert "mean return: reward 0." in done.stderr
    assert "logits are numbers below infinity" in done.stderr
    assert "Traceback" not in done.stderr


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


def test_ctrl_c_while_it_plays_tells_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    words = ("--env", "slow:Quick", "--shift", "slow=slow:Slow", "--levels", "3", "--json")
    with start("audit", "slow:policy", *words, "--beside", "1", cwd=tmp_path) as process:
        until = time.monotonic() + TIMEOUT
        while not (tmp_path / "two").exists() and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130, told
    assert out == ""
    assert "Seen on train: 3 episodes; mean return: reward 0.500." in told
    assert "Seen on slow until then: 2 episodes; mean return: reward 0.500." in told
    assert told.endswith("mesascope: interrupted\n")
