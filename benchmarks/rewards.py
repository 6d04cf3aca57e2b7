"""How long a distance, a goal-directedness and a recovered reward take, beside plain versions.

    python -m benchmarks.rewards

Every result is held against the peer's before any time is taken. Times are the best of several
calls, once compiled; what is prepared once for a process is timed apart.
"""

import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks import reward_peers as peers
from mesascope.objectives.goals.mce import infer_reward
from mesascope.objectives.goals.meg import unknown_meg
from mesascope.objectives.rewards import canonical
from mesascope.objectives.rewards.coverage import Coverage
from mesascope.objectives.rewards.metric import metric
from mesascope.objectives.rewards.table import distances
from mesascope.processes import Process
from mesascope.processes.horizon import occupancy_finite, soften_finite
from mesascope.tasks.finite.ascender import ascender, near_optimal
from mesascope.tasks.finite.cliff import cliff

ORACLE = Path("tests/oracles/imitation_cliffworld.json")


def best_of(call: Callable[[], object], times: int) -> float:
    """Return the shortest of several calls, in seconds."""
    took = []
    for _ in range(times):
        started = perf_counter()
        call()
        took.append(perf_counter() - started)
    return min(took)


def row(what: str, ours: float, theirs: float | None, peer: str) -> None:
    """Print a line of the table."""
    beside = "" if theirs is None else f"{theirs * 1e3:>12,.2f}  {theirs / ours:>9,.0f}×"
    print(f"{what:<42}{ours * 1e3:>10,.3f}{beside}  {peer}")


def pair_of_rewards(states: int, actions: int, names: tuple[str, ...]) -> None:
    """Time distances between two random rewards."""
    rng = np.random.default_rng(0)
    process = Process.of(rng.dirichlet(np.full(states, 0.05), (states, actions)), 0.95)
    two = rng.standard_normal((2, states, actions, states))
    plain = {"epic": peers.epic, "dard": peers.dard, "starc-val": peers.val}
    for name in names:
        one = metric(name)
        first = best_of(lambda one=one: distances(Coverage.of(process), two, one), 1)
        first = min(first, best_of(lambda one=one: distances(Coverage.of(process), two, one), 3))
        over = Coverage.of(process)
        found = distances(over, two, one)[0, 1]
        ours = best_of(lambda over=over, one=one: distances(over, two, one), 15)
        call = plain[name]
        expected = call(process, *two)
        assert abs(found - expected) < 1e-6, (name, found, expected)
        theirs = best_of(lambda call=call: call(process, *two), 1 if name == "dard" else 3)
        row(f"{name}, S = {states}, A = {actions}, a pair", ours, theirs, "plain NumPy")
        row("  the first pair on a process", first, None, "")


def canonical_forms(states: int, actions: int, batch: int) -> None:
    """Time DARD's canonical form alone, for one reward and for each of many."""
    rng = np.random.default_rng(0)
    process = Process.of(rng.dirichlet(np.full(states, 0.05), (states, actions)), 0.95)
    many = rng.standard_normal((batch, states, actions, states))
    theirs = best_of(lambda: peers.dard_form(process, many[0]), 10)
    with jax.enable_x64(True):
        arrays = Coverage.of(process).arrays
        for count in (1, batch):
            r = jnp.asarray(many[:count])
            found = np.asarray(canonical.dard(r, arrays))
            assert np.allclose(found[0], peers.dard_form(process, many[0]))
            ours = best_of(lambda r=r: canonical.dard(r, arrays).block_until_ready(), 200)
            what = f"dard's form, S = {states}, A = {actions}, {count} at once"
            row(what, ours / count, theirs, "tensor over (s, s', S', A, S'')")


def goal_directedness() -> None:
    """Time MEG for an unknown state utility on the two chains of 20 states."""
    for slip in (0.0, 0.1):
        process, reward = ascender(20, slip=slip)
        policy = near_optimal(process, reward)
        value = unknown_meg(process, policy).value
        ours = best_of(lambda p=process, q=policy: unknown_meg(p, q), 15)
        started = perf_counter()
        climbed = peers.meg_by_gradient(process, policy, rate=1.0, tolerance=1e-3)
        theirs = perf_counter() - started
        kind = "stochastic" if slip else "deterministic"
        row(f"MEG, {kind} chain, n = 20", ours, theirs, f"gradient to 1e-3: {climbed:.4f}")
        print(f"{'':<42}{'':>10}  exact: {value:.6f}")


def recovery() -> None:
    """Time MCE-IRL on CliffWorld from an exact occupancy."""
    world = cliff()
    soft = soften_finite(world.process, world.reward, world.horizon)
    seen = occupancy_finite(world.process, soft.policy).sum(axis=(0, 2))
    found = infer_reward(world.process, seen)
    gap = np.abs(found.occupancy.sum(axis=1) - seen).max()
    ours = best_of(lambda: infer_reward(world.process, seen), 10)
    runs = json.loads(ORACLE.read_text(encoding="utf-8"))["irl"]
    for run in runs if isinstance(runs, list) else runs.values():
        row(
            f"MCE-IRL, CliffWorld, to L∞ {gap:.0e}",
            ours,
            run["seconds"],
            f"imitation 1.0.1, stored, to {run.get('gap', run.get('linf', float('nan'))):.0e}",
        )


def main() -> None:
    """Print the table."""
    print(f"{'once compiled, milliseconds':<42}{'ours':>10}{'peer':>12}  {'ratio':>9}")
    pair_of_rewards(512, 4, ("epic", "starc-val"))
    pair_of_rewards(32, 4, ("epic", "dard", "starc-val"))
    canonical_forms(32, 4, 64)
    goal_directedness()
    recovery()


if __name__ == "__main__":
    main()
