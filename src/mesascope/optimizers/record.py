"""What a search writes down as it goes, whatever its method: the timeline and the frontier."""

from dataclasses import asdict
from typing import Any

import numpy as np

from mesascope.core.optimizer import Discovery, Progress
from mesascope.optimizers.frontier import Frontier
from mesascope.optimizers.objective import Assessment, ProgramObjective
from mesascope.systems.programs.program import Program

_BETTER = 1e-12  # results closer than this differ by rounding alone


def kind_of(program: Program) -> str:
    """Say what a program's text makes it: `reflex`, `look-ahead` or `search`."""
    if program.recursive:
        return "search"
    return "look-ahead" if program.looks_ahead else "reflex"


class Record:
    """The course of one search.

    Attributes:
        evaluations: programs scored so far.
        discoveries: every program that was the best so far when it was found.
        frontier: what no other program found beats in behaviour, size and evaluations at once.
    """

    def __init__(self, objective: ProgramObjective, budget: int) -> None:
        self.evaluations = 0
        self.discoveries: list[Discovery] = []
        self.frontier = Frontier()
        self._objective = objective
        self._budget = budget

    @property
    def left(self) -> int:
        """The programs that may still be scored."""
        return max(0, self._budget - self.evaluations)

    def score(self, tokens: np.ndarray, lengths: np.ndarray) -> Assessment:
        """Score a batch and write down what is new in it, in the batch's order."""
        assessed = self._objective.assess(tokens, lengths)
        best = self.discoveries[-1].value if self.discoveries else -np.inf
        # Only a record over all earlier ones in the batch can be a discovery.
        before = np.maximum.accumulate(np.concatenate([[best], assessed.value[:-1]]))
        for i in np.flatnonzero(assessed.value > before):
            if assessed.value[i] <= best + _BETTER:
                continue
            best = float(assessed.value[i])
            program = Program(tokens[i, : lengths[i]].tobytes())
            self.discoveries.append(
                Discovery(
                    evaluations=self.evaluations + int(i) + 1,
                    value=best,
                    behaviour=float(assessed.behaviour[i]),
                    source=str(program),
                    size=program.size,
                    kind=kind_of(program),
                )
            )
        self.evaluations += len(tokens)
        self.frontier.offer(tokens, assessed)
        return assessed

    def progress(self, state: dict[str, Any], *, done: bool) -> Progress:
        """Return where the search stands; `state` is what its method needs to go on."""
        return Progress(
            evaluations=self.evaluations,
            budget=self._budget,
            best=self.discoveries[-1] if self.discoveries else None,
            discoveries=tuple(self.discoveries),
            state={
                **state,
                "evaluations": self.evaluations,
                "discoveries": [asdict(d) for d in self.discoveries],
                "frontier": self.frontier.to_json(),
            },
            done=done,
        )

    def restore(self, state: dict[str, Any]) -> None:
        """Take up where a state left off."""
        self.evaluations = state["evaluations"]
        self.discoveries = [Discovery(**d) for d in state["discoveries"]]
        self.frontier = Frontier.from_json(state["frontier"])


def frontier_of(progress: Progress) -> Frontier:
    """Return the frontier that a search had reached."""
    return Frontier.from_json(progress.state.get("frontier", ()))
