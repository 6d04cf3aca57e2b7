"""Evolution finds what is there to be found, from every seed, within a budget."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mesascope.core.randomness import stream
from mesascope.optimizers.evolution import Evolution, Settings
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.variation import Draws, Variation
from mesascope.systems.programs.grammar import REFLEXES, RULE_AWARE, SMALL
from mesascope.systems.programs.program import Program, parse
from mesascope.tasks.tictactoe.rules import Rules
from tests.optimizers.stages import DIVERSE, against, arena, last


@pytest.mark.parametrize("seed", range(3))
def test_a_random_opponent_breeds_averaged_play(seed: int) -> None:
    search = Evolution(against(0.0, size_charge=0.02), SMALL)
    progress = last(search, seed=seed, budget=12_000)
    assert progress.best is not None
    assert progress.best.behaviour == pytest.approx(0.9279, abs=5e-5)
    assert progress.best.size == 4
    assert "mean(self)" in str(search.winner(progress).program)


@pytest.mark.parametrize("seed", range(3))
def test_misere_rules_among_others_breed_minimax_on_the_right_leaf(seed: int) -> None:
    misere = [arena(Rules(rules.orbits, misere=True), 0.9) for rules in DIVERSE[:2]]
    arenas = (*(arena(rules, 0.9) for rules in DIVERSE), *misere)
    objective = ProgramObjective(arenas, size_charge=0.01)
    progress = last(Evolution(objective, RULE_AWARE), seed=seed, budget=12_000)
    assert progress.best is not None
    scores = objective.scorer.score_programs(
        [parse(progress.best.source), parse("sub(won, max(self))")]
    )
    assert len(set(scores.policy_keys())) == 1


def test_a_charge_on_run_time_breeds_a_reflex() -> None:
    objective = against(0.5, size_charge=0.001, evaluation_charge=0.005)
    progress = last(Evolution(objective, REFLEXES), budget=15_000)
    assert progress.best is not None
    assert progress.best.kind == "reflex"
    assert progress.best.behaviour == pytest.approx(0.5557, abs=5e-5)


def test_seeds_differ_and_a_seed_does_not() -> None:
    search = Evolution(against(0.5), SMALL, Settings(islands=2))
    first, again, other = (last(search, seed=s, budget=2_000) for s in (1, 1, 2))
    assert first == again
    assert first.state != other.state


def test_an_island_that_stagnates_starts_afresh() -> None:
    settings_ = Settings(max_size=1, islands=1, offspring=8, patience=3)
    waits = [
        progress.state["islands"][0]["waited"]
        for progress in Evolution(against(0.5), SMALL, settings_).search(seed=0, budget=200)
    ]
    assert max(waits) == 2
    assert waits.count(0) > 3


def test_migrants_are_best_where_they_came_from() -> None:
    settings_ = Settings(islands=3, migration=1, patience=50)
    progress = last(Evolution(against(0.5), SMALL, settings_), budget=3_000)
    for island in progress.state["islands"]:
        values = [member["value"] for member in island["members"]]
        assert values == sorted(values, reverse=True)
        policies = [member["policy"] for member in island["members"]]
        assert len(set(policies)) == len(policies)


@given(st.integers(0, 10**6), st.sampled_from([SMALL, REFLEXES, SMALL.without("self", "neg")]))
@settings(max_examples=40)
def test_every_variation_is_a_program_within_the_cap(seed: int, grammar: object) -> None:
    assert isinstance(grammar, type(SMALL))
    variation, draws = Variation(grammar, 9), Draws(stream(seed, "test"))
    parents = [variation.fresh(draws) for _ in range(6)]
    for _ in range(30):
        a, b = (parents[draws.below(len(parents))] for _ in range(2))
        child = variation.child(a, b, draws)
        assert parse(str(Program(child))).tokens == child
        assert len(child) <= 9
        names = set(Program(child).names())
        assert names <= {*grammar.leaves, *grammar.unary, *grammar.child, *grammar.binary, "self"}
        parents[draws.below(len(parents))] = child


def test_a_grammar_that_cannot_vary_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a leaf"):
        Variation(SMALL.without(*SMALL.leaves), 5)
