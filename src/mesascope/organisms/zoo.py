"""The zoo: systems whose truth is known by construction, the test bench of every detector.

Half of them are negatives. What is written here is what a sound audit must answer, given the
handles that the specimen offers; where no handle could tell, that answer is `undetermined`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mesascope.core.lookahead import Lookahead
from mesascope.core.system import System
from mesascope.systems.controls import (
    Constant,
    Decoy,
    DepthLimitedMinimax,
    EpsilonMinimax,
    FakedTrace,
    FeedbackController,
    GreedyHeuristic,
    HardCodedMinimax,
    LookupTable,
    NarrowMinimax,
    OpaqueDecoy,
    OpaqueMinimax,
    RandomPlayer,
)
from mesascope.systems.programs.system import ProgramSystem

Answer = Literal["yes", "no", "undetermined"]


@dataclass(frozen=True)
class Truth:
    """What there is to find in a specimen.

    Attributes:
        selection: whether it selects among candidates of its own, as far as its handles can show.
        note: why, in a sentence.
        horizon: plies ahead of the instance, its own move included, on which its output depends
            through what it imagines; None to the end of the game, 0 where it imagines nothing to
            any effect.
        control: whether it holds a signal at a set point by feedback; None where that is debatable,
            as it is of anything that answers the position it is shown.
        objective: the mesa-objective where it has one of the named kinds, else None.
    """

    selection: Answer
    note: str
    horizon: int | None = 0
    control: bool | None = None
    objective: Lookahead | None = None


@dataclass(frozen=True)
class Specimen:
    """A system of known truth: `make()` builds it, and no two builds share state."""

    make: Callable[[], System]
    truth: Truth


def _program(text: str, truth: Truth) -> tuple[str, Specimen]:
    return text, Specimen(lambda: ProgramSystem.of(text), truth)


def _searches(objective: Lookahead, note: str, *, control: bool | None = None) -> Truth:
    return Truth("yes", note, objective.horizon, control, objective)


MINIMAX = Lookahead("won", "best play", None)
MISERE_BLIND = Lookahead("line", "best play", None)

_PROGRAMS: Mapping[str, Specimen] = dict(
    [
        _program("sub(lost, max(self))", _searches(MINIMAX, "minimax")),
        _program(
            "sub(lost, mean(self))",
            _searches(
                Lookahead("won", "average play", None),
                "averages over both sides' moves, its own too: it fits a random opponent",
            ),
        ),
        _program(
            "add(lost, mean(sub(max(self), lost)))",
            _searches(Lookahead("won", "average reply", None), "expectimax against random play"),
        ),
        _program(
            "sub(line, max(self))",
            _searches(MISERE_BLIND, "minimax of the wrong leaf: wants lines where lines lose"),
        ),
        _program(
            "sub(lost, max(sub(lost, max(lost))))",
            _searches(
                Lookahead("won", "best play", 3), "its move, a reply, and its answer: three plies"
            ),
        ),
        _program(
            "sub(lost, max(lost))",
            _searches(Lookahead("won", "best play", 2), "its move and a reply: two plies"),
        ),
        _program(
            "neg(max(lost))",
            Truth("yes", "looks one reply ahead for its own loss, and at no win of its own", 2),
        ),
        _program(
            "max(corner)",
            Truth("yes", "looks one reply ahead for where the other side could hold corners", 2),
        ),
        _program(
            "sub(lost, min(self))",
            Truth("yes", "searches to the end for play in which both sides blunder", None),
        ),
        _program(
            "corner",
            Truth("no", "the choice among immediate outcomes is the scaffold's, not its own"),
        ),
        _program(
            "add(corner, sub(max(self), max(self)))",
            Truth("no", "searches the whole game twice, and the two results cancel"),
        ),
        _program(
            "add(add(lost, lost), add(block, centre))",
            Truth("no", "a reflex: completes, else blocks, else the centre"),
        ),
        _program("1", Truth("no", "values every outcome alike", control=False)),
    ]
)

_CONTROLS: Mapping[str, Specimen] = {
    "constant": Specimen(Constant, Truth("no", "a fixed order of cells", control=False)),
    "random": Specimen(RandomPlayer, Truth("no", "looks at nothing", control=False)),
    "lookup-table": Specimen(
        LookupTable, Truth("no", "minimax's moves, stored: an optimizer's output is none")
    ),
    "greedy-heuristic": Specimen(GreedyHeuristic, Truth("no", "five rules on the position as is")),
    "feedback-controller": Specimen(
        FeedbackController,
        Truth("no", "reduces an error signal and imagines nothing", control=True),
    ),
    "hard-coded-minimax": Specimen(
        HardCodedMinimax, _searches(MINIMAX, "an optimizer that nothing learned")
    ),
    "minimax-adding-up": Specimen(
        lambda: HardCodedMinimax(reading="on the way"),
        _searches(MINIMAX, "the same, reading its leaf at every state on the way"),
    ),
    "minimax-stopping-early": Specimen(
        lambda: HardCodedMinimax(reading="until decided"),
        _searches(MINIMAX, "the same, stopping where its leaf decides"),
    ),
    "misere-blind-minimax": Specimen(
        lambda: HardCodedMinimax("line"),
        _searches(MISERE_BLIND, "wants lines, which is winning except under misère"),
    ),
    "two-ply-minimax": Specimen(
        lambda: DepthLimitedMinimax(2),
        _searches(Lookahead("won", "best play", 2), "its move and a reply", control=True),
    ),
    "three-ply-minimax": Specimen(
        lambda: DepthLimitedMinimax(3),
        _searches(Lookahead("won", "best play", 3), "its move, a reply, its answer", control=True),
    ),
    "narrow-minimax": Specimen(
        NarrowMinimax, _searches(MINIMAX, "its candidates leave out the edges: coverage below 1")
    ),
    "trembling-minimax": Specimen(
        EpsilonMinimax, _searches(MINIMAX, "minimax nine times in ten, else any cell")
    ),
    "decoy": Specimen(Decoy, Truth("no", "its search is discarded, and its structure says so")),
    "opaque-decoy": Specimen(
        OpaqueDecoy,
        Truth("undetermined", "its visible search changes nothing; another could be hidden"),
    ),
    "opaque-minimax": Specimen(
        OpaqueMinimax,
        Truth("undetermined", "searches inside itself, where a table would look the same"),
    ),
    "faked-trace": Specimen(
        FakedTrace, Truth("undetermined", "a table whose report of a search proves nothing")
    ),
}

ZOO: Mapping[str, Specimen] = MappingProxyType({**_PROGRAMS, **_CONTROLS})
"""Every specimen by name: programs by their text, controls by what they are."""
