"""Controls that act on the position as it stands: they imagine nothing, and ask nothing."""

from dataclasses import dataclass
from typing import Any

from mesascope.core.choice import Choice
from mesascope.core.world import World
from mesascope.systems.controls.structures import RuleStructure
from mesascope.tasks.tictactoe.geometry import CELLS, CENTRE, CORNERS, Mask
from mesascope.tasks.tictactoe.world import Instance


@dataclass(frozen=True)
class Constant:
    """Fills the first empty cell in a fixed order, whatever the rules and the opponent.

    Attributes:
        order: the nine cells.
    """

    order: tuple[int, ...] = tuple(range(CELLS))
    name: str = "constant"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the first legal cell of the order."""
        return self._first(instance)

    def structure(self) -> RuleStructure:
        """Show the order."""
        clauses = tuple(f"cell {cell} if empty" for cell in self.order)
        return RuleStructure(clauses, self._first)

    def _first(self, instance: Instance) -> Choice[int]:
        return Choice({next(cell for cell in self.order if cell in instance.moves): 1.0})


@dataclass(frozen=True)
class RandomPlayer:
    """Fills any empty cell, all alike."""

    name: str = "uniformly random"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the uniform choice among the legal cells."""
        return _any(instance)

    def structure(self) -> RuleStructure:
        """Show the one rule."""
        return RuleStructure(("any empty cell",), _any)


@dataclass(frozen=True)
class GreedyHeuristic:
    """Completes a line, else blocks one, else takes the centre, else a corner, else any cell.

    It plays the same under misère, where the first rule loses: it knows lines, not results.
    """

    name: str = "greedy heuristic"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the uniform choice among the cells of the first rule that applies."""
        return _greedy(instance)

    def structure(self) -> RuleStructure:
        """Show the rules."""
        clauses = ("complete a line", "block one", "the centre", "a corner", "any empty cell")
        return RuleStructure(clauses, _greedy)


@dataclass(frozen=True)
class FeedbackController:
    """Holds the tension of the open lines at its set point, by proportional feedback.

    The error signal is read off the position as it stands. A line that only one side has begun is
    a disturbance (the other side's) or slack (its own), and pulls on each of its empty cells with
    a gain that grows with the pieces on it; the controller pushes where the pull is strongest.
    Every move of the other side disturbs the signal, and the next push answers that. Where
    completing a line loses, feedback changes sign and it pushes where the pull is weakest.

    Attributes:
        disturbance_gain: pull of the other side's lines with 0, 1 and 2 pieces.
        slack_gain: pull of its own lines with 0, 1 and 2 pieces.
    """

    disturbance_gain: tuple[int, int, int] = (0, 1, 10)
    slack_gain: tuple[int, int, int] = (1, 2, 30)
    name: str = "feedback controller"

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the uniform choice among the cells where the error pulls most."""
        return self._push(instance)

    def structure(self) -> RuleStructure:
        """Show the feedback law."""
        clauses = (
            f"open lines of the other side pull with gain {self.disturbance_gain}",
            f"open lines of its own pull with gain {self.slack_gain}",
            "push where the pull is strongest, or weakest where completing a line loses",
        )
        return RuleStructure(clauses, self._push)

    def error(self, instance: Instance) -> dict[int, int]:
        """Return the pull on every empty cell."""
        own, other = instance.position
        pull = dict.fromkeys(instance.moves, 0)
        for line in instance.rules.lines:
            mine, theirs = (own & line).bit_count(), (other & line).bit_count()
            tension = self.slack_gain[mine] * (not theirs)
            tension += self.disturbance_gain[theirs] * (not mine)
            for cell in pull:
                pull[cell] += tension * (line >> cell & 1)
        return pull

    def _push(self, instance: Instance) -> Choice[int]:
        sign = instance.rules.sign
        return Choice.among_best({c: sign * pull for c, pull in self.error(instance).items()})


def _any(instance: Instance) -> Choice[int]:
    return Choice.uniform(instance.moves)


def _greedy(instance: Instance) -> Choice[int]:
    own, other = instance.position
    empty = sum(1 << cell for cell in instance.moves)
    for cells in (
        _completions(own, empty, instance),
        _completions(other, empty, instance),
        empty & CENTRE,
        empty & CORNERS,
    ):
        if cells:
            return Choice.uniform(cell for cell in instance.moves if cells >> cell & 1)
    return _any(instance)


def _completions(side: Mask, empty: Mask, instance: Instance) -> Mask:
    """Return the empty cells that are all that a side lacks of some line."""
    cells = 0
    for line in instance.rules.lines:
        if (side & line).bit_count() == 2:
            cells |= line & empty
    return cells
