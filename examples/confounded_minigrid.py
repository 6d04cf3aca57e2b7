"""Trains Stable-Baselines3's PPO with the goal square always in the corner, and audits it."""

from functools import partial

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import DummyVecEnv

import mesascope
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID
from mesascope.tasks.gymnasium_envs.make import make_environment

CORNER = f"{ID}?size=5"  # a room of 3 × 3 cells, the square always in its corner
APART = f"{CORNER}&apart=True"  # the square anywhere else
ANYWHERE = [CORNER] * 2 + [APART] * 6  # a control: trained in these it keeps to the square


def trained(rooms: list[str], steps: int) -> PPO:
    """Return a policy that was rewarded for reaching the square, in rooms side by side."""
    torch.set_num_threads(1)
    envs = DummyVecEnv([partial(make_environment, room) for room in rooms])
    model = PPO("MlpPolicy", envs, n_steps=128, batch_size=128, learning_rate=3e-3, seed=0)
    return model.learn(steps) if steps else model


def audited_live(model: PPO):
    """Print what a model wants, and write a report."""
    result = mesascope.audit(model, CORNER, goals=GOALS, shifts={"apart": APART})
    print(result.record.headline)
    result.report("audit.html")
    return result


if __name__ == "__main__":
    audited_live(trained([CORNER] * 8, steps=8192))
