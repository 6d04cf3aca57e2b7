"""JSON files that carry their own checksum, so that a change or a cut is noticed on reading.

A sealed file is one JSON object whose last field, `sha256`, is the digest of every byte before
the comma in front of it. Other programs read it as plain JSON.
"""

import hashlib
import json
import math
import os
import re
import stat
from pathlib import Path
from typing import Any

from mesascope.store.errors import BadRun, cannot_read, damaged

SEAL = re.compile(rb',\n"sha256": "([0-9a-f]{64})"\}\n\Z')
SEAL_LENGTH = len(',\n"sha256": ""}\n') + 64


def _must_be_plain(value: Any, where: str) -> None:
    """Refuse what JSON would change on the way: keys that are no texts, and no finite numbers."""
    stack = [(value, where)]
    while stack:
        item, place = stack.pop()
        if item is None or isinstance(item, str | int):
            continue
        if isinstance(item, float):
            if not math.isfinite(item):
                raise ValueError(f"{place} is {item}, which JSON cannot hold: store None instead")
        elif isinstance(item, list | tuple):
            stack.extend((child, f"{place}[{i}]") for i, child in enumerate(item))
        elif isinstance(item, dict):
            for key, child in item.items():
                if not isinstance(key, str):
                    raise TypeError(
                        f"{place} has the key {key!r}, which JSON would turn into a text: "
                        "store a list of pairs instead"
                    )
                stack.append((child, f"{place}.{key}"))
        else:
            raise TypeError(
                f"{place} is of type {type(item).__name__}, where plain data was expected: "
                "convert it to numbers, texts, lists and dictionaries"
            )


def seal(fields: dict[str, Any], *, spaced: bool = False) -> bytes:
    """Return a JSON object with its checksum. Floats come back bit for bit.

    Args:
        fields: plain data; must not be empty, nor have a field `sha256`.
        spaced: one line a field, for files that people read; slower for large ones.

    Raises:
        TypeError, ValueError: something is not plain data; the message says where.
    """
    if not fields or "sha256" in fields:
        raise ValueError("a sealed file needs a field, and adds its own field 'sha256'")
    _must_be_plain(fields, "the file")
    text = json.dumps(
        fields,
        allow_nan=False,
        indent=1 if spaced else None,
        separators=(",", ": ") if spaced else (",", ":"),
    )
    head = text[:-1].rstrip("\n").encode("ascii")
    digest = hashlib.sha256(head).hexdigest()
    return head + f',\n"sha256": "{digest}"}}\n'.encode("ascii")


def digest_of(data: bytes) -> str:
    """Return the checksum that a sealed file carries."""
    match = SEAL.search(data[-SEAL_LENGTH:])
    if match is None:
        raise ValueError("not a sealed file")
    return match[1].decode("ascii")


def is_sealed(data: bytes) -> bool:
    """Whether the checksum at the end of `data` is that of the rest."""
    match = SEAL.search(data[-SEAL_LENGTH:])
    if match is None:
        return False
    return hashlib.sha256(data[:-SEAL_LENGTH]).hexdigest().encode("ascii") == match[1]


def read_bytes(path: Path) -> bytes:
    """Read an ordinary file, following no link.

    Raises:
        FileNotFoundError: there is none.
        BadRun: it is a link, a directory or a device, or may not be read.
    """
    try:
        # Not to block on a pipe that somebody put in the place of a file.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(path, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise BadRun(f"{path} is no ordinary file. Remove it, or restore the run.")
            return file.read()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise cannot_read(path, error) from error


def unseal(data: bytes, path: Path, remedy: str) -> dict[str, Any]:
    """Return the fields of a sealed file.

    Args:
        data: the file's bytes.
        path: its name, for the message.
        remedy: what to do where it is damaged.

    Raises:
        BadRun: it was cut short, changed, or is no sealed file.
    """
    if SEAL.search(data[-SEAL_LENGTH:]) is None:
        what = "it is empty" if not data else "its end, a checksum, is missing, so it was cut short"
        raise damaged(path, what, remedy)
    if not is_sealed(data):
        raise damaged(path, "it was changed after it was written (checksum)", remedy)
    try:
        fields = json.loads(data[:-SEAL_LENGTH] + b"}")
    except (ValueError, RecursionError) as error:
        raise damaged(path, f"it is no JSON ({error})", remedy) from error
    if not isinstance(fields, dict):
        raise damaged(path, "it is no JSON object", remedy)
    return fields
