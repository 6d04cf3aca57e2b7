"""Folders that refuse to be written to, the superuser too."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """Mount an empty disk on a folder for a while; skip the test where that is not allowed."""
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    if not done:
        # Whoever runs the tests, in CI too, may be nobody who can, and nothing else is tried here.
        pytest.skip("mounting a disk takes a privileged user")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def unwritable(folder: Path) -> Iterator[str]:
    """Forbid to write into a folder for a while, and say what the system calls that.

    Permissions do not bind the superuser, for whom an empty disk is mounted read-only.
    """
    if os.geteuid() == 0:
        with mounted(folder, "ro,size=64k"):
            yield "Read-only file system"
        return
    folder.chmod(0o555)
    try:
        yield "Permission denied"
    finally:
        folder.chmod(0o755)
