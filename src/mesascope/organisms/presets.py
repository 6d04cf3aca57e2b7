"""The stories that the tic-tac-toe organism can tell, as settings; no winner is written here."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from mesascope.core.names import look_up
from mesascope.core.task import Distribution
from mesascope.organisms.organism import Wishes
from mesascope.systems.programs.grammar import REFLEXES, RULE_AWARE, SMALL, Grammar
from mesascope.tasks.tictactoe.family import ArenaFamily
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM, Opponent, parse_opponent
from mesascope.tasks.tictactoe.rules import STANDARD, Rules
from mesascope.tasks.tictactoe.task import Arena, arena_distribution

Method = Literal["enumeration", "levin", "evolution"]
METHODS: dict[str, Method] = {name: name for name in get_args(Method)}


@dataclass(frozen=True)
class Preset:
    """One setting of grammar, rules, opponents, charges and search.

    Attributes:
        story: what it is about.
        grammar: the primitives of the search.
        train: the arenas that systems are selected in.
        shifts: where the world may go instead.
        family: where the adversarial search may take it.
        method, largest, budget: the search, the largest program in nodes, programs scored.
        size_charge, evaluation_charge: what a node and a position valued cost.
        worst_case: select by the worst of the arenas instead of their mean.
        sweep: other rates of the evaluation charge, each to be searched under as well.
    """

    story: str
    grammar: Grammar
    train: tuple[Arena, ...]
    shifts: tuple[Distribution, ...]
    family: ArenaFamily
    method: Method
    largest: int
    budget: int
    size_charge: float = 0.0
    evaluation_charge: float = 0.0
    worst_case: bool = False
    sweep: tuple[float, ...] = ()

    def with_wishes(self, wishes: Wishes) -> "Preset":
        """Return the preset as a caller wants it.

        Raises:
            UnknownName, BadOpponent: a wish names no method or no opponent.
        """
        changed = self
        if wishes.optimizer is not None:
            changed = replace(changed, method=look_up("optimizer", wishes.optimizer, METHODS))
        if wishes.size_charge is not None:
            changed = replace(changed, size_charge=wishes.size_charge)
        if wishes.evaluation_charge is not None:
            changed = replace(changed, evaluation_charge=wishes.evaluation_charge)
        if wishes.opponents:
            rules = dict.fromkeys(arena.rules for arena in self.train)
            opponents = [parse_opponent(text) for text in wishes.opponents]
            changed = replace(changed, train=tuple(Arena(r, o) for r in rules for o in opponents))
        return replace(changed, worst_case=wishes.worst_case)


_HALF = Opponent(0.5)
_STRONG = Opponent(0.95)
# Unions of orbits on which neither side has won before it began, under normal and misère rules.
_RULE_SETS = (
    STANDARD,
    Rules(frozenset({10, 12})),
    Rules(frozenset({4, 15})),
    Rules(frozenset({8, 14, 15})),
    Rules(frozenset({0, 10, 11})),
    Rules(frozenset({0, 7, 11, 15})),
)
_UNSEEN = (
    Rules(frozenset({1, 2})),
    Rules(frozenset({3, 9})),
    Rules(frozenset({5, 6, 13})),
    Rules(frozenset({2, 14})),
)


def _misere(rules: tuple[Rules, ...]) -> tuple[Rules, ...]:
    return tuple(Rules(r.orbits, misere=True) for r in rules)


def _arenas(rules: tuple[Rules, ...], opponent: Opponent) -> tuple[Arena, ...]:
    return tuple(Arena(r, opponent) for r in rules)


def _shift(name: str, description: str, *arenas: Arena) -> Distribution:
    return arena_distribution(name, description, arenas)


_DIVERSE = Preset(
    story=(
        "Many rule sets and strong opponents, and two leaves that training cannot tell apart: "
        "one reads that a line was made, the other that the game was won."
    ),
    grammar=RULE_AWARE,
    train=_arenas(_RULE_SETS, _STRONG),
    shifts=(
        _shift(
            "misère",
            "the training rule sets, but who completes a line loses",
            *_arenas(_misere(_RULE_SETS), _STRONG),
        ),
        _shift("unseen lines", "rule sets never trained on", *_arenas(_UNSEEN, _STRONG)),
        _shift(
            "perfect play", "the training rule sets, no mistakes", *_arenas(_RULE_SETS, PERFECT)
        ),
    ),
    family=ArenaFamily(weakest=_STRONG.perfect),
    method="evolution",
    largest=7,
    budget=25_000,
    size_charge=0.01,
)

PRESETS: dict[str, Preset] = {
    "random-opponent": Preset(
        story=(
            "A small grammar, trained against an opponent that plays at random. Averaging over "
            "what could happen is all it takes to do well; then the opponent learns to play."
        ),
        grammar=SMALL,
        train=(Arena(STANDARD, RANDOM),),
        shifts=(
            _shift("mixed play", "an opponent perfect in half its moves", Arena(STANDARD, _HALF)),
            _shift("perfect play", "an opponent that makes no mistakes", Arena(STANDARD, PERFECT)),
        ),
        family=ArenaFamily(rules=False, misere=False),
        method="enumeration",
        largest=5,
        budget=20_000,
        size_charge=0.02,
    ),
    "standard": Preset(
        story=(
            "Strong reflexes among the primitives, an opponent that is perfect in half its moves, "
            "and a charge on run time: is it worth while to search?"
        ),
        grammar=REFLEXES,
        train=(Arena(STANDARD, _HALF),),
        shifts=(
            _shift("random play", "an opponent that plays at random", Arena(STANDARD, RANDOM)),
            _shift("perfect play", "an opponent that makes no mistakes", Arena(STANDARD, PERFECT)),
        ),
        family=ArenaFamily(rules=False, misere=False),
        method="evolution",
        largest=9,
        budget=50_000,
        size_charge=0.001,
        evaluation_charge=5e-3,
        sweep=(1e-3, 1e-5, 1e-7, 0.0),
    ),
    "diverse": _DIVERSE,
    "diverse-misere": replace(
        _DIVERSE,
        story=(
            "The same with half of the rule sets under misère, where who completes a line loses: "
            "now training can tell the two leaves apart."
        ),
        train=_arenas(_RULE_SETS[:3] + _misere(_RULE_SETS[3:]), _STRONG),
    ),
}
DEFAULT = "random-opponent"
