"""The typed language of evaluators, as data: leaves, operators, and which of them a search may use.

A program is a term of type `value`. Terms beneath a child operator (`max`, `min`, `mean`) are of
type `reply`: there, and only there, `self` may stand, for the whole program applied to the child.
There is no atomic minimax: a program that searches has to be put together from these parts.
"""

from dataclasses import dataclass, replace

from mesascope.tasks.tictactoe.features import FEATURE_NAMES

UNARY = ("neg",)
CHILD = ("max", "min", "mean")
BINARY = ("add", "sub")
ONE = "1"
SELF = "self"

# Token numbers are the wire format of the compiled evaluator: features first, then these.
TOKENS = (*FEATURE_NAMES, ONE, SELF, *UNARY, *CHILD, *BINARY)
TOKEN_OF = {name: number for number, name in enumerate(TOKENS)}
ARITY = tuple(
    2 if name in BINARY else 1 if name in UNARY or name in CHILD else 0 for name in TOKENS
)


@dataclass(frozen=True)
class Grammar:
    """The primitives that a search may use.

    Attributes:
        leaves: features and `1`, in the order in which a search meets them.
        unary, child, binary: operators; `child` operators range over the children of a position.
        recursion: whether `self` may stand beneath a child operator.
    """

    leaves: tuple[str, ...]
    unary: tuple[str, ...] = UNARY
    child: tuple[str, ...] = CHILD
    binary: tuple[str, ...] = BINARY
    recursion: bool = True

    def without(self, *names: str) -> "Grammar":
        """Return the grammar with some primitives taken out (an ablation is one line)."""

        def keep(group: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in group if name not in names)

        return replace(
            self,
            leaves=keep(self.leaves),
            unary=keep(self.unary),
            child=keep(self.child),
            binary=keep(self.binary),
            recursion=self.recursion and SELF not in names,
        )


SMALL = Grammar(leaves=("lost", "full", "centre", "corner", "threat", ONE))
RULE_AWARE = Grammar(leaves=("line", "won", "full", "centre", "corner", "threat", ONE))
REFLEXES = Grammar(leaves=("lost", "block", "centre", "corner", "pair", "threat", ONE))
GRAMMARS = {"small": SMALL, "rule-aware": RULE_AWARE, "reflexes": REFLEXES}
