"""A policy that fails while it is audited: what was seen until then is told."""

from pathlib import Path

from tests.cli.shell import mesascope

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
