"""Writing a file so that a reader sees the old one or the new one, never half of either."""

import contextlib
import errno
import os
import re
import secrets
import stat
from pathlib import Path

from mesascope.store.errors import BadRun, cannot_write, symbolic_link

_LONGEST = 200  # bytes of a name, and room for that of what is written beside it
LEFTOVER = re.compile(r"\..+\.\d+-[0-9a-f]{8}\.tmp")


def temporary_beside(path: Path) -> Path:
    """Return a new name in the same directory; `LEFTOVER` matches it."""
    return path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")


def sync_directory(folder: Path) -> None:
    """Make the names in a directory survive a power cut, where the file system can."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that must not exist yet, and wait until the disk has it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o666)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _must_be_replaceable(path: Path) -> None:
    """Refuse to put a file in the place of a link, a directory or a device."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise symbolic_link(path)
    if not stat.S_ISREG(mode):
        kind = "a directory" if stat.S_ISDIR(mode) else "no ordinary file"
        raise BadRun(f"cannot write {path}: it is {kind}. Remove it, or name another file.")


def must_be_writable(path: Path) -> None:
    """Refuse, before the work for it begins, a file that could not be written in the end.

    Raises:
        BadRun: it has no name or too long a one, its folder is missing or closed, or something is
            in its place.
    """
    folder = path.parent
    if not path.name or len(os.fsencode(path.name)) > _LONGEST:
        raise BadRun(f"cannot write {str(path)!r}: that is no name of a file. Name another.")
    if not folder.is_dir():
        raise BadRun(f"cannot write {path}: there is no folder {folder}. Make it first.")
    if not os.access(folder, os.W_OK):
        raise BadRun(f"cannot write {path}: {folder} is not writable. Name another folder.")
    _must_be_replaceable(path)


def write_atomically(path: Path, data: bytes, keep_as: Path | None = None) -> None:
    """Put `data` in the place of `path`, wholly or not at all.

    Args:
        path: the file to write; its directory must exist.
        data: what it shall hold.
        keep_as: where the old file goes; without it the old file is replaced. A process killed
            between the two renames leaves `keep_as` and no `path`.

    Raises:
        BadRun: the system refused; the old file is as it was, and no temporary file is left.
    """
    temporary = temporary_beside(path)
    try:
        _must_be_replaceable(path)
        try:
            _write_new(temporary, data)
            if keep_as is not None and path.exists():
                _must_be_replaceable(keep_as)
                path.replace(keep_as)
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        sync_directory(path.parent)
    except OSError as error:
        raise cannot_write(path, len(data), error) from error


def remove_leftovers(folder: Path) -> None:
    """Delete temporary files of a process that was killed. Only the lock's holder may."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if LEFTOVER.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                path.unlink()
