"""One writer per run: a lock that the system releases when its holder ends, however it ends."""

import errno
import fcntl
import json
import os
import socket
from pathlib import Path

from mesascope.store.errors import BadRun, DirectoryInUse, cannot_read, cannot_write

NAME = "lock"


class Lock:
    """The right to write a run directory, held until `release` or until the process ends.

    A `flock` belongs to the open file, so a second one in the same process is refused as well.
    The file stays when the lock is released: deleting it would let two holders in.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock.

        Raises:
            DirectoryInUse: another process, or this one, has it; the message says which.
            BadRun: the lock file cannot be opened.
        """
        path = folder / NAME
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._descriptor: int | None = os.open(path, flags, 0o666)
        except OSError as error:
            raise (
                cannot_read(path, error)
                if error.errno == errno.ELOOP
                else cannot_write(path, 0, error)
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(self._descriptor)
            self._close()
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise DirectoryInUse(
                    f"{folder} is in use by {holder}. Wait until it ends or stop it, then resume; "
                    "or start a new run in another directory."
                ) from error
            raise BadRun(
                f"{folder} cannot be locked: {error.strerror}. Its file system offers no locks: "
                "put the run on a local disk."
            ) from error
        self._sign()

    def _sign(self) -> None:
        """Write who holds the lock; a courtesy, so a full disk does not matter."""
        assert self._descriptor is not None
        note = json.dumps({"process": os.getpid(), "host": socket.gethostname()}) + "\n"
        try:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, note.encode("ascii"), 0)
        except OSError:
            pass

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def held(self) -> bool:
        """Whether the lock is still held."""
        return self._descriptor is not None

    def release(self) -> None:
        """Let others write. Doing so twice is harmless."""
        self._close()


def _holder(descriptor: int) -> str:
    try:
        note = json.loads(os.pread(descriptor, 500, 0))
        return f"process {int(note['process'])} on {str(note['host'])[:80]!r}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
