"""Telling a run directory from anything else, and saying what else it is."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from mesascope.records.marker import MarkerRecord
from mesascope.records.run import SCHEMA
from mesascope.store.creation import is_ours_but_empty
from mesascope.store.errors import MARKER, START_AGAIN, BadRun, damaged
from mesascope.store.sealed import read_bytes, unseal


def marker_bytes(path: Path) -> bytes:
    """Return what the marker of a run directory holds.

    Raises:
        BadRun: there is no such directory, or it is no run.
        OSError: it cannot be looked into.
    """
    if path.is_symlink() and not path.exists():
        raise BadRun(f"{path} is a symbolic link to {path.readlink()}, which is not there.")
    if not path.exists():
        raise BadRun(f"there is no {path}. Name a directory that `mesascope run` made.")
    if not path.is_dir():
        raise BadRun(f"{path} is a file. Name a directory that `mesascope run` made.")
    try:
        return read_bytes(path / MARKER)
    except FileNotFoundError:
        if is_ours_but_empty(path):
            raise BadRun(
                f"{path} is empty: its run never began. Start one there by `mesascope run`."
            ) from None
        raise BadRun(
            f"{path} is no run: it has no {MARKER}. Name a directory that `mesascope run` made."
        ) from None


def read_marker(data: bytes, path: Path) -> MarkerRecord:
    """Return the marker in `data`, read from `path`.

    Raises:
        BadRun: it is damaged, or of a schema that this version does not read.
    """
    for version in _versions(data):
        if version != SCHEMA:
            raise BadRun(
                f"{path} is of schema {version!r}, and this version reads {SCHEMA!r}. "
                "Read it with the version of mesascope that wrote it, or upgrade."
            )
    try:
        return MarkerRecord.model_validate(unseal(data, path, START_AGAIN))
    except ValidationError as error:
        raise damaged(
            path, f"it is no marker of a run ({first_problem(error)})", START_AGAIN
        ) from error


def _versions(data: bytes) -> Iterator[str]:
    """Yield the schema that a file claims, before its seal is trusted: seals may change too."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(fields, dict) and isinstance(fields.get("schema_version"), str):
        yield fields["schema_version"]


def first_problem(error: ValidationError) -> str:
    """Say in one line where a record does not fit its schema."""
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, problem["loc"])) or "the file"
    return f"{where}: {problem['msg']}"
