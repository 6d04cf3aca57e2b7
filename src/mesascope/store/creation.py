"""Making a run directory, so that a process killed in the middle leaves none or a whole one."""

import contextlib
import os
import re
import secrets
import shutil
import time
from pathlib import Path

from mesascope.records.marker import MarkerRecord
from mesascope.store import lock
from mesascope.store.atomic import LEFTOVER, sync_directory, write_atomically
from mesascope.store.errors import (
    MARKER,
    BadRun,
    PathTaken,
    cannot_read,
    cannot_write,
    resume_command,
)
from mesascope.store.sealed import seal


def is_ours_but_empty(path: Path) -> bool:
    """Whether a directory holds nothing but what an interrupted creation leaves."""
    return all(p.name == lock.NAME or LEFTOVER.fullmatch(p.name) for p in path.iterdir())


def _must_be_free(path: Path) -> None:
    if path.is_symlink() and not path.exists():
        raise PathTaken(
            f"{path} is a symbolic link to {path.readlink()}, which is not there. Create the "
            "directory that it names, or name another path."
        )
    if not path.exists():
        return
    if not path.is_dir():
        raise PathTaken(f"{path} is a file, where a directory was expected. Name another path.")
    if (path / MARKER).exists():
        raise PathTaken(
            f"{path} already holds a run. Go on with it by `{resume_command(path)}`, or name "
            "another path: runs are never overwritten."
        )
    if not is_ours_but_empty(path):
        names = sorted(p.name for p in path.iterdir())
        more = ", …" if len(names) > 3 else ""
        raise PathTaken(
            f"{path} holds other files ({', '.join(names[:3])}{more}) and no run. Nothing was "
            "written there. Name a new or an empty directory."
        )


def _lay_down(folder: Path, marker: MarkerRecord) -> lock.Lock:
    held = lock.Lock(folder)
    try:
        if (folder / MARKER).exists():
            raise PathTaken(f"{folder} was made a run by another process. Name another path.")
        write_atomically(folder / MARKER, seal(marker.model_dump(mode="json"), spaced=True))
    except BaseException:
        held.release()
        raise
    return held


def _sweep(path: Path) -> None:
    """Delete what creations of `path` that were killed, at least an hour ago, left beside it."""
    hidden = re.compile(rf"\.{re.escape(path.name)}\.\d+-[0-9a-f]{{8}}\.new")
    with contextlib.suppress(OSError):
        for other in path.parent.iterdir():
            if hidden.fullmatch(other.name) and other.lstat().st_mtime < time.time() - 3600:
                with contextlib.suppress(BadRun):
                    held = lock.Lock(other)
                    shutil.rmtree(other)
                    held.release()


def create_directory(path: Path, marker: MarkerRecord) -> tuple[Path, lock.Lock]:
    """Make a run directory, and return where it really is and the lock on it.

    A new directory is prepared beside its place under a hidden name and then renamed, so that it
    is never seen without its marker. An empty directory that exists is used as it is.

    Raises:
        PathTaken: there is something at `path` already; nothing was written.
        BadRun: the system refused.
    """
    try:
        _must_be_free(path)
        path = path.resolve()
        if path.exists():
            return path, _lay_down(path, marker)
    except OSError as error:
        raise cannot_read(path, error) from error
    hidden = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path)
        hidden.mkdir()
    except OSError as error:
        raise cannot_write(path, 0, error) from error
    held = None
    try:
        held = _lay_down(hidden, marker)
        # Onto an empty directory that came into being meanwhile this succeeds, onto others not.
        hidden.rename(path)
        sync_directory(path.parent)
    except BaseException as error:
        if held is not None:
            held.release()
        with contextlib.suppress(OSError):
            shutil.rmtree(hidden)
        if isinstance(error, OSError):
            if path.exists():
                raise PathTaken(f"{path} came into being meanwhile. Name another path.") from error
            raise cannot_write(path, 0, error) from error
        if isinstance(error, BadRun) and not isinstance(error, PathTaken):
            raise BadRun(str(error).replace(str(hidden), str(path))) from error
        raise
    return path, held
