"""Where compiled code is kept between commands, so that the next one begins at once."""

import os
from pathlib import Path

_WORTH = 0.2  # seconds of compilation from which keeping the result pays


def keep_compiled() -> None:
    """Let JAX keep what it compiles in the user's cache, unless told where already.

    JAX reads these variables when it is imported, and keys what it keeps by program, version and
    machine. `JAX_ENABLE_COMPILATION_CACHE=false` turns it off.
    """
    if "JAX_COMPILATION_CACHE_DIR" in os.environ:
        return
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mesascope/xla"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home, or none that can be written to
        return
    if os.access(folder, os.W_OK):
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(folder)
        os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", str(_WORTH))
