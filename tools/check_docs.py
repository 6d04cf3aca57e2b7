"""Fail where the documentation is not true.

    python tools/check_docs.py [--slow]

Local links and their anchors exist; every `make` target that a text names is in the Makefile; every
command and every detector is documented, and a detector's card has its headings, known problems
among them; generated pages are what would be generated now; blocks marked as a command's output or
as a file show what the command prints, or the file holds, now. Times and rates may differ.

`--slow` checks the blocks too that take minutes. `tools/write_docs.py` mends what is stale.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from shown import Shown, blocks, masked, texts
from write_docs import COMMANDS, DOCS, commands, detectors, pages

CARD_HEADINGS = ("What it measures", "Why", "Example", "Known problems", "References", "Needs")
_MEND = "run: .venv/bin/python tools/write_docs.py"
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_MAKE = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)


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


def undocumented(root: Path) -> Iterator[str]:
    """Yield the commands and detectors without a page, and pages of detectors that are gone."""
    for name in sorted(commands() - set(COMMANDS)):
        yield f"'mesascope {name}' is not documented: add it to COMMANDS in tools/write_docs.py"
    cards, folder = set(detectors()), root / DOCS / "detectors"
    written = {path.stem for path in folder.glob("*.md")} - {"README"}
    for name in sorted(cards - written):
        yield f"the detector {name!r} has no page in {folder}; {_MEND}"
    for name in sorted(written - cards):
        yield f"{folder / name}.md: there is no such detector; delete the page"


def stale(root: Path, shown: Shown) -> Iterator[str]:
    """Yield the pages and blocks that do not show what there is now."""
    generated = pages(shown)
    for path, text in generated.items():
        there = root / path
        if not there.exists() or masked(there.read_text("utf-8")) != masked(text):
            yield f"{there}: not what would be generated now; {_MEND}"
    others = {p: p.read_text("utf-8") for p in texts(root) if p.relative_to(root) not in generated}
    shown.prepare(list(others.values()))
    for path, text in others.items():
        for what in shown.stale(text):
            yield f"{path}: does not show what {what!r} shows now; {_MEND}"
        for block in blocks(text):
            if not block.body.strip():
                yield f"{path}: the block of {block.what!r} is empty; {_MEND} --slow"


def main(arguments: list[str]) -> int:
    """Print the complaints; 1 if there are any."""
    root = Path()
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    complaints = list(undocumented(root))
    for path in texts(root):
        complaints += broken_links(path)
        complaints += unknown_targets(path, makefile)
    for card in sorted((root / DOCS / "detectors").glob("*.md")):
        if card.stem != "README":
            complaints += missing_headings(card)
    complaints += stale(root, Shown(root, slow="--slow" in arguments))
    print("\n".join(complaints) or f"{len(texts(root))} texts say what is so")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
