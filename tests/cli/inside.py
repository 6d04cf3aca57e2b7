"""Running the program inside the test's own process: quick, where processes are not the point."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

import pytest

from mesascope.cli import main
from tests.cli.shell import document


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def mesascope(*words: str) -> Done:
    """Run a command and return its status, its output and its complaints."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv("COLUMNS", "100")
        patch.setenv("NO_COLOR", "1")
        patch.setattr(sys, "unraisablehook", sys.unraisablehook)  # put back what it changes
        with pytest.raises(SystemExit) as ended:
            main(list(words))
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def refused(*words: str) -> str:
    """Run a command that must be refused, with and without --json; return what it said."""
    plain = mesascope(*words)
    assert plain.returncode == 2, plain.stderr
    assert plain.stdout == ""
    assert "internal" not in plain.stderr
    found = mesascope(*words, "--json")
    assert found.returncode == 2
    assert document(found.stdout)["kind"] == "error"
    return plain.stderr
