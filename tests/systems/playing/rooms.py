"""A corridor that breaks where it is told to, and policies for it."""

import gymnasium
import numpy as np


class Room(gymnasium.Env):
    """A corridor of 5 places; does as it is told when it should break."""

    action_space = gymnasium.spaces.Discrete(2)
    observation_space = gymnasium.spaces.Box(0.0, 5.0, (1,), np.float32)

    def __init__(self, breaks=None, ends=True):
        self.breaks, self.ends = breaks, ends

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.number = 0, seed or 0
        return np.array([0.0], np.float32), {}

    def step(self, action):
        if self.breaks == self.number and self.at == 2:
            raise OSError("the device is gone")
        self.at = max(0, self.at + 2 * int(action) - 1)
        ended = self.ends and self.at == 4
        self.at = min(self.at, 4)
        return np.array([self.at], np.float32), float(ended), ended, False, {"at": self.at}


def right(observations):
    return np.tile([-50.0, 50.0], (len(observations), 1))


def uniform(actions):
    return lambda observations: np.zeros((len(observations), actions))
