"""Ctrl-C that falls into a callback of compiled code is not lost."""

import os
import signal
import sys
from threading import Timer

_SOON = 0.05  # seconds, by which the callback is over


def keep_interrupts() -> None:
    """Send an interrupt again where it was raised in a callback that cannot pass it on.

    The compiler of the fast evaluator calls back into Python. What is raised there is printed and
    forgotten, and the command would run on to its end.
    """
    before = sys.unraisablehook

    def again(lost: "sys.UnraisableHookArgs") -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            Timer(_SOON, os.kill, (os.getpid(), signal.SIGINT)).start()
        else:
            before(lost)

    sys.unraisablehook = again
