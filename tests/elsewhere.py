"""Calling a function in a process of its own, where no argument types are checked at run time.

Those checks make the inner loops of an audit about ten times slower; what they would find there
is found by the tests of those loops.
"""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[1]
_CALL = """
import importlib, pickle, sys
module, name, arguments = pickle.load(sys.stdin.buffer)
result = getattr(importlib.import_module(module), name)(*arguments)
sys.stdout.buffer.write(pickle.dumps(result))
"""


def elsewhere(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return `function(*arguments)`, a function of a test module, called in another process."""
    found = subprocess.run(
        [sys.executable, "-c", _CALL],
        input=pickle.dumps((function.__module__, function.__name__, arguments)),
        cwd=_ROOT,
        capture_output=True,
        check=False,
    )
    if found.returncode:
        raise AssertionError(found.stderr.decode())
    return pickle.loads(found.stdout)
