"""Commands import what they need and no more: what is not imported need not be waited for."""

import subprocess
import sys

import pytest

HEAVY = {"jax", "numba", "matplotlib", "torch"}
SAID = f"""
import sys
from mesascope.cli import main
try:
    main()
finally:
    print("imported:", *({HEAVY} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "status", "without"),
    [
        ("--version", 0, HEAVY),
        ("run --help", 0, HEAVY),
        ("organisms", 0, {"jax", "matplotlib", "torch"}),
        ("run tictactoe/nosuch", 2, {"jax", "matplotlib", "torch"}),
    ],
)
def test_what_a_command_does_not_need_is_not_imported(
    command: str, status: int, without: set[str]
) -> None:
    asked = [sys.executable, "-c", SAID, *command.split()]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    told, *imported = done.stderr.splitlines()[-1].split()
    assert told == "imported:"
    assert without.isdisjoint(imported)
