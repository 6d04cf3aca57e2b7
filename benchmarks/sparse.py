"""Measure planning on large processes, on one core, against SciPy's products, and print a table.

    python -m benchmarks.sparse           # to a million states: about 20 minutes
    python -m benchmarks.sparse 100000    # to a hundred thousand: about 2 minutes

Every line is a process of its own, so that its memory can be told, and its time includes
compilation. The peers are value iteration, soft value iteration and policy evaluation written
plainly with a `scipy.sparse.csr_matrix`, which stop at the same bound on the error; and the dense
solver, where it fits. Results are held against each other before any time is printed.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import logsumexp

from mesascope.processes import plan as dense
from mesascope.processes import sparse
from mesascope.processes.sparse.flow import gather, links_of

DISCOUNT, TOLERANCE, ACTIONS, SUCCESSORS = 0.99, 1e-8, 4, 3
PROBES = 1000
WORLDS = {
    "random": "three successors anywhere, normal rewards",
    "grid": "a square, steps slip sideways one time in five, normal rewards",
    "goal": "the same square, -1 a step until a goal in its middle is reached",
}
SMALL = (("plan", "dense", "scipy plan"), 2_000)
MIDDLE = (
    ("plan", "scipy plan", "soften", "scipy soften", "evaluate", "scipy evaluate", "occupancy"),
    100_000,
)
LARGE = (("plan", "scipy plan", "soften", "evaluate", "occupancy"), 1_000_000)


def world(name: str, states: int) -> tuple[sparse.SparseProcess, np.ndarray]:
    """Return a process and its reward, (S, A)."""
    rng = np.random.default_rng(0)
    side = int(states**0.5)
    states = states if name == "random" else side * side
    if name == "random":
        leads = rng.integers(0, states, (states, ACTIONS, SUCCESSORS), dtype=np.int32)
        chance = rng.dirichlet(np.ones(SUCCESSORS), (states, ACTIONS))
    else:
        row, column = np.divmod(np.arange(states, dtype=np.int32), side)
        moves = ((0, 1), (1, 0), (0, -1), (-1, 0))
        to = np.stack(
            [np.clip(row + d, 0, side - 1) * side + np.clip(column + r, 0, side - 1)
             for d, r in moves], axis=1,
        )  # fmt: skip
        leads = np.stack([to, np.roll(to, 1, axis=1), np.roll(to, -1, axis=1)], axis=2)
        chance = np.broadcast_to(np.array([0.8, 0.1, 0.1]), leads.shape)
    pair = np.repeat(np.arange(states * ACTIONS, dtype=np.int32), SUCCESSORS)
    goal = [states // 2 + side // 2] if name == "goal" else None
    process = sparse.SparseProcess.of(
        pair // ACTIONS, pair % ACTIONS, leads.ravel(), chance.ravel(), DISCOUNT,
        shape=(states, ACTIONS), terminal=goal,
    )  # fmt: skip
    normal = rng.normal(size=(states, ACTIONS))
    return process, -np.ones((states, ACTIONS)) if name == "goal" else normal


def plainly(
    process: sparse.SparseProcess, reward: np.ndarray, choose: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, float, int]:
    """Return V, its bound and the number of sweeps: V ← choose(r + G V) until the bound is met."""
    s, gamma = process.states, process.discount
    matrix = process.matrix
    matrix.data *= gamma * ~process.terminal[matrix.indices]
    r = sparse.expected(process, reward)
    value, sweeps = np.zeros(s), 0
    while True:
        new = choose(r + (matrix @ value).reshape(s, ACTIONS))
        new[process.terminal] = 0.0
        low, high = (new - value).min(), (new - value).max()
        value, sweeps = new, sweeps + 1
        width = max(-low, high) if process.episodic else (high - low) / 2
        bound = gamma / (1 - gamma) * width
        if bound <= TOLERANCE * max(np.abs(r).max(), np.abs(value).max()):
            middle = 0.0 if process.episodic else gamma / (1 - gamma) * (high + low) / 2
            return value + middle, bound, sweeps


def solve(method: str, process: sparse.SparseProcess, reward: np.ndarray) -> tuple[Any, float, int]:
    """Return values, their bound and the number of products with the transitions."""
    uniform = np.full((process.states, ACTIONS), 1 / ACTIONS)
    if method == "dense":
        whole = process.dense()
        return dense.plan(whole, reward).values, 0.0, 0
    if method.startswith("scipy"):
        choose = {
            "scipy plan": lambda q: q.max(axis=1),
            "scipy soften": lambda q: logsumexp(q, axis=1),
            "scipy evaluate": lambda q: q.mean(axis=1),
        }
        return plainly(process, reward, choose[method])
    if method == "occupancy":
        found = sparse.occupancy(process, uniform, tolerance=TOLERANCE)
        return found.visits.sum(axis=1), float(found.bound), found.products
    value = {
        "plan": lambda: sparse.plan(process, reward, tolerance=TOLERANCE),
        "soften": lambda: sparse.soften(process, reward, tolerance=TOLERANCE),
        "evaluate": lambda: sparse.evaluate(process, reward, uniform, tolerance=TOLERANCE),
    }[method]()
    return value.values, float(value.bound), value.products


def work(name: str, states: int, method: str) -> dict[str, Any]:
    """Measure one line, in this process."""
    before = _peak()
    process, reward = world(name, states)
    started = perf_counter()
    values, bound, products = solve(method, process, reward)
    seconds = perf_counter() - started
    probes = np.linspace(0, process.states - 1, PROBES).astype(int)
    probes = probes[~process.terminal[probes]]
    return {
        "world": name, "states": process.states, "transitions": process.transitions,
        "method": method, "seconds": seconds, "products": products, "bound": bound,
        "bytes": _peak() - before,
        "probes": values[probes].tolist(),
    }  # fmt: skip


def _peak() -> int:
    """Return the most memory that this process has held, in bytes; 0 where Linux does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.exists() else []
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def measure(name: str, states: int, method: str) -> dict[str, Any]:
    """Measure one line, in a process of its own that is held to one core."""
    command = [sys.executable, "-m", "benchmarks.sparse", name, str(states), method]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(finished.stdout)


def products(states: int, batch: int) -> tuple[float, float]:
    """Return the seconds of one product G V with JAX and with SciPy, V being (S, batch)."""
    process, _ = world("random", states)
    value = np.random.default_rng(1).normal(size=(states, batch))
    matrix = process.matrix
    with jax.enable_x64(True):
        links, wide, count = links_of(process), jnp.asarray(value), states * ACTIONS
        product = jax.jit(lambda links, value: gather(links, value, count))
        theirs = DISCOUNT * (matrix @ value)
        assert np.abs(np.asarray(product(links, wide)) - theirs).max() < 1e-12
        ours = min(_timed(lambda: product(links, wide).block_until_ready()) for _ in range(7))
    flat = value[:, 0] if batch == 1 else value
    return ours, min(_timed(lambda: matrix @ flat) for _ in range(7))


def _timed(run: Callable[[], object]) -> float:
    started = perf_counter()
    run()
    return perf_counter() - started


def _one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8") if sys.platform == "linux" else ""
    models = [line.split(":")[1].strip() for line in lines.splitlines() if "model name" in line]
    return f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, one used"


def _hold_together(rows: list[dict[str, Any]]) -> None:
    """Refuse results that differ by more than their bounds."""
    for row in rows:
        for peer in rows:
            kind = "plan" if "dense" in (row["method"], peer["method"]) else row["method"]
            if peer["method"] in (f"scipy {kind}", "dense") and kind == row["method"]:
                gap = np.abs(np.subtract(row["probes"], peer["probes"])).max()
                room = row["bound"] + peer["bound"] + 1e-9 * np.abs(row["probes"]).max()
                assert gap <= room, f"{row['method']} and {peer['method']} differ by {gap:g}"


def main(largest: int) -> None:
    """Measure and print."""
    print(f"{_machine()}; Python {platform.python_version()}, ", end="")
    print(", ".join(f"{p} {version(p)}" for p in ("numpy", "scipy", "jax")))
    print(
        f"discount {DISCOUNT}, error at most {TOLERANCE:g} of the largest value, {ACTIONS} ", end=""
    )
    print(f"actions with {SUCCESSORS} successors each\n")
    for name, words in WORLDS.items():
        print(f"{name}: {words}")
    size = min(largest, LARGE[1])
    print(f"\none product with the transitions of {size:,} random states")
    for batch in (1, 8):
        ours, theirs = products(size, batch)
        print(f"  {batch} at once: JAX {1e3 * ours:.0f} ms, SciPy {1e3 * theirs:.0f} ms")
    head = f"{'world':<8}{'states':>10}{'transitions':>13}  {'method':<16}{'products':>9}"
    print(f"\n{head}{'seconds':>9}{'ratio':>8}{'GB':>7}{'B/transition':>14}")
    for name in WORLDS:
        for methods, states in (SMALL, MIDDLE, LARGE):
            if states > largest:
                continue
            rows = [measure(name, states, method) for method in methods]
            _hold_together(rows)
            for row in rows:
                peer = [r for r in rows if r["method"] == f"scipy {row['method']}"]
                ratio = f"{peer[0]['seconds'] / row['seconds']:>8.2g}" if peer else f"{'':>8}"
                print(
                    f"{name:<8}{row['states']:>10,}{row['transitions']:>13,}  {row['method']:<16}"
                    f"{row['products'] or '':>9}{row['seconds']:>9.2f}{ratio}"
                    f"{row['bytes'] / 1e9:>7.2f}{row['bytes'] / row['transitions']:>14,.0f}",
                    flush=True,
                )
    print(
        "\nratio: the time of SciPy on the same problem over ours; memory: beyond what imports take"
    )


if __name__ == "__main__":
    _one_core()
    if len(sys.argv) == 4:
        print(json.dumps(work(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE[1])
