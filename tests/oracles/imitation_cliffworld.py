"""Maximum causal entropy IRL on seals' CliffWorld, worked out by the imitation package.

An oracle that shares no code with mesascope. It needs packages that mesascope does not, so its
output is kept beside it and the tests read that. To make it again, in an environment of its own:

    pip install torch==2.13.0 numpy scipy gymnasium
    pip install --no-deps imitation==1.0.1 seals==0.2.1 stable-baselines3==2.9.2
    python tests/oracles/imitation_cliffworld.py tests/oracles/imitation_cliffworld.json

Without a path the JSON goes to standard output. S is the number of states (row * width + column),
A of actions, H the horizon. In the output:

- transition (S, A, S), reward (S,), initial (S,), horizon and discount are the world's. The reward
  is for the state that is acted in, at times 0 to H - 1: the state reached last earns nothing.
- values (H, S) and policy (H, S, A) are soft-optimal for that reward. At time H - 1 the policy is
  uniform, because nothing that it does is rewarded any more.
- occupancy_by_time (H + 1, S) is where that policy is at times 0 to H, and occupancy (S,) its sum
  over them, as imitation matches it. It adds up to H + 1. The gradient of the soft value of the
  first state is the sum over times 0 to H - 1, without the last row.
- stationary holds discount, values (S,), policy (S, A) and occupancy (S,) for no horizon at all: a
  horizon so long that what lies beyond it is worth less than rounding. This occupancy is discounted
  and adds up to 1 / (1 - discount).
- irl lists what MCEIRL makes of the exact occupancy, with the network and learning rate of its own
  documentation, for what the network sees of a state: as documented its coordinates, or which state
  it is. seconds are those of MCEIRL.train alone, gap is the largest difference between an entry of
  the occupancy that it returns and the expert's, steps the number of gradient steps. It stops at a
  gap of 0.001. What it lists depends on the machine.
- versions are those of the packages and of Python.
"""

import json
import platform
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from imitation.algorithms.mce_irl import MCEIRL, mce_occupancy_measures, mce_partition_fh
from imitation.rewards.reward_nets import BasicRewardNet
from imitation.util import logger
from seals.diagnostics.cliff_world import CliffWorldEnv

WIDTH, HEIGHT, HORIZON, DISCOUNT = 7, 4, 8, 1.0
LONG, DISCOUNTED = 400, 0.9  # 0.9 ** 400 is 5e-19
DIGITS = 12
PACKAGES = ("imitation", "seals", "stable-baselines3", "gymnasium", "torch", "numpy", "scipy")


def world(horizon, coordinates=False):
    return CliffWorldEnv(width=WIDTH, height=HEIGHT, horizon=horizon, use_xy_obs=coordinates)


def rounded(array):
    if isinstance(array, np.ndarray):
        return [rounded(entry) for entry in array]
    return float(f"{array:.{DIGITS}g}")


def soft_optimal(env, discount):
    values, _, policy = mce_partition_fh(env, discount=discount)
    # Without its policy argument, mce_occupancy_measures plans as if the discount were 1.
    by_time, occupancy = mce_occupancy_measures(env, pi=policy, discount=discount)
    return values, policy, by_time, occupancy


def learned(coordinates, expert):
    env = world(HORIZON, coordinates)
    torch.manual_seed(0)
    net = BasicRewardNet(
        env.observation_space,
        env.action_space,
        hid_sizes=[256],
        use_action=False,
        use_next_state=False,
        use_done=False,
    )
    with tempfile.TemporaryDirectory() as folder:
        irl = MCEIRL(
            expert,
            env,
            net,
            rng=np.random.default_rng(0),
            optimizer_kwargs={"lr": 0.01},
            log_interval=None,
            custom_logger=logger.configure(folder, format_strs=[]),
        )
        steps = []
        irl.optimizer.register_step_post_hook(lambda *_: steps.append(None))
        start = time.perf_counter()
        reached = irl.train(max_iter=5000)
        seconds = time.perf_counter() - start
    return {
        "observation": "coordinates" if coordinates else "state",
        "seconds": round(seconds, 3),
        "steps": len(steps),
        "gap": float(f"{np.abs(reached - expert).max():.3g}"),
    }


def oracle():
    torch.set_num_threads(1)  # the arrays are too small for more
    env = world(HORIZON)
    values, policy, by_time, occupancy = soft_optimal(env, DISCOUNT)
    long_values, long_policy, _, long_occupancy = soft_optimal(world(LONG), DISCOUNTED)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "horizon": HORIZON,
        "discount": DISCOUNT,
        "initial": rounded(env.initial_state_dist),
        "reward": rounded(env.reward_matrix),
        "transition": rounded(env.transition_matrix),
        "values": rounded(values),
        "policy": rounded(policy),
        "occupancy": rounded(occupancy),
        "occupancy_by_time": rounded(by_time),
        "stationary": {
            "discount": DISCOUNTED,
            "values": rounded(long_values[0]),
            "policy": rounded(long_policy[0]),
            "occupancy": rounded(long_occupancy),
        },
        "irl": [learned(coordinates, occupancy) for coordinates in (True, False)],
        "versions": {
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in PACKAGES},
        },
    }


def main():
    lines = (f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in oracle().items())
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
