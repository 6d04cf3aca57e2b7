"""Searches that go through programs in a fixed order, and the classes that they find."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import Any

from mesascope.core.optimizer import Progress
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.record import Record
from mesascope.systems.programs.batch import Scores, pack
from mesascope.systems.programs.program import Program
from mesascope.systems.programs.system import ProgramSystem

_BATCH = 2048


class Classes:
    """Programs grouped by their policy on the training arenas, each with all its members.

    Programs of one class cannot be told apart by training, however long it goes on.
    """

    def __init__(self) -> None:
        self._members: dict[bytes, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._members)

    def add(self, programs: list[bytes], scores: Scores) -> None:
        """Enter scored programs."""
        for tokens, key in zip(programs, scores.policy_keys(), strict=True):
            self._members.setdefault(key, []).append(tokens)

    def with_key(self, key: bytes) -> list[Program]:
        """Return the members of a class, in the order in which they were found."""
        return [Program(tokens) for tokens in self._members.get(key, ())]

    def representatives(self) -> list[Program]:
        """Return the first member of every class."""
        return [Program(members[0]) for members in self._members.values()]


class OrderedSearch(ABC):
    """A search whose order is known beforehand. Its state is a cursor and its record.

    Attributes:
        objective: the base objective.
        classes: what the last search found, by policy; rebuilt when a search is resumed.
    """

    def __init__(self, objective: ProgramObjective) -> None:
        self.objective = objective
        self.classes = Classes()

    @property
    @abstractmethod
    def name(self) -> str:
        """The method's name."""

    @abstractmethod
    def programs(self, seed: int) -> Iterator[bytes]:
        """Yield programs as tokens, in the order of the search."""

    def search(
        self, *, seed: int, budget: int, resume: dict[str, Any] | None = None
    ) -> Iterator[Progress]:
        """Yield progress until the budget is spent or the space is exhausted."""
        self.classes = Classes()
        record = Record(self.objective, budget)
        order = self.programs(seed)
        if resume is not None:
            record.restore(resume)
            yield from self._catch_up(order, record)
        while True:
            batch = list(islice(order, min(_BATCH, record.left)))
            if batch:
                assessed = record.score(*pack(batch))
                self.classes.add(batch, assessed.scores)
            done = len(batch) < _BATCH
            yield record.progress({"method": self.name}, done=done)
            if done:
                return

    def _catch_up(self, order: Iterator[bytes], record: Record) -> Iterator[Progress]:
        """Go through what was scored before the search was resumed, for the classes alone."""
        left = record.evaluations
        while left:
            batch = list(islice(order, min(_BATCH, left)))
            if not batch:
                raise ValueError(
                    f"the state counts {record.evaluations:,} programs, more than this search has: "
                    "it belongs to another one; resume with the settings that it was started with"
                )
            left -= len(batch)
            self.classes.add(batch, self.objective.scorer.score(*pack(batch)))
            yield record.progress({"method": self.name}, done=False)

    def members(self, source: str) -> list[Program]:
        """Return the programs found so far that training cannot tell from a program."""
        scores = self.objective.scorer.score_programs([ProgramSystem.of(source).program])
        return self.classes.with_key(scores.policy_keys()[0])

    def winner(self, progress: Progress) -> ProgramSystem:
        """Return the best system found."""
        return winner(progress)


def winner(progress: Progress) -> ProgramSystem:
    """Return the best system that a search over programs has found."""
    if progress.best is None:
        raise ValueError("nothing has been scored yet; let the search go on")
    return ProgramSystem.of(progress.best.source)
