"""Commands import what they need and no more: what is not imported need not be waited for."""

import subprocess
import sys

import pytest

SAID = """
import sys
from mesascope.cli import main
try:
    main()
finally:
    print(*({"jax", "numba", "matplotlib", "torch"} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "without"),
    [
        ("--version", {"jax", "numba", "matplotlib", "torch"}),
        ("run --help", {"jax", "numba", "matplotlib", "torch"}),
        ("organisms", {"jax", "matplotlib", "torch"}),
        ("run tictactoe/nosuch", {"jax", "matplotlib", "torch"}),
    ],
)
def test_what_a_command_does_not_need_is_not_imported(command: str, without: set[str]) -> None:
    asked = [sys.executable, "-c", SAID, *command.split()]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    *_, last = done.stderr.splitlines()
    assert without.isdisjoint(last.split())
