"""What becomes of errors: one sentence on standard error and a status, never a bare traceback."""

import os
import sys
from collections.abc import Callable
from typing import Any

REFUSED = 2
INTERRUPTED = 130


def guarded(command: Callable[[], Any], *, json: bool) -> int:
    """Run a command; turn the errors that we raise on purpose into a message and a status."""
    try:
        status = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("mesascope: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `mesascope … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if not _on_purpose(error):
            raise
        _tell(error, json=json)
        return REFUSED
    return status if isinstance(status, int) else 0


def _on_purpose(error: Exception) -> bool:
    """Whether an error is one of ours; looked up late, so that `--help` stays quick."""
    from mesascope.core.errors import MesascopeError
    from mesascope.store.errors import BadRun

    return isinstance(error, MesascopeError | BadRun)


def _tell(error: Exception, *, json: bool) -> None:
    print(f"mesascope: {error}", file=sys.stderr)
    cause = error.__cause__
    if cause is not None and cause.__traceback__ is not None and not isinstance(cause, OSError):
        import traceback

        lines = traceback.format_exception(cause)[-6:]
        print("".join(lines), file=sys.stderr, end="")
    if json:
        from mesascope.records.output import ErrorRecord

        print(ErrorRecord(error=type(error).__name__, message=str(error)).model_dump_json())
