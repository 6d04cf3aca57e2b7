"""The benchmark measures what it says: a fixed file, and peers that compute the same results."""

import pytest

from benchmarks.make_programs import COUNT, FILE, SIZES, draw_programs
from benchmarks.peers import NumPyPeer, OpenSpielPeer
from mesascope.systems.programs.batch import Arena, BatchScorer
from mesascope.systems.programs.program import parse
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.rules import STANDARD

GRAPH = game_graph(STANDARD)
OPPONENTS = (replies(GRAPH, RANDOM), replies(GRAPH, PERFECT))
LINES = FILE.read_text(encoding="utf-8").splitlines()


def test_the_file_is_what_its_script_writes() -> None:
    assert draw_programs() == LINES


def test_programs_are_distinct_in_behaviour_and_of_the_sizes_told() -> None:
    programs = [parse(line) for line in LINES]
    assert len(programs) == COUNT
    assert {program.size for program in programs} == set(SIZES)
    keys = BatchScorer([Arena(GRAPH)]).score_programs(programs).policy_keys()
    assert len(set(keys)) == COUNT


def test_numpy_computes_the_same() -> None:
    sample = [parse(line) for line in LINES[::500]]
    ours = BatchScorer([Arena(GRAPH, OPPONENTS)]).score_programs(sample).result
    peer = NumPyPeer(OPPONENTS)
    for program, row in zip(sample, ours, strict=True):
        assert peer.score(program) == pytest.approx(row, abs=1e-9), str(program)


@pytest.mark.slow
def test_openspiel_computes_the_same() -> None:
    pytest.importorskip("pyspiel")
    program = parse("add(lost, mean(sub(max(self), lost)))")
    ours = BatchScorer([Arena(GRAPH, OPPONENTS)]).score_programs([program]).result[0]
    assert OpenSpielPeer().score(program) == pytest.approx(ours, abs=1e-9)
