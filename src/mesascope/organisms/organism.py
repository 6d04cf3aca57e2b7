"""Organisms: a task, a base objective, an optimizer, and shifts on which the truth comes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mesascope.core.objective import BaseObjective
from mesascope.core.optimizer import BaseOptimizer, Progress
from mesascope.core.system import System
from mesascope.core.task import ShiftFamily, Task


@dataclass(frozen=True)
class Wishes:
    """What a caller wants otherwise than the preset has it; None and empty leave it as it is.

    Attributes:
        optimizer: the method of search.
        size_charge, evaluation_charge: what a node and a position valued cost.
        opponents: train against these instead.
        worst_case: select by the worst of the training arenas instead of their mean.
    """

    optimizer: str | None = None
    size_charge: float | None = None
    evaluation_charge: float | None = None
    opponents: tuple[str, ...] = ()
    worst_case: bool = False


@dataclass(frozen=True)
class ChargeCurve:
    """Which of the systems found would win, were a charge higher or lower.

    Attributes:
        charge: what is charged, and in which unit.
        rate: the rate in force.
        stretches: (rate from which it wins, source, kind), from rate 0 upwards.
        best_of_kind: for each kind, the best value of any system of it, by rate.
    """

    charge: str
    rate: float
    stretches: tuple[tuple[float, str, str], ...]
    best_of_kind: Mapping[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True)
class Organism:
    """One preset, ready to run.

    Attributes:
        name, preset, story: what to call it, and what it is about.
        task, base, family: what is trained on, by what criterion, and where the world may shift.
        optimizer: searches Σ.
        budget: systems that the search may score by default.
        population: other systems of Σ, for the comparison by lifting.
        system_of: makes a system of a discovery's source.
        rivals: systems that training cannot tell from the winner, one for each way in which they
            come apart elsewhere, the winner first; and all of them, as texts.
        sweep: the same search under other charges, by what is charged.
        charge_curves: the winner as a function of each charge, from what searches have found.
    """

    name: str
    preset: str
    story: str
    task: Task
    base: BaseObjective
    family: ShiftFamily
    optimizer: BaseOptimizer
    budget: int
    population: Sequence[System]
    system_of: Callable[[str], System]
    rivals: Callable[[str], tuple[list[str], list[str]]]
    sweep: Mapping[str, BaseOptimizer]
    charge_curves: Callable[[Sequence[Progress]], list[ChargeCurve]]
