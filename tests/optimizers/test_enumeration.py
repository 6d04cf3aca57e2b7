"""Enumeration finds what is known of the small grammar, and tells what training cannot."""

import pytest

from mesascope.optimizers.enumeration import Enumeration, equivalents, shuffled
from mesascope.optimizers.pruned import pruned_terms
from mesascope.systems.programs.batch import BatchScorer
from mesascope.systems.programs.grammar import REFLEXES, RULE_AWARE, SMALL
from mesascope.systems.programs.program import Program, parse
from mesascope.systems.programs.terms import terms
from mesascope.tasks.tictactoe.rules import STANDARD, Rules
from tests.optimizers.stages import DIVERSE, against, arena, last


def test_the_small_grammar_to_5_nodes() -> None:
    search = Enumeration(against(0.0, 1.0, aggregation="worst-case"), SMALL, max_size=5)
    progress = last(search)
    assert progress.done
    assert progress.evaluations == 13_860
    assert len(search.classes) == 3_393
    assert progress.best is not None
    assert progress.best.source == str(search.winner(progress).program) == "sub(lost, max(self))"
    # Exactly five policies never lose, neither to a random nor to a perfect opponent.
    every = search.classes.representatives()
    scorer = BatchScorer([arena(STANDARD, 0.0, 1.0)], outcomes=True)
    loss = scorer.score_programs(every).loss
    assert loss is not None
    unbeaten = [program for program, row in zip(every, loss, strict=True) if (row < 1e-12).all()]
    assert len(unbeaten) == 5
    assert all(program.recursive for program in unbeaten)


@pytest.mark.parametrize(
    ("perfect", "size", "source"),
    [
        (0.0, 4, "sub(lost, mean(self))"),
        (0.0, 5, "add(lost, mean(max(self)))"),
        (1.0, 5, "sub(lost, max(self))"),
    ],
)
def test_the_objective_decides_what_is_found(perfect: float, size: int, source: str) -> None:
    progress = last(Enumeration(against(perfect), SMALL, max_size=size))
    assert progress.best is not None
    assert progress.best.source == source
    assert progress.best.kind == "search"


def test_a_class_keeps_all_its_members() -> None:
    search = Enumeration(against(0.0), SMALL, max_size=5)
    last(search)
    assert [str(p) for p in search.members("sub(lost, max(self))")] == [
        "sub(lost, max(self))",
        "neg(sub(max(self), lost))",
        "add(lost, neg(max(self)))",
        "add(lost, min(neg(self)))",
        "add(neg(max(self)), lost)",
        "add(min(neg(self)), lost)",
    ]


def test_training_without_misere_cannot_tell_line_from_won() -> None:
    minimax = parse("sub(won, max(self))")
    normal = [arena(rules) for rules in DIVERSE]
    misere = [arena(Rules(rules.orbits, misere=True)) for rules in DIVERSE[:1]]
    alike = [str(p) for p in equivalents(minimax, RULE_AWARE, normal, 4)]
    assert alike == ["sub(line, max(self))", "sub(won, max(self))"]
    told = [str(p) for p in equivalents(minimax, RULE_AWARE, normal + misere, 4)]
    assert told == ["sub(won, max(self))"]


@pytest.mark.parametrize("grammar", [SMALL, REFLEXES.without("threat", "corner", "min")])
def test_pruning_loses_no_policy(grammar: object) -> None:
    assert isinstance(grammar, type(SMALL))
    stage = arena(STANDARD)
    scorer = BatchScorer([stage])
    full = [t for size in range(1, 6) for t in terms(grammar, size)]
    pruned = list(pruned_terms(grammar, [stage], 5))
    assert len(set(pruned)) == len(pruned) < len(full) / 2
    assert set(pruned) <= set(full)
    every, kept = (set(scorer.score_programs(batch).policy_keys()) for batch in (full, pruned))
    assert kept == every


def test_the_seed_shuffles_ties_alone_and_only_when_asked() -> None:
    plain = Enumeration(against(0.0), SMALL, max_size=3)
    mixed = Enumeration(against(0.0), SMALL, max_size=3, shuffle=True)
    assert list(plain.programs(1)) == list(plain.programs(2))
    assert list(mixed.programs(1)) != list(mixed.programs(2))
    assert set(mixed.programs(1)) == set(plain.programs(1))
    assert [len(t) for t in mixed.programs(1)] == [len(t) for t in plain.programs(1)]
    assert shuffled(SMALL, 3) == shuffled(SMALL, 3)


def test_pruned_search_finds_the_same_winner_sooner() -> None:
    objective = against(0.0, size_charge=0.02)
    full = last(Enumeration(objective, SMALL, max_size=5))
    pruned = last(Enumeration(objective, SMALL, max_size=5, prune=True))
    assert full.best is not None
    assert pruned.best is not None
    assert pruned.best.source == full.best.source == "sub(lost, mean(self))"
    assert pruned.best.evaluations < full.best.evaluations
    assert Program(parse(pruned.best.source).tokens).size == pruned.best.size == 4
