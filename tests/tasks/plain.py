"""A second tic-tac-toe, written to be read: sets of cells, plain recursion, exact fractions.

It shares no code and no representation with the package. A state is (cells of the side to move,
cells of the side that just moved).
"""

from fractions import Fraction
from functools import cache
from itertools import combinations

State = tuple[frozenset[int], frozenset[int]]
EMPTY: State = (frozenset(), frozenset())
CELLS = frozenset(range(9))


def symmetries() -> list[dict[int, int]]:
    """The maps of the square onto itself, from coordinates about the centre."""
    maps = []
    for a, b, c, d in (
        (1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0),
        (1, 0, 0, -1), (-1, 0, 0, 1), (0, 1, 1, 0), (0, -1, -1, 0),
    ):  # fmt: skip
        image = {}
        for cell in CELLS:
            y, x = cell // 3 - 1, cell % 3 - 1
            image[cell] = (a * y + b * x + 1) * 3 + (c * y + d * x + 1)
        maps.append(image)
    return maps


def mask(cells: frozenset[int]) -> int:
    return sum(2**cell for cell in cells)


def orbits() -> list[set[frozenset[int]]]:
    """The classes of three-cell sets under the symmetries, by their smallest mask."""
    classes: set[frozenset[frozenset[int]]] = set()
    for cells in combinations(range(9), 3):
        classes.add(frozenset(frozenset(m[c] for c in cells) for m in symmetries()))
    return [set(c) for c in sorted(classes, key=lambda c: min(map(mask, c)))]


def named_lines() -> set[frozenset[int]]:
    rows = {frozenset({r, r + 1, r + 2}) for r in (0, 3, 6)}
    columns = {frozenset({c, c + 3, c + 6}) for c in range(3)}
    return rows | columns | {frozenset({0, 4, 8}), frozenset({2, 4, 6})}


class PlainGame:
    def __init__(self, lines: set[frozenset[int]], *, misere: bool = False) -> None:
        self.lines = lines
        self.sign = -1 if misere else 1
        self.value = cache(self._value)
        self.open = cache(self._open)
        self.result = cache(self._result)
        self.reply = cache(self._reply)

    def _result(self, state: State) -> int | None:
        """For the side that just moved; None while the game goes on."""
        own, other = state
        if any(line <= other for line in self.lines):
            return self.sign
        return 0 if own | other == CELLS else None

    def _open(self, state: State) -> list[int]:
        own, other = state
        return [] if self.result(state) is not None else sorted(CELLS - own - other)

    def after(self, state: State, cell: int) -> State:
        own, other = state
        return other, own | {cell}

    def states(self) -> list[State]:
        """Every reachable state, by number of pieces."""
        layers = [{EMPTY}]
        while layers[-1]:
            layers.append({self.after(s, c) for s in layers[-1] for c in self.open(s)})
        return [state for layer in layers for state in sorted(layer, key=str)]

    def _value(self, state: State) -> int:
        """Minimax, for the side to move."""
        result = self.result(state)
        if result is not None:
            return -result
        return max(-self.value(self.after(state, c)) for c in self.open(state))

    def best(self, state: State) -> list[int]:
        values = {c: -self.value(self.after(state, c)) for c in self.open(state)}
        return [c for c in values if values[c] == max(values.values())]

    def _reply(self, state: State, perfect: Fraction) -> dict[int, Fraction]:
        cells, best = self.open(state), self.best(state)
        return {
            c: (perfect / len(best) if c in best else 0) + (1 - perfect) / len(cells) for c in cells
        }


class PlainDecision:
    """The best response to an opponent, by recursion over both sides' turns."""

    def __init__(self, game: PlainGame, perfect: Fraction) -> None:
        self.game, self.perfect = game, perfect
        self.to_move = cache(self._to_move)
        self.waiting = cache(self._waiting)

    def _to_move(self, state: State) -> Fraction:
        result = self.game.result(state)
        return Fraction(-result) if result is not None else max(self.move_values(state).values())

    def _waiting(self, state: State) -> Fraction:
        result = self.game.result(state)
        if result is not None:
            return Fraction(result)
        reply = self.game.reply(state, self.perfect)
        return sum(
            (p * self.to_move(self.game.after(state, c)) for c, p in reply.items()), Fraction()
        )

    def move_values(self, state: State) -> dict[int, Fraction]:
        return {c: self.waiting(self.game.after(state, c)) for c in self.game.open(state)}

    def value(self) -> Fraction:
        return (self.to_move(EMPTY) + self.waiting(EMPTY)) / 2
