"""A run directory: what a run was asked for, how far it is, and what it found."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from pydantic import ValidationError

from mesascope.records.marker import MarkerRecord
from mesascope.records.result import Result, result_of
from mesascope.records.run import ConfigRecord, EnvironmentRecord
from mesascope.store.atomic import remove_leftovers, write_atomically
from mesascope.store.creation import create_directory
from mesascope.store.errors import (
    MARKER,
    START_AGAIN,
    BadRun,
    PathTaken,
    cannot_read,
    damaged,
    resume_command,
)
from mesascope.store.location import default_paths
from mesascope.store.lock import Lock
from mesascope.store.opening import first_problem, marker_bytes, read_marker
from mesascope.store.sealed import digest_of, is_sealed, read_bytes, seal, unseal

CHECKPOINT = "checkpoint.json"
PREVIOUS = "checkpoint.previous.json"
RESULT = "result.json"
REPORT = "report.html"
CHECKPOINT_SCHEMA = "mesascope-checkpoint/1"


@dataclass(frozen=True)
class Checkpoint:
    """How far a run is.

    Attributes:
        state: what the search stored; tuples come back as lists, floats bit for bit.
        warnings: what the reader should be told, such as that an older checkpoint was used.
    """

    state: dict[str, Any]
    warnings: tuple[str, ...] = ()


class RunDirectory:
    """A directory that holds one run. Made by `create`, `create_default` or `open`.

    Files: `run.json` (written once), `checkpoint.json` and the one before it (search state, the
    timeline of discoveries included), `result.json` (the record) and `report.html`. Each is
    written atomically, and all but the report carry a checksum.

    Attributes:
        path: where it is.
        marker: what it was created with.
    """

    def __init__(self, path: Path, marker: MarkerRecord, digest: str, lock: Lock | None) -> None:
        self.path = path
        self.marker = marker
        self._digest = digest
        self._lock = lock

    @classmethod
    def create(
        cls, path: Path, config: ConfigRecord, environment: EnvironmentRecord | None = None
    ) -> "RunDirectory":
        """Make a new run directory, open for writing.

        Raises:
            PathTaken: a run, a file or other files are there already; nothing was written.
            BadRun: it cannot be written.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        marker = MarkerRecord(created=now, config=config, environment=environment)
        path, lock = create_directory(Path(path), marker)
        return cls(path, marker, digest_of(read_bytes(path / MARKER)), lock)

    @classmethod
    def create_default(
        cls,
        config: ConfigRecord,
        environment: EnvironmentRecord | None = None,
        base: Path | None = None,
    ) -> "RunDirectory":
        """Make `mesascope-runs/<organism>-<preset>-seed<k>[-n]` under `base`, else here."""
        base = Path.cwd() if base is None else base
        for path in default_paths(config.organism, config.preset, config.seed, base):
            if not path.exists() and not path.is_symlink():
                try:
                    return cls.create(path, config, environment)
                except PathTaken:  # somebody was quicker
                    continue
        raise AssertionError("default_paths never ends")

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> "RunDirectory":
        """Open a run, to read it or to go on with it.

        Args:
            path: the directory.
            write: take the lock, and clear away what a killed process left.

        Raises:
            DirectoryInUse: another process is writing it.
            BadRun: it is no run, is damaged, was written by a newer version, or cannot be read.
        """
        path = Path(path)
        lock = None
        try:
            data = marker_bytes(path)
            marker = read_marker(data, path / MARKER)
            if write:
                lock = Lock(path)
                remove_leftovers(path)
        except OSError as error:
            raise cannot_read(path, error) from error
        return cls(path.resolve(), marker, digest_of(data), lock)

    def close(self) -> None:
        """Release the lock. Reading goes on working."""
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> "RunDirectory":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def resume_command(self) -> str:
        """The command that goes on with this run."""
        return resume_command(self.path)

    def _must_be_writable(self) -> None:
        if self._lock is None or not self._lock.held:
            raise BadRun(f"{self.path} is open for reading only. Open it with write=True.")

    def write_checkpoint(self, state: dict[str, Any]) -> None:
        """Store how far the run is; the checkpoint before it is kept.

        Raises:
            BadRun: it cannot be written; the checkpoint before it is intact.
            TypeError, ValueError: `state` is not plain data; the message says where.
        """
        self._must_be_writable()
        fields = {"schema_version": CHECKPOINT_SCHEMA, "run": self._digest, "state": state}
        path = self.path / CHECKPOINT
        # A damaged checkpoint must not take the place of the whole one before it.
        keep = self.path / PREVIOUS if self._is_whole(path) else None
        write_atomically(path, seal(fields), keep_as=keep)

    def _is_whole(self, path: Path) -> bool:
        """Whether a checkpoint is intact and of this run, without the cost of parsing it."""
        start = f'{{"schema_version":"{CHECKPOINT_SCHEMA}","run":"{self._digest}",'
        try:
            data = read_bytes(path)
        except (BadRun, FileNotFoundError):
            return False
        return data.startswith(start.encode("ascii")) and is_sealed(data)

    def _read_checkpoint(self, path: Path) -> dict[str, Any]:
        fields = unseal(read_bytes(path), path, START_AGAIN)
        if fields.get("schema_version") != CHECKPOINT_SCHEMA:
            found = fields.get("schema_version")
            raise BadRun(
                f"{path} is of schema {found!r}, where {CHECKPOINT_SCHEMA!r} was expected. "
                "Resume with the version of mesascope that wrote it, or upgrade."
            )
        if fields.get("run") != self._digest:
            raise damaged(path, "it belongs to another run", START_AGAIN)
        state = fields["state"]
        assert isinstance(state, dict)
        return state

    def read_checkpoint(self) -> Checkpoint | None:
        """Return how far the run is, or None where it has not come to a checkpoint.

        A damaged or missing checkpoint is replaced by the one before it, with a warning.

        Raises:
            BadRun: there are checkpoints, but none can be used.
        """
        try:
            return Checkpoint(self._read_checkpoint(self.path / CHECKPOINT))
        except FileNotFoundError:
            problem: BadRun | None = None
        except BadRun as error:
            problem = error
        try:
            state = self._read_checkpoint(self.path / PREVIOUS)
        except FileNotFoundError:
            if problem is None:
                return None
            raise problem from None
        except BadRun as error:
            raise (problem or error) from error
        if problem is None:  # killed between the two renames: nothing that was finished is lost
            return Checkpoint(state)
        cause = str(problem).removesuffix(START_AGAIN).strip()
        return Checkpoint(state, (f"{cause} Going on from {PREVIOUS}, the one before it.",))

    def write_result(self, record: Result) -> None:
        """Store the record of the run."""
        self._must_be_writable()
        data = seal(record.model_dump(mode="json"), spaced=True)
        write_atomically(self.path / RESULT, data)

    def read_result(self) -> Result | None:
        """Return the record of the run, or None where it has not ended.

        Raises:
            BadRun: the file is damaged, or does not fit the schema.
        """
        path = self.path / RESULT
        remedy = f"Delete it and write it again by `{self.resume_command}`."
        try:
            fields = unseal(read_bytes(path), path, remedy)
            return result_of(fields)
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise damaged(
                path, f"it does not fit the schema ({first_problem(error)})", remedy
            ) from error

    @property
    def report(self) -> Path:
        """Where the report is, once there is one."""
        return self.path / REPORT

    def write_report(self, page: str) -> Path:
        """Store the report, and return where."""
        self._must_be_writable()
        write_atomically(self.report, page.encode("utf-8"))
        return self.report
