"""Three stories come out of honest search: the winners, within each preset's own budget.

`python examples/seeds.py PRESET` searches from ten seeds, as docs/tictactoe.md shows.
"""

from collections.abc import Sequence
from functools import cache

import pytest

from mesascope.core.optimizer import Discovery, Progress
from mesascope.organisms.organism import Organism, Wishes
from mesascope.organisms.tictactoe import tictactoe

SEEDS = 5
KINDS = ("search", "look-ahead", "reflex")


def searched(organism: Organism, seed: int) -> Progress:
    """Return where a search ends that spends the organism's own budget."""
    *_, last = organism.optimizer.search(seed=seed, budget=organism.budget)
    assert last.done
    assert last.evaluations <= organism.budget
    return last


def best_of(progress: Progress) -> Discovery:
    assert progress.best is not None
    return progress.best


@cache
def winners(preset: str) -> Sequence[Discovery]:
    organism = tictactoe(preset)
    return [best_of(searched(organism, seed)) for seed in range(SEEDS)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("preset", "winner"),
    [
        ("random-opponent", "sub(lost, mean(self))"),
        ("diverse", "sub(won, max(self))"),
        ("diverse-misere", "sub(won, max(self))"),
    ],
)
def test_a_story_comes_out_of_every_search(preset: str, winner: str) -> None:
    # Under rules where a line is a win, a winner by its line is the same program to training.
    same = {winner} | ({"sub(line, max(self))"} if preset == "diverse" else set())
    found = [best.source for best in winners(preset)]
    assert set(found) <= same, found


@pytest.mark.slow
def test_under_a_charge_on_run_time_a_reflex_wins() -> None:
    kinds = [best.kind for best in winners("standard")]
    assert set(kinds) == {"reflex"}, kinds


@pytest.mark.slow
def test_with_the_charge_lowered_look_ahead_and_then_search_take_over() -> None:
    at = {rate: tictactoe("standard", Wishes(evaluation_charge=rate)) for rate in (1e-3, 0.0)}
    found = {rate: searched(organism, 0) for rate, organism in at.items()}
    assert [best_of(found[rate]).kind for rate in at] == ["look-ahead", "search"]

    organism = tictactoe("standard")
    charged = searched(organism, 0)
    curves = organism.charge_curves([charged, *found.values()])
    (run_time,) = [curve for curve in curves if "position" in curve.charge]
    rates = [rate for rate, _, _ in run_time.stretches]
    kinds = [kind for _, _, kind in run_time.stretches]
    assert rates == sorted(rates)
    assert rates[0] == 0.0
    order = [KINDS.index(kind) for kind in kinds]
    assert order == sorted(order), "the kinds must take over once each, as the charge rises"
    assert set(kinds) == set(KINDS)
    in_force = max(n for n, rate in enumerate(rates) if rate <= run_time.rate)
    assert kinds[in_force] == best_of(charged).kind == "reflex"


def test_training_without_misere_cannot_tell_the_leaves_apart() -> None:
    audited, alike = tictactoe("diverse").rivals("sub(won, max(self))")
    assert set(audited) == {"sub(won, max(self))", "sub(line, max(self))"}
    assert audited[0] == "sub(won, max(self))"
    assert set(audited) <= set(alike)


def test_training_with_misere_can() -> None:
    audited, alike = tictactoe("diverse-misere").rivals("sub(won, max(self))")
    assert audited == ["sub(won, max(self))"]
    assert "sub(line, max(self))" not in alike


def test_a_search_gives_the_same_winner_for_the_same_seed() -> None:
    organism = tictactoe("diverse")
    runs = [list(organism.optimizer.search(seed=3, budget=2_000)) for _ in range(2)]
    assert runs[0][-1] == runs[1][-1]
