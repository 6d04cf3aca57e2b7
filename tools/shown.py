"""Blocks in a text that show a command's output, or a file; and what they should show.

    <!-- output: mesascope score 'sub(lost, max(self))' -->
    <!-- output: mesascope run tictactoe | omit: ^Winner by .. ^$ | omit: ^Assumption .. -->
    <!-- slow output: python examples/seeds.py diverse -->
    <!-- file: examples/reflex.py -->

The comment stands right above a fenced block. `omit` leaves out the lines from the first that
matches a pattern up to the next that matches another, or to the end, and puts `[…]` there. A `slow`
block is compared only on demand. Commands run in an empty directory that holds `examples`, 80
columns wide; longer lines are folded. Standard error is shown where a command fails, and left out
where it does not.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_SKIP = {".venv", "build", "dist", "runs", "mesascope-runs", "node_modules"}
OMITTED = "[…]"
_BLOCK = re.compile(
    r"(?P<head><!-- (?P<slow>slow )?(?P<kind>output|file): (?P<what>.+?) -->\n+```\w*\n)"
    r"(?P<body>.*?)(?P<tail>^```$)",
    re.DOTALL | re.MULTILINE,
)
_MASKS = (
    (re.compile(r"\b\d+(\.\d+)? s\b"), "T s"),
    (re.compile(r"\b[\d,]+ a second\b"), "N a second"),
)
_SECONDS = 600
_LONG = ("mesascope run ", "mesascope audit ", "python ")  # starts of commands, the longest first
_WIDEST = 96


def texts(root: Path) -> list[Path]:
    """Return the Markdown files of the project, hidden and generated folders left out."""
    found = (p.relative_to(root) for p in root.rglob("*.md"))
    return sorted(
        root / p
        for p in found
        if not any(part in _SKIP or part.startswith(".") for part in p.parts)
    )


@dataclass(frozen=True)
class Block:
    """One block.

    Attributes:
        kind: `output` or `file`.
        what: the command, or the file's path from the root.
        omit: pairs of patterns; the second is empty for the end.
        body: what the text shows.
        slow: whether the command takes long.
    """

    kind: str
    what: str
    omit: tuple[tuple[str, str], ...]
    body: str
    slow: bool = False


def blocks(text: str) -> list[Block]:
    """Return the marked blocks of a text."""
    return [_block(match) for match in _BLOCK.finditer(text)]


def _block(match: re.Match[str]) -> Block:
    what, *rules = match["what"].split(" | ")
    omit = []
    for rule in rules:
        start, dots, end = rule.removeprefix("omit: ").partition(" ..")
        if not dots:
            raise ValueError(f"cannot read {rule!r}; expected 'omit: START .. END'")
        omit.append((start, end.strip()))
    return Block(match["kind"], what, tuple(omit), match["body"], bool(match["slow"]))


class Shown:
    """What blocks should show. Each command runs once.

    Attributes:
        root: the project.
        slow: whether slow commands are run too.
    """

    def __init__(self, root: Path, *, slow: bool = False) -> None:
        self.root = root.resolve()
        self.slow = slow
        self._printed: dict[str, str] = {}

    def run(self, commands: set[str]) -> None:
        """Run commands, two at a time, those that take longest first."""
        order = sorted(commands, key=lambda command: (_rank(command), command))
        with ThreadPoolExecutor(2) as pool:
            for command, printed in zip(order, pool.map(self._run, order), strict=True):
                self._printed[command] = printed

    def prepare(self, texts: list[str]) -> None:
        """Run every command that some texts show."""
        wanted = {b.what for text in texts for b in blocks(text) if self._runs(b)}
        self.run(wanted - self._printed.keys())

    def stale(self, text: str) -> list[str]:
        """Return the commands and files that a text no longer shows as they are."""
        return [
            block.what
            for block in blocks(text)
            if (block.kind == "file" or self._runs(block))
            and masked(self.expected(block)) != masked(block.body)
        ]

    def renewed(self, text: str) -> str:
        """Return a text whose blocks show what is there now; others keep what they show."""

        def renew(match: re.Match[str]) -> str:
            block = _block(match)
            if block.kind == "output" and not self._runs(block):
                return match[0]
            expected = self.expected(block)
            body = block.body if masked(expected) == masked(block.body) else expected
            return match["head"] + body + match["tail"]

        return _BLOCK.sub(renew, text)

    def printed(self, command: str) -> str:
        """Return what a command prints."""
        if command not in self._printed:
            self.run({command})
        return self._printed[command]

    def expected(self, block: Block) -> str:
        """Return what a block should show."""
        if block.kind == "file":
            return (self.root / block.what).read_text(encoding="utf-8")
        return shortened(self.printed(block.what), block.omit)

    def _runs(self, block: Block) -> bool:
        return block.kind == "output" and (self.slow or not block.slow)

    def _run(self, command: str) -> str:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "examples").symlink_to(self.root / "examples")
            path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
            environment = os.environ | {"PATH": path, "COLUMNS": "80", "NO_COLOR": "1"}
            done = subprocess.run(
                shlex.split(command),
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            printed = done.stdout + (done.stderr if done.returncode else "")
            printed = printed.replace(f"{Path(folder).resolve()}/", "").replace(f"{folder}/", "")
        return "\n".join(_folded(line.rstrip()) for line in printed.strip("\n").splitlines()) + "\n"


def _rank(command: str) -> int:
    return next((i for i, start in enumerate(_LONG) if command.startswith(start)), len(_LONG))


def _folded(line: str) -> str:
    """Return a line that no screen would show whole as several."""
    if len(line) <= _WIDEST:
        return line
    return textwrap.fill(line, _WIDEST, break_on_hyphens=False, break_long_words=False)


def shortened(printed: str, omit: tuple[tuple[str, str], ...]) -> str:
    """Return an output without the stretches left out, each marked."""
    lines = printed.splitlines()
    for start, end in omit:
        first = next((i for i, line in enumerate(lines) if re.search(start, line)), None)
        if first is None:
            continue
        after = range(first + 1, len(lines))
        last = next((i for i in after if end and re.search(end, lines[i])), len(lines))
        lines[first:last] = [OMITTED]
    return "\n".join(lines) + "\n"


def masked(printed: str) -> str:
    """Return an output with times and rates masked and white space levelled, to compare by."""
    for pattern, mask in _MASKS:
        printed = pattern.sub(mask, printed)
    return " ".join(printed.split())
