"""What becomes of errors: one sentence on standard error and a status, never a bare traceback."""

import importlib
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cyclopts import CycloptsError

import mesascope

REFUSED = 2
INTERRUPTED = 130


def guarded(command: Callable[[], Any], *, json: bool) -> int:
    """Run a command; turn the errors that we raise on purpose into a message and a status."""
    try:
        status = command()
        sys.stdout.flush()
    except KeyboardInterrupt as interrupt:
        return failed(interrupt)
    except BrokenPipeError:  # the reader of our output has gone, as in `mesascope … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except CycloptsError as error:  # it was told already
        if json:
            _print_error("UsageError", str(error))
        return REFUSED
    except Exception as error:
        if not _on_purpose(error):
            raise
        return failed(error, json=json)
    return status if isinstance(status, int) else 0


def failed(error: Exception | KeyboardInterrupt, *, json: bool = False) -> int:
    """Tell an error that we raised on purpose, or an interruption, and return its status.

    Args:
        error: which.
        json: print a document for it too, where the command has printed none.
    """
    if isinstance(error, KeyboardInterrupt):
        print("mesascope: interrupted", file=sys.stderr)
        return INTERRUPTED
    _tell(error, json=json)
    return REFUSED


def _on_purpose(error: Exception) -> bool:
    """Whether an error is one of ours; looked up late, so that `--help` stays quick."""
    from mesascope.core.errors import MesascopeError
    from mesascope.store.errors import BadRun

    return isinstance(error, MesascopeError | BadRun)


def _passed_through_other_code(error: BaseException) -> bool:
    """Whether a traceback leads through code that is neither ours nor the import machinery's."""
    ours = (str(Path(mesascope.__file__).parent), str(Path(importlib.__file__).parent), "<frozen")
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return any(not file.startswith(ours) for file in files)


def _tell(error: Exception, *, json: bool) -> None:
    from mesascope.cli.printable import printable

    cause = error.__cause__
    if cause is not None and _passed_through_other_code(cause):
        lines = traceback.format_exception(cause)[-6:]
        print(printable("".join(lines)), file=sys.stderr, end="")
    print(f"mesascope: {printable(str(error))}", file=sys.stderr)
    if json:
        _print_error(type(error).__name__, str(error))


def _print_error(name: str, message: str) -> None:
    from mesascope.records.output import ErrorRecord

    print(ErrorRecord(error=name, message=message).model_dump_json())
