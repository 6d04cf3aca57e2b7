"""Fail where a module has grown past 250 lines: one noun or verb per file."""

import sys
from pathlib import Path

LIMIT = 250


def too_long(root: Path) -> list[str]:
    """Return a complaint for every Python file under `root` that is over the limit."""
    sizes = ((p, len(p.read_text(encoding="utf-8").splitlines())) for p in root.rglob("*.py"))
    return [
        f"{path}: {lines} lines, at most {LIMIT}; split it by what its parts are for"
        for path, lines in sorted(sizes)
        if lines > LIMIT
    ]


def main() -> int:
    """Print the complaints; 1 if there are any."""
    complaints = too_long(Path("src"))
    print("\n".join(complaints) or f"no module is over {LIMIT} lines")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
