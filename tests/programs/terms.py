"""Random programs of the language, straight from its grammar's data."""

from hypothesis import strategies as st

from mesascope.systems.programs.grammar import ARITY, CHILD, ONE, SELF, TOKEN_OF, TOKENS
from mesascope.systems.programs.program import MAX_SIZE, Program
from mesascope.tasks.tictactoe.features import FEATURE_NAMES

LEAVES = [TOKEN_OF[name] for name in (*FEATURE_NAMES, ONE)]
OPERATORS = [token for token, arity in enumerate(ARITY) if arity]


@st.composite
def programs(draw: st.DrawFn, max_size: int = 12) -> Program:
    """Programs of up to some number of nodes, `self` among them where it may stand."""
    size = draw(st.integers(1, min(max_size, MAX_SIZE)))
    tokens: list[int] = []

    def term(nodes: int, beneath_child: bool) -> None:
        if nodes == 1:
            leaves = [*LEAVES, *[TOKEN_OF[SELF]] * 4 * beneath_child]
            tokens.append(draw(st.sampled_from(leaves)))
            return
        fitting = [o for o in OPERATORS if ARITY[o] < nodes]
        token = draw(st.sampled_from(fitting))
        tokens.append(token)
        beneath_child = beneath_child or TOKENS[token] in CHILD
        if ARITY[token] == 1:
            term(nodes - 1, beneath_child)
        else:
            left = draw(st.integers(1, nodes - 2))
            term(left, beneath_child)
            term(nodes - 1 - left, beneath_child)

    term(size, False)
    return Program(bytes(tokens))
