"""What can be wrong with a run directory, said so that the reader knows what to do."""

import errno
import shlex
import shutil
from pathlib import Path

MARKER = "run.json"  # of a run directory
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
START_AGAIN = "Start again in a new directory: the same seed and version give the same result."


class BadRun(ValueError):
    """A run directory that is not ours, is damaged, is in use, or cannot be written."""


class PathTaken(BadRun):
    """A new run was to go where something is already."""


class DirectoryInUse(BadRun):
    """Another process is writing this run."""


def resume_command(path: Path) -> str:
    """Return the command that goes on with a run."""
    return f"mesascope run --resume {shlex.quote(str(path))}"


def size_in_words(size: int) -> str:
    """Return a number of bytes as a reader would say it."""
    if size < 1_000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1_000:.1f} kB"
    return f"{size / 1_000_000:.1f} MB"


def _free(folder: Path) -> str:
    try:
        return size_in_words(shutil.disk_usage(folder).free)
    except OSError:
        return "an unknown amount"


def _with_more_room(folder: Path) -> str:
    if not (folder / MARKER).exists():
        return "Free some space, or write it to a disk with more room."
    return (
        f"Free some space and go on with `{resume_command(folder)}`, or copy the directory to a "
        "disk with more room and resume it there."
    )


def cannot_write(path: Path, needed: int, error: OSError) -> BadRun:
    """Return the error for a write that the system refused; nothing was changed."""
    reason = error.strerror or str(error)
    folder = path.parent
    if error.errno in NO_ROOM:
        return BadRun(
            f"no room to write {path}: {reason}. It needs {size_in_words(needed)}; the disk has "
            f"{_free(folder)} free, or a quota or file size limit is lower. What was written "
            f"before is intact. {_with_more_room(folder)}"
        )
    if error.errno in NOT_ALLOWED:
        return BadRun(
            f"cannot write {path}: {reason}. What was written before is intact. Make {folder} "
            "writable, or copy it to a place where you may write and go on there."
        )
    if error.errno == errno.ENOENT:
        return BadRun(
            f"cannot write {path}: {folder} is not there. If it was moved, resume it where it is "
            "now; if it was deleted, start again: the same seed gives the same result."
        )
    return BadRun(
        f"cannot write {path}: {reason}. What was written before is intact. When the cause is "
        f"gone, go on with `{resume_command(folder)}`."
    )


def cannot_read(path: Path, error: OSError) -> BadRun:
    """Return the error for a file or directory that the system would not open."""
    reason = error.strerror or str(error)
    if error.errno == errno.ELOOP:
        return symbolic_link(path)
    return BadRun(f"cannot read {path}: {reason}. Make it readable, or read a copy of the run.")


def symbolic_link(path: Path) -> BadRun:
    """Return the error for a link where a file of the run should be."""
    return BadRun(
        f"{path} is a symbolic link, where a file of its own was expected. Replace the link by "
        "the file that it names; the run directory itself may be a link."
    )


def damaged(path: Path, what: str, remedy: str) -> BadRun:
    """Return the error for a file that is not what was written."""
    return BadRun(f"{path} is damaged: {what}. {remedy}")
