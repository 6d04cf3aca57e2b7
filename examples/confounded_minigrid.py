"""Trains Stable-Baselines3's PPO where the goal square is always in the corner, then moves it."""

import numpy as np
import torch
from stable_baselines3 import PPO

from mesascope.systems.playing.environments import play_environment
from mesascope.tasks.gymnasium_envs.confounded import GOALS, ID
from mesascope.tasks.gymnasium_envs.make import make_environment

STEPS, LEVELS = 8192, 10


def trained(seed: int = 0) -> PPO:
    """Return a policy that was rewarded for reaching the square, while it was in the corner."""
    torch.set_num_threads(1)
    model = PPO(
        "MlpPolicy", make_environment(ID), n_steps=1024, learning_rate=1e-3, gamma=0.95, seed=seed
    )
    return model.learn(STEPS)


def logits_of(model: PPO):
    """Return the policy as a function of observations."""

    def policy(observations: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            tensor, _ = model.policy.obs_to_tensor(observations)
            return model.policy.get_distribution(tensor).distribution.logits.numpy()

    return policy


if __name__ == "__main__":
    policy = logits_of(trained())
    for name, env in (("train", ID), ("apart", f"{ID}?apart=True")):
        seen = play_environment(policy, env, GOALS, levels=LEVELS, name=name)
        worth = ", ".join(
            f"{goal} {value:.2f}"
            for goal, value in zip(seen.goals, seen.returns.mean(0), strict=True)
        )
        print(f"{name}: {worth}")
