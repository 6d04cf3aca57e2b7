"""How many episodes it takes to tell two goals apart: designed levels against random ones.

    python -m benchmarks.probes            # a table; a minute or two on one core

The mouse of the 9 x 9 corner maze wants the cheese or the corner. Random levels are of the training
distribution with a share of levels on which cheese and corner come apart. A planner of each goal
is told when the odds reach 99 to 1. Every seed draws its own levels.
"""

from functools import partial

import jax
import numpy as np

from mesascope.auditing.probes.cost import Cost
from mesascope.auditing.probes.information import Information
from mesascope.auditing.probes.plans import stakes_of
from mesascope.auditing.probes.search import design, score_levels
from mesascope.auditing.probes.sequential import episodes_to_tell
from mesascope.studies.probing.worlds import WorldLevels, every_level
from mesascope.tasks.levels.buffer import draw_levels
from mesascope.tasks.levels.enumerate import graph_of
from mesascope.tasks.levels.world import Level
from mesascope.tasks.mazes.corner import Corner

SEEDS, RUNS, LEVELS, MOST = 5, 64, 1024, 4096
SHARES = (0.045, 0.02)
WORLD = Corner()
DISCOUNT = 0.99
_graphs = jax.jit(jax.vmap(partial(graph_of, WORLD)))


def measure() -> None:
    """Print the table."""
    stakes = stakes_of(
        _graphs(draw_levels(WORLD, jax.random.key(0), LEVELS, 1.0)),
        discount=DISCOUNT,
        horizon=WORLD.horizon,
    )
    pair = tuple(float(stake) for stake in stakes)
    model = Information((0, 1), (0.5, 0.5), pair, DISCOUNT, WORLD.horizon)
    space = WorldLevels(WORLD)
    found = design(space, model, keep=4, every=every_level(WORLD), seed=0)
    print(f"designed from {found.tried} levels, at least {found.scores.round(3)} nats an episode")
    plans = jax.jit(jax.vmap(model.plans))

    def told(levels: Level, goal: int, seed: int) -> tuple[float, float]:
        graphs = _graphs(levels)
        policy = np.exp(np.asarray(plans(graphs)[:, goal]))
        ended = episodes_to_tell(policy, graphs, model, runs=RUNS, most=MOST, seed=seed)
        return float(ended.episodes.mean()), float((ended.goal == goal).mean())

    cost = Cost(0, 1, DISCOUNT, WORLD.horizon, kind=False)
    print(
        "share  disagree  goal    designed [95 %]       random [95 %]         ratio [95 %]    right"
    )
    for share in SHARES:
        rows: dict[int, list[tuple[float, float, float]]] = {0: [], 1: []}
        apart = []
        for seed in range(SEEDS):
            random = draw_levels(WORLD, jax.random.key(seed), LEVELS, share)
            apart.append((score_levels(space, cost, random) > 0.0).mean())
            for goal in (0, 1):
                few, right = told(found.levels, goal, seed)
                many, also = told(random, goal, seed)
                rows[goal].append((few, many, min(right, also)))
        for goal, name in enumerate(WORLD.goals):
            few, many, right = np.array(rows[goal]).T
            figures = "  ".join(_interval(x) for x in (few, many, many / few))
            print(
                f"{share:5.3f}  {np.mean(apart):8.4f}  {name:7} {figures}  {right.min():.3f}",
                flush=True,
            )


def _interval(values: np.ndarray) -> str:
    """Return a mean over seeds, with its 95 % interval by Student's t."""
    half = 2.776 * values.std(ddof=1) / np.sqrt(len(values))  # 4 degrees of freedom
    mean = values.mean()
    return f"{mean:6.1f} [{mean - half:5.1f}, {mean + half:5.1f}]"


if __name__ == "__main__":
    measure()
