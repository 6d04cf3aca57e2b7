"""The rewards of figure 2 of the paper on EPIC, compared: what is equivalent, and what costs what.

    python examples/epic_gridworld.py

`sparse` and `dense` look different and ask for the same; `path` and `cliff` have the same optimal
policies, and an agent that improves by one of them can still lose by the other.
"""

import mesascope
from mesascope.tasks.finite.gridworld import gridworld, rewards

NAMES = ("sparse", "dense", "path", "cliff", "centre", "penalty")


def main() -> None:
    """Print distances, and beside them what they promise and what is true."""
    process = gridworld()
    named = {name: reward for name, reward in rewards(process).items() if name in NAMES}
    found = mesascope.compare(process, named, metrics=["epic", "dard", "starc-val"], pairs=0)
    print(f"from sparse to …   {'epic':>8}{'dard':>8}{'starc-val':>11}{'regret':>9}{'worst':>8}")
    for name in found.rewards[1:]:
        epic, dard, val = (found.distances[m.name]["sparse"][name] for m in found.metrics)
        regret, worst = found.regret["sparse"][name], (found.worst_regret or {})["sparse"][name]
        print(f"{name:<19}{epic:>8.4f}{dard:>8.4f}{val:>11.4f}{regret:>9.4f}{worst:>8.4f}")
    print(f"epic: {found.metrics[0].measure}")
    print("regret: of the other's optimal policy; worst: of any improvement by the other")


if __name__ == "__main__":
    main()
