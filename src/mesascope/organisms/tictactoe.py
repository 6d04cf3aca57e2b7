"""Tic-tac-toe as an organism: programs searched for by how they play, in several presets."""

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from mesascope.core.errors import MissingHandle
from mesascope.core.names import look_up
from mesascope.core.objective import BaseObjective, Charge
from mesascope.core.optimizer import BaseOptimizer
from mesascope.core.system import HasStructure, System
from mesascope.optimizers.enumeration import Enumeration
from mesascope.optimizers.evolution import Evolution, Settings
from mesascope.optimizers.frontier import Amount, Entry, Frontier, winner_by_charge
from mesascope.optimizers.levin import LevinSearch
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.record import kind_of
from mesascope.organisms.organism import ChargeCurve, Organism, Wishes
from mesascope.organisms.presets import DEFAULT, PRESETS, Preset
from mesascope.systems.programs.batch import Arena as ProgramArena
from mesascope.systems.programs.batch import BatchScorer
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.system import ProgramSystem
from mesascope.systems.programs.terms import terms
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.task import Arena, TicTacToe, arena_distribution, arenas_of

_MOST_ALIKE = 40_000  # programs looked through for ones that training cannot tell from the winner
_MOST_RIVALS = 3
_CURVE_POINTS = 60
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
    objective = ProgramObjective(
        tuple(_program_arena(arena) for arena in chosen.train),
        aggregation="worst-case" if chosen.worst_case else "mean",
        size_charge=chosen.size_charge,
        evaluation_charge=chosen.evaluation_charge,
    )
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
        charge_curves=lambda state, found: _charge_curves(chosen, state),
    )


def _description(preset: Preset) -> str:
    arenas = [str(arena) for arena in preset.train]
    return arenas[0] if len(arenas) == 1 else f"{len(arenas)} kinds of game: {'; '.join(arenas)}"


def _program_arena(arena: Arena) -> ProgramArena:
    graph = game_graph(arena.rules)
    return ProgramArena(graph, (replies(graph, arena.opponent),))


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

    Looked through are the programs of at most the winner's size, as far as they are few.
    """
    train = BatchScorer([_program_arena(arena) for arena in preset.train])
    (wanted,) = train.score_programs([winner]).policy_keys()
    pool = [winner.tokens]
    for size in range(1, winner.size + 1):
        pool += islice(terms(preset.grammar, size), _MOST_ALIKE - len(pool))
    keys = train.score_programs(pool).policy_keys()
    alike = list(dict.fromkeys(t for t, key in zip(pool, keys, strict=True) if key == wanted))
    elsewhere = BatchScorer([_program_arena(a) for d in preset.shifts for a in d.parameters])
    apart = _first_of_each(alike, elsewhere.score_programs(alike).policy_keys())
    return [str(Program(t)) for t in apart[:_MOST_RIVALS]], [str(Program(t)) for t in alike]


def _first_of_each(programs: Sequence[bytes], keys: Iterable[bytes]) -> list[bytes]:
    first: dict[bytes, bytes] = {}
    for tokens, key in zip(programs, keys, strict=True):
        first.setdefault(key, tokens)
    return list(first.values())


def _charge_curves(preset: Preset, state: dict[str, object]) -> list[ChargeCurve]:
    entries = Frontier.from_json(state.get("frontier", ())).entries  # type: ignore[arg-type]
    amounts: tuple[tuple[Amount, str, float], ...] = (
        ("size", "charge per node", preset.size_charge),
        ("evaluations", "charge per position valued", preset.evaluation_charge),
    )
    return [_charge_curve(preset, entries, *amount) for amount in amounts]


def _charge_curve(
    preset: Preset, entries: Sequence[Entry], amount: Amount, words: str, rate: float
) -> ChargeCurve:
    fixed = {"size": preset.size_charge, "evaluations": preset.evaluation_charge, amount: 0.0}
    reigns = winner_by_charge(
        entries,
        amount,
        size_charge=preset.size_charge,
        evaluation_charge=preset.evaluation_charge,
    )
    kinds = {entry.source: kind_of(parse(entry.source)) for entry in entries}
    breaks = [reign.low for reign in reigns if reign.low > 0.0] or [rate or 1.0]
    rates = np.geomspace(min(breaks) / 30.0, max(breaks) * 3.0, _CURVE_POINTS)

    def value(entry: Entry, at: float) -> float:
        charged = fixed["size"] * entry.size + fixed["evaluations"] * entry.evaluations
        return entry.behaviour - charged - at * float(getattr(entry, amount))

    best: dict[str, tuple[tuple[float, float], ...]] = {}
    for kind in ("reflex", "look-ahead", "search"):
        of_kind = [entry for entry in entries if kinds[entry.source] == kind]
        if of_kind:
            best[kind] = tuple(
                (float(at), max(value(entry, at) for entry in of_kind)) for at in rates
            )
    stretches = tuple((r.low, r.winner.source, kinds[r.winner.source]) for r in reigns)
    return ChargeCurve(words, rate, stretches, best)
