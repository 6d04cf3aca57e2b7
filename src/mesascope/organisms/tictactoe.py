"""Tic-tac-toe as an organism: programs searched for by how they play, in several presets."""

from dataclasses import replace

from mesascope.core.errors import MissingHandle
from mesascope.core.names import look_up
from mesascope.core.objective import BaseObjective, Charge
from mesascope.core.optimizer import BaseOptimizer
from mesascope.core.system import HasStructure, System
from mesascope.optimizers.enumeration import Enumeration, equivalents
from mesascope.optimizers.evolution import Evolution, Settings
from mesascope.optimizers.levin import LevinSearch
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.record import frontier_of
from mesascope.organisms.charges import charge_curves
from mesascope.organisms.organism import Organism, Wishes
from mesascope.organisms.presets import DEFAULT, PRESETS, Preset
from mesascope.systems.programs.batch import Arena as ProgramArena
from mesascope.systems.programs.batch import BatchScorer
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.system import ProgramSystem
from mesascope.systems.programs.terms import count_terms
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.task import Arena, TicTacToe, arena_distribution, arenas_of

_MOST_ALIKE = 40_000  # programs looked through for ones that training cannot tell from the winner
_MOST_RIVALS = 3
_POPULATION = ("1", "corner", "centre", "lost", "threat", "full", "neg(threat)", "neg(max(lost))")
_SEARCHERS = ("sub(lost, max(self))", "sub(lost, mean(self))", "add(lost, mean(max(self)))")


def tictactoe(preset: str | None = None, wishes: Wishes | None = None) -> Organism:
    """Return the organism in one of its presets, changed as the caller wishes.

    Raises:
        UnknownName, BadOpponent: no such preset, optimizer or opponent.
    """
    name = DEFAULT if preset is None else preset
    chosen = look_up("preset of tictactoe", name, PRESETS).with_wishes(wishes or Wishes())
    task = TicTacToe(
        [
            arena_distribution("train", _description(chosen), chosen.train),
            *chosen.shifts,
        ]
    )
    objective = _objective(chosen)
    return Organism(
        name="tictactoe",
        preset=name,
        story=chosen.story,
        task=task,
        base=_base(task, objective),
        family=chosen.family,
        optimizer=_optimizer(chosen, objective),
        budget=chosen.budget,
        population=[ProgramSystem.of(text) for text in (*_POPULATION, *_SEARCHERS)],
        system_of=ProgramSystem.of,
        rivals=lambda winner: _rivals(chosen, parse(winner)),
        sweep={
            f"{rate:g} for a position valued": _optimizer(
                chosen, _objective(replace(chosen, evaluation_charge=rate))
            )
            for rate in chosen.sweep
        },
        charge_curves=lambda searches: charge_curves(
            [entry for progress in searches for entry in frontier_of(progress).entries],
            size_charge=chosen.size_charge,
            evaluation_charge=chosen.evaluation_charge,
        ),
    )


def _description(preset: Preset) -> str:
    arenas = [str(arena) for arena in preset.train]
    return arenas[0] if len(arenas) == 1 else f"{len(arenas)} kinds of game: {'; '.join(arenas)}"


def _program_arena(arena: Arena) -> ProgramArena:
    graph = game_graph(arena.rules)
    return ProgramArena(graph, (replies(graph, arena.opponent),))


def _objective(preset: Preset) -> ProgramObjective:
    return ProgramObjective(
        tuple(_program_arena(arena) for arena in preset.train),
        aggregation="worst-case" if preset.worst_case else "mean",
        size_charge=preset.size_charge,
        evaluation_charge=preset.evaluation_charge,
    )


def _base(task: TicTacToe, objective: ProgramObjective) -> BaseObjective:
    """Return O_base with its charges apart, so that it can be decomposed."""
    worst_case = objective.aggregation == "worst-case"
    arenas = [
        arena_distribution(str(arena), "", [arena])
        for arena in arenas_of(task.distributions["train"])
    ]

    def behaviour(system: System) -> float:
        values = [task.exact_value(arena, system) for arena in arenas]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            raise MissingHandle(
                f"{system.name!r} does not give its policy on a game graph, so its base objective "
                "is sampled, not computed; offer `policy(graph)` as a program does"
            )
        return min(known) if worst_case else sum(known) / len(known)

    def evaluations(system: System) -> float:
        if not isinstance(system, ProgramSystem):
            return 0.0
        found = objective.scorer.score_programs([system.program]).evaluations
        assert found is not None  # the scorer was built with run_time
        return float(found.mean())

    def size(system: System) -> float:
        return float(system.structure().size) if isinstance(system, HasStructure) else 0.0

    charges = (
        Charge("size in nodes", objective.size_charge, size),
        Charge("positions valued per decision", objective.evaluation_charge, evaluations),
    )
    in_force = tuple(charge for charge in charges if charge.rate)
    name = "the worst result over the training arenas" if worst_case else "the mean result"
    name += " (win less loss)" + "".join(f", less {c.rate:g} × {c.name}" for c in in_force)
    return BaseObjective(name, behaviour, in_force, objective.aggregation)


def _optimizer(preset: Preset, objective: ProgramObjective) -> BaseOptimizer:
    if preset.method == "enumeration":
        return Enumeration(objective, preset.grammar, max_size=preset.largest)
    if preset.method == "levin":
        return LevinSearch(objective, preset.grammar, max_size=preset.largest)
    return Evolution(objective, preset.grammar, Settings(max_size=preset.largest))


def _rivals(preset: Preset, winner: Program) -> tuple[list[str], list[str]]:
    """Return programs to audit and all programs that training cannot tell from the winner.

    Looked through are all programs up to a size, as long as they are few enough; the first of
    each behaviour on the shifts is worth an audit of its own.
    """
    arenas = [_program_arena(arena) for arena in preset.train]
    found = equivalents(winner, preset.grammar, arenas, _size_looked_through(preset, winner))
    alike = [winner, *(program for program in found if program != winner)]
    elsewhere = BatchScorer([_program_arena(a) for d in preset.shifts for a in arenas_of(d)])
    apart: dict[bytes, Program] = {}
    for program, key in zip(alike, elsewhere.score_programs(alike).policy_keys(), strict=True):
        apart.setdefault(key, program)
    return [str(p) for p in list(apart.values())[:_MOST_RIVALS]], [str(p) for p in alike]


def _size_looked_through(preset: Preset, winner: Program) -> int:
    total = size = 0
    while size < winner.size:
        total += count_terms(preset.grammar, size + 1)
        if total > _MOST_ALIKE:
            break
        size += 1
    return size
