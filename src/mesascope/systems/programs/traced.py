"""The traced evaluator: a program run by asking a world, so that all it imagines is seen.

It is the plain reading of the language, in exact arithmetic, and the independent twin of the
compiled one in `kernel`. A program may be deep; a game is not, so recursion here is bounded by the
size of the program and the length of the game.
"""

from collections.abc import Callable, Hashable
from typing import Any

from mesascope.core.choice import Number
from mesascope.core.lookahead import mean
from mesascope.core.world import World, asker
from mesascope.systems.programs.grammar import ARITY, ONE, SELF, TOKENS
from mesascope.systems.programs.program import Program

Term = Callable[[Hashable], Number]
_COMBINE: dict[str, Callable[[Any], Number]] = {"max": max, "min": min, "mean": mean}


class TracedEvaluator:
    """One run of a program in a world; `self` is remembered for each state it was applied to.

    Remembering changes no value and hides no state: every imagined state is asked about once.
    """

    def __init__(self, program: Program, world: World[Any, Any], *, remember: bool = True) -> None:
        self.calls = 0
        self._world = world
        self._known: dict[Hashable, Number] | None = {} if remember else None
        self._body, _ = self._build(program.tokens, 0)

    def __call__(self, state: Hashable) -> Number:
        """Return the program's value at a state: a whole number or a fraction, exactly."""
        known = self._known
        if known is None:
            self.calls += 1
            return self._body(state)
        value = known.get(state)
        if value is None:
            self.calls += 1
            value = known[state] = self._body(state)
        return value

    def _build(self, tokens: bytes, at: int) -> tuple[Term, int]:
        """Return the term that begins at a token, and where the next one begins."""
        name = TOKENS[tokens[at]]
        parts: list[Term] = []
        end = at + 1
        for _ in range(ARITY[tokens[at]]):
            part, end = self._build(tokens, end)
            parts.append(part)
        return self._term(name, parts), end

    def _term(self, name: str, parts: list[Term]) -> Term:
        if name == SELF:
            return self
        if name == ONE:
            return lambda state: 1
        if name == "neg":
            (part,) = parts
            return lambda state: -part(state)
        if name == "add":
            left, right = parts
            return lambda state: left(state) + right(state)
        if name == "sub":
            left, right = parts
            return lambda state: left(state) - right(state)
        if name in _COMBINE:
            return self._over_children(_COMBINE[name], parts[0])
        score = self._world.score
        return lambda state: score(state, name)

    def _over_children(self, combine: Callable[[Any], Number], part: Term) -> Term:
        outcomes = asker(self._world)

        def over_children(state: Hashable) -> Number:
            children = outcomes(state)
            return combine([part(child) for child in children]) if children else 0

        return over_children
