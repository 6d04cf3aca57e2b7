"""A sanity check of reward learning: is the reward that was learned the one that was meant?

    python examples/reward_learning.py

An agent crosses a field along its dry edge, around a swamp. Two rewards are learned from what it
did: one may depend on any cell, the other on the column alone, a proxy that explains the crossing
and cannot say a word about the swamp. From where the agent always started, either would do. Then
it is set down anywhere.
"""

import numpy as np

import mesascope
from mesascope.objectives.goals.mce import infer_reward
from mesascope.objectives.goals.sample import sample
from mesascope.processes import Process
from mesascope.processes.soft import soften

WIDTH, HEIGHT = 6, 4
MOVES = ((0, 1), (0, -1), (1, 0), (-1, 0))


def field(start: np.ndarray | None) -> Process:
    """Return the field; a move off the board leaves the agent in place."""
    states = WIDTH * HEIGHT
    transition = np.zeros((states, len(MOVES), states))
    for state in range(states):
        row, column = divmod(state, WIDTH)
        for action, (down, right) in enumerate(MOVES):
            to_row = min(max(row + down, 0), HEIGHT - 1)
            to_column = min(max(column + right, 0), WIDTH - 1)
            transition[state, action, to_row * WIDTH + to_column] = 1.0
    return Process.of(transition, 0.9, initial=start)


def meant() -> np.ndarray:
    """Return the reward that is meant: the other side is good, the swamp is bad."""
    reward = np.zeros((HEIGHT, WIDTH))
    reward[1:, 1:-1] = -3.0
    reward[:, -1] = 1.0
    return reward.ravel()


def main() -> None:
    """Learn two rewards from one agent, and hold them against what was meant, in two places."""
    training, anywhere = field(np.eye(WIDTH * HEIGHT)[0]), field(None)
    agent = soften(training, 2.0 * meant()).policy
    seen = sample(training, agent, 500, 60, seed=0)
    column = np.tile(np.eye(WIDTH), (HEIGHT, 1))
    rewards = {
        "meant": meant(),
        "any cell": infer_reward(training, seen).reward,
        "columns": infer_reward(training, seen, column).reward,
    }
    there = mesascope.compare(training, rewards, metrics=["starc-val"], pairs=0)
    found = mesascope.compare(anywhere, rewards, metrics=["epic", "starc-val"], pairs=48)
    print(f"{'':<20}{'':>8}{'':>11}  regret where regret")
    print(f"{'learned from':<20}{'epic':>8}{'starc-val':>11}{'it learned':>14}{'anywhere':>10}")
    for name in ("any cell", "columns"):
        epic, val = (found.distances[m.name]["meant"][name] for m in found.metrics)
        costs = f"{there.regret['meant'][name]:>14.3f}{found.regret['meant'][name]:>10.3f}"
        print(f"{name:<20}{epic:>8.3f}{val:>11.3f}{costs}")
    print("What a starc-val distance means on this field, over random pairs of rewards:")
    for upto, median, high, _ in found.calibration["starc-val"].bands:
        print(f"  up to {upto:.2f}: median regret {median:.2f}, 95 % below {high:.2f}")


if __name__ == "__main__":
    main()
