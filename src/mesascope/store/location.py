"""Where a new run goes when the caller does not say."""

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = "mesascope-runs"


def _in_a_name(text: str) -> str:
    """Return `text` with everything that a path should not hold turned into dashes."""
    return re.sub(r"[^A-Za-z0-9_+-]+", "-", text).strip("-")[:60] or "unnamed"


def default_paths(organism: str, preset: str, seed: int, base: Path) -> Iterator[Path]:
    """Yield `base/mesascope-runs/<organism>-<preset>-seed<k>`, then with -2, -3 and so on."""
    stem = f"{_in_a_name(organism)}-{_in_a_name(preset)}-seed{seed}"
    yield base / FOLDER / stem
    number = 2
    while True:
        yield base / FOLDER / f"{stem}-{number}"
        number += 1
