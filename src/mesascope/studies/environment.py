"""Where a run takes place: versions, revision, platform."""

import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mesascope.records.run import EnvironmentRecord

_PACKAGES = (  # those that are installed; none is imported to find out
    *("mesascope", "numpy", "numba", "pydantic", "jax", "jaxlib", "equinox", "optax"),
    *("gymnasium", "minigrid", "stable-baselines3", "sb3-contrib", "torch", "onnxruntime"),
)


def environment() -> EnvironmentRecord:
    """Return what a reader needs to make the run again."""
    return EnvironmentRecord(
        python=platform.python_version(),
        versions={name: found for name in _PACKAGES if (found := _version(name))},
        git_revision=_revision(),
        platform=f"{platform.system()} {platform.machine()}, {sys.byteorder}-endian",
    )


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _revision() -> str | None:
    """Return the revision of our own source tree, if this is one; None where installed."""
    root = Path(__file__).parents[3]
    if not (root / ".git").exists():
        return None
    try:
        found = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() or None
