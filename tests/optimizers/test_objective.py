"""Base objectives of programs, their charges, and who wins at which charge."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.optimizers.enumeration import Enumeration
from mesascope.optimizers.frontier import Entry, Frontier, winner_by_charge
from mesascope.optimizers.objective import ProgramObjective
from mesascope.optimizers.record import frontier_of, kind_of
from mesascope.systems.programs.batch import pack
from mesascope.systems.programs.grammar import SMALL
from mesascope.systems.programs.program import parse
from tests.optimizers.stages import DIVERSE, against, arena, last

TEXTS = ["lost", "sub(lost, max(self))", "sub(lost, mean(self))", "neg(mean(lost))"]
BATCH = pack([parse(text) for text in TEXTS])


def test_mean_worst_case_and_weights() -> None:
    columns = against(0.0, 1.0).scorer.score(*BATCH).result
    assert against(0.0, 1.0).assess(*BATCH).value == pytest.approx(columns.mean(axis=1))
    worst = against(0.0, 1.0, aggregation="worst-case").assess(*BATCH).value
    assert worst == pytest.approx(columns.min(axis=1))
    weighed = against(0.0, 1.0, weights=(0.25, 0.75)).assess(*BATCH).value
    assert weighed == pytest.approx(columns @ [0.25, 0.75])


def test_arenas_weigh_alike_however_many_opponents_they_have() -> None:
    arenas = (arena(DIVERSE[0], 0.0, 1.0), arena(DIVERSE[1], 0.5))
    assert ProgramObjective(arenas).column_weights == pytest.approx([0.25, 0.25, 0.5])


def test_charges_are_taken_off() -> None:
    free = against(0.0).assess(*BATCH)
    charged = against(0.0, size_charge=0.01, evaluation_charge=1e-6).assess(*BATCH)
    expected = free.behaviour - 0.01 * BATCH[1] - 1e-6 * free.evaluations
    assert (charged.behaviour == free.behaviour).all()
    assert charged.value == pytest.approx(expected)
    assert free.evaluations[0] < 9 < free.evaluations[3] < 81 < free.evaluations[1]


def test_weights_must_fit() -> None:
    with pytest.raises(ValueError, match=r"2 columns .* add up to 1"):
        against(0.0, 1.0, weights=(0.5, 0.6))
    with pytest.raises(ValueError, match="2 columns"):
        against(0.0, 1.0, weights=(1.0,))


def test_kinds() -> None:
    kinds = [kind_of(parse(t)) for t in ("sub(lost, threat)", "max(lost)", "mean(add(self, 1))")]
    assert kinds == ["reflex", "look-ahead", "search"]


amounts = st.tuples(st.integers(-8, 8), st.integers(1, 9), st.integers(1, 40))


@given(st.lists(amounts, min_size=1, max_size=12), st.integers(0, 400))
def test_the_envelope_names_a_winner_at_every_charge(
    points: list[tuple[int, int, int]], percent: int
) -> None:
    entries = [Entry(str(i), b / 8, s, float(e)) for i, (b, s, e) in enumerate(points)]
    charge = percent / 100
    reigns = winner_by_charge(entries, size_charge=0.01)
    assert reigns[0].low == 0.0
    assert reigns[-1].high == float("inf")
    assert all(a.high == b.low and a.low < a.high for a, b in pairwise(reigns))

    def worth(entry: Entry) -> float:
        return entry.behaviour - 0.01 * entry.size - charge * entry.evaluations

    (winner,) = (reign.winner for reign in reigns if reign.low <= charge < reign.high)
    assert worth(winner) == pytest.approx(max(map(worth, entries)), abs=1e-9)


@given(st.lists(amounts, min_size=1, max_size=30))
def test_the_frontier_keeps_what_nothing_beats(points: list[tuple[int, int, int]]) -> None:
    frontier = Frontier()
    rows = np.zeros((len(points), 9), dtype=np.uint8)
    b, s, e = (np.array(column) for column in zip(*points, strict=True))
    scores = against(0.0).assess(*BATCH)
    half = len(points) // 2
    for part in (slice(0, half), slice(half, None)):
        made = type(scores)(b[part], b[part], s[part], e[part], scores.scores)
        frontier.offer(rows[part], made)
    kept = {(entry.behaviour, entry.size, entry.evaluations) for entry in frontier.entries}
    unbeaten = {
        p
        for p in points
        if not any(q != p and q[0] >= p[0] and q[1] <= p[1] and q[2] <= p[2] for q in points)
    }
    assert kept == unbeaten
    assert Frontier.from_json(frontier.to_json()) == frontier


def test_a_charge_decides_between_reflex_and_search() -> None:
    progress = last(Enumeration(against(0.5), SMALL, max_size=5))
    reigns = winner_by_charge(frontier_of(progress).entries)
    kinds = [kind_of(parse(reign.winner.source)) for reign in reigns]
    assert kinds[0] == "search"
    assert kinds[-1] == "reflex"
    assert winner_by_charge([]) == []
