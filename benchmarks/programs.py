"""Measure how fast programs are scored exactly, on one core, and print a table.

    python -m benchmarks.programs

Every program of `programs-10000.txt` is scored on the standard game against a uniformly random and
a perfect opponent, with no cache across programs. The peers score a sample of the same file, chosen
by taking every so many-th line, and their results are held against ours before any time is taken.
"""

import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.make_programs import FILE
from benchmarks.peers import NumPyPeer, OpenSpielPeer
from mesascope.systems.programs.batch import Arena, BatchScorer, pack
from mesascope.systems.programs.program import Program, parse
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.rules import STANDARD

REPEATS = 7
NUMPY_SAMPLE = 500
OPENSPIEL_SAMPLE = 10
_ENUMERATE = """
from time import perf_counter
started = perf_counter()
from mesascope.optimizers.enumeration import Enumeration
from mesascope.optimizers.objective import ProgramObjective
from mesascope.systems.programs.batch import Arena
from mesascope.systems.programs.grammar import SMALL
from mesascope.tasks.tictactoe.graph import game_graph
from mesascope.tasks.tictactoe.opponent import PERFECT, RANDOM
from mesascope.tasks.tictactoe.play import replies
from mesascope.tasks.tictactoe.rules import STANDARD
graph = game_graph(STANDARD)
arena = Arena(graph, (replies(graph, RANDOM), replies(graph, PERFECT)))
search = Enumeration(ProgramObjective((arena,)), SMALL, max_size=5)
*_, last = search.search(seed=0, budget=10**9)
assert (last.evaluations, len(search.classes)) == (13_860, 3_393)
print(perf_counter() - started)
"""


def _seconds(command: str, **environment: str) -> float:
    """Run Python code that prints a number of seconds, in a process of its own."""
    finished = subprocess.run(
        [sys.executable, "-c", command],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | environment,
    )
    return float(finished.stdout)


def _sample(programs: list[Program], count: int) -> list[Program]:
    return programs[:: len(programs) // count][:count]


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8") if sys.platform == "linux" else ""
    models = [line.split(":")[1].strip() for line in lines.splitlines() if "model name" in line]
    return f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, one used"


def main() -> None:
    """Measure and print."""
    programs = [parse(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    graph = game_graph(STANDARD)
    opponents = (replies(graph, RANDOM), replies(graph, PERFECT))
    scorer = BatchScorer([Arena(graph, opponents)])
    batch = pack(programs)
    ours = dict(zip(programs, scorer.score(*batch).result.tolist(), strict=True))

    def rate(count: int, run: object, repeats: int = REPEATS) -> float:
        assert callable(run)
        times = []
        for _ in range(repeats):
            started = perf_counter()
            run()
            times.append(perf_counter() - started)
        return count / median(times)

    rows = [
        ("compiled (mesascope)", len(programs), rate(len(programs), lambda: scorer.score(*batch)))
    ]
    for name, peer, count, repeats in (
        ("NumPy, canonical positions", NumPyPeer(opponents), NUMPY_SAMPLE, 3),
        ("OpenSpiel states", OpenSpielPeer(), OPENSPIEL_SAMPLE, 1),
    ):
        sample = _sample(programs, count)
        for program in sample[:OPENSPIEL_SAMPLE]:
            gap = max(abs(a - b) for a, b in zip(peer.score(program), ours[program], strict=True))
            assert gap < 1e-9, f"{name} differs by {gap:g} on {program}"
        rows.append(
            (name, count, rate(count, lambda p=peer, s=sample: list(map(p.score, s)), repeats))
        )

    print(f"{_machine()}; Python {platform.python_version()}, ", end="")
    print(", ".join(f"{p} {version(p)}" for p in ("numpy", "numba", "open-spiel")))
    print(f"standard game, both opponents, exact; median of {REPEATS} (NumPy 3, OpenSpiel 1)\n")
    print(f"{'evaluator':<28}{'programs scored':>16}{'programs/s':>12}{'ratio':>9}")
    for name, count, speed in rows:
        print(f"{name:<28}{count:>16,}{speed:>12,.4g}{rows[0][2] / speed:>9,.0f}")
    print(f"\nOpenSpiel would need {len(programs) / rows[2][2] / 3600:.1f} h for the whole file.")
    with tempfile.TemporaryDirectory() as empty:
        cold = _seconds(_ENUMERATE, NUMBA_CACHE_DIR=empty)
    warm = median(_seconds(_ENUMERATE) for _ in range(3))
    print(f"enumeration to 5 nodes in a new process, imports included: {warm:.2f} s")
    print(f"the same with nothing compiled yet: {cold:.2f} s")


if __name__ == "__main__":
    main()
