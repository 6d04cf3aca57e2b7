"""Fail where the documentation points at nothing.

Local links and their anchors must exist, every `make` target that a text names must be in the
Makefile, and every detector's card must have its headings, known problems among them.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

CARD_HEADINGS = ("What it measures", "Why", "Example", "Known problems", "References")
_SKIP = {".venv", "build", "dist", "runs", "node_modules"}
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_MAKE = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)


def texts(root: Path) -> list[Path]:
    """Return the Markdown files of the project, hidden and generated folders left out."""
    found = (p.relative_to(root) for p in root.rglob("*.md"))
    return sorted(
        root / p
        for p in found
        if not any(part in _SKIP or part.startswith(".") for part in p.parts)
    )


def anchors(text: str) -> set[str]:
    """Return the anchors of a text's headings: lower case, words joined by hyphens."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def broken_links(path: Path) -> Iterator[str]:
    """Yield the links of a file that lead to no file, or to no heading in it."""
    text = path.read_text(encoding="utf-8")
    for link in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists():
            yield f"{path}: the link to {link} leads to no file"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
            yield f"{path}: the link to {link} leads to no heading"


def unknown_targets(path: Path, makefile: str) -> Iterator[str]:
    """Yield the make targets that a file names and the Makefile lacks."""
    known = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    for target in sorted(set(_MAKE.findall(path.read_text(encoding="utf-8"))) - known):
        yield f"{path}: 'make {target}' is not in the Makefile"


def missing_headings(card: Path) -> Iterator[str]:
    """Yield the headings that a detector's card lacks."""
    present = set(_HEADING.findall(card.read_text(encoding="utf-8")))
    for heading in CARD_HEADINGS:
        if heading not in present:
            yield f"{card}: a detector's card needs the heading '{heading}'"


def main() -> int:
    """Print the complaints; 1 if there are any."""
    root = Path()
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    complaints: list[str] = []
    for path in texts(root):
        complaints += broken_links(path)
        complaints += unknown_targets(path, makefile)
    for card in sorted((root / "docs" / "detectors").glob("*.md")):
        if card.stem != "README":
            complaints += missing_headings(card)
    print("\n".join(complaints) or f"{len(texts(root))} texts point at what exists")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
