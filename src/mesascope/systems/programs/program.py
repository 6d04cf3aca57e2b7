"""A program: a term of the language, kept as its tokens in prefix order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from mesascope.core.errors import MalformedProgram
from mesascope.systems.programs.grammar import ARITY, CHILD, SELF, TOKEN_OF, TOKENS

MAX_SIZE = 64  # the compiled evaluator keeps its work space on this bound
_LEXEME = re.compile(r"\s*(?:([A-Za-z_][A-Za-z_0-9]*|[0-9]+)|(.))", re.DOTALL)
_CHILD_TOKENS = frozenset(TOKEN_OF[name] for name in CHILD)
_SELF_TOKEN = TOKEN_OF[SELF]


@dataclass(frozen=True)
class Program:
    """A term, as token numbers in prefix order; `str` prints it and `parse` reads it back."""

    tokens: bytes

    @property
    def size(self) -> int:
        """The number of nodes: the description length that a size charge counts."""
        return len(self.tokens)

    @property
    def recursive(self) -> bool:
        """Whether the program calls itself on a position's children."""
        return _SELF_TOKEN in self.tokens

    @property
    def looks_ahead(self) -> bool:
        """Whether the program asks for a position's children at all."""
        return any(token in _CHILD_TOKENS for token in self.tokens)

    def names(self) -> Iterator[str]:
        """Yield the primitives in prefix order."""
        return (TOKENS[token] for token in self.tokens)

    def __str__(self) -> str:
        pieces: list[str] = []
        pending: list[int] = []  # arguments still to come, of each open operator
        for token in self.tokens:
            pieces.append(TOKENS[token])
            if ARITY[token]:
                pieces.append("(")
                pending.append(ARITY[token])
                continue
            while pending:
                pending[-1] -= 1
                if pending[-1]:
                    pieces.append(", ")
                    break
                pieces.append(")")
                pending.pop()
        return "".join(pieces)


def parse(text: str) -> Program:
    """Read a program such as `sub(lost, max(self))`.

    Raises:
        MalformedProgram: with the column and what was expected there.
    """
    return _Reader(text).program()


class _Reader:
    """Recursive descent without recursion on hostile depth: a program has at most 64 nodes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lexemes = [
            (m.group(1) or m.group(2), m.start(1) if m.group(1) else m.start(2))
            for m in _LEXEME.finditer(text)
            if (m.group(1) or m.group(2) or "").strip()
        ]
        self.at = 0
        self.tokens = bytearray()

    def program(self) -> Program:
        self._term(beneath_child=False)
        if self.at < len(self.lexemes):
            self._fail("the end of the program")
        return Program(bytes(self.tokens))

    def _term(self, *, beneath_child: bool) -> None:
        name = self._peek()
        if name not in TOKEN_OF:
            self._fail("a leaf or an operator")
        if name == SELF and not beneath_child:
            self._fail(f"a term other than '{SELF}', which stands only beneath max, min or mean")
        if len(self.tokens) == MAX_SIZE:
            self._fail(f"a program of at most {MAX_SIZE} nodes")
        token = TOKEN_OF[name]
        self.tokens.append(token)
        self.at += 1
        for argument in range(ARITY[token]):
            self._take("(" if argument == 0 else ",")
            self._term(beneath_child=beneath_child or name in CHILD)
        if ARITY[token]:
            self._take(")")

    def _peek(self) -> str:
        return self.lexemes[self.at][0] if self.at < len(self.lexemes) else ""

    def _take(self, mark: str) -> None:
        if self._peek() != mark:
            self._fail(f"'{mark}'")
        self.at += 1

    def _fail(self, expected: str) -> None:
        if self.at < len(self.lexemes):
            lexeme, column = self.lexemes[self.at]
            found = lexeme[:40]  # hostile texts may be long
            where = f"column {column + 1}, at {found!r}"
            hint = get_close_matches(found, TOKENS, n=1)
        else:
            where, hint = f"column {len(self.text) + 1}, at the end", []
        guess = f" Did you mean {hint[0]!r}?" if hint and hint[0] != found else ""
        raise MalformedProgram(
            f"malformed program {self.text[:120]!r}: {where}: expected {expected}.{guess} "
            f"Leaves and operators are {', '.join(TOKENS)}; minimax is 'sub(lost, max(self))'."
        )
