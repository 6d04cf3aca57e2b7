"""Running the program as a user does, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from mesascope.records.output import Output

PROGRAM = [sys.executable, "-c", "from mesascope.cli import main; main()"]
TIMEOUT = 120


def environment(**changes: str) -> dict[str, str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    return {**plain, "COLUMNS": "100", "NO_COLOR": "1", **changes}


def mesascope(
    *words: str, cwd: Path | None = None, **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run a command and return its status, its output and its complaints."""
    return subprocess.run(
        [*PROGRAM, *words],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def start(*words: str, cwd: Path) -> subprocess.Popen[str]:
    """Start a command and do not wait for it."""
    return subprocess.Popen(
        [*PROGRAM, *words],
        cwd=cwd,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def document(text: str) -> Any:
    """Return the one JSON document that a standard output must be, after checking its schema."""
    assert text.count("\n") == 1, "one line of JSON, and nothing else"
    Output.model_validate_json(text)
    return json.loads(text)


def refused(*words: str, cwd: Path | None = None) -> str:
    """Run a command that must be refused, with and without --json; return what it said."""
    plain = mesascope(*words, cwd=cwd)
    assert plain.returncode == 2, plain.stderr
    assert plain.stdout == ""
    assert "internal" not in plain.stderr
    found = mesascope(*words, "--json", cwd=cwd)
    assert found.returncode == 2
    told = document(found.stdout)
    assert told["kind"] == "error"
    assert told["message"]
    return plain.stderr


def timeless(path: Path) -> Any:
    """Return a run's result without what depends on when and where it ran."""
    record = json.loads((path / "result.json").read_text(encoding="utf-8"))

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            gone = {"seconds", "environment", "sha256", "seal"}
            return {key: strip(item) for key, item in value.items() if key not in gone}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(record)
