"""Small models and damaged files, for the tests of this folder."""

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mesascope.systems.policies import load_policy

PACKAGES = ("torch", "stable_baselines3", "onnx", "onnxruntime", "onnxscript")
HEIGHT, WIDTH = 40, 37  # of images


def need_extras(*names: str) -> None:
    """Skip where a package is missing; under CI the tests must run."""
    for name in names or PACKAGES:
        if not os.environ.get("CI"):
            pytest.importorskip(name)


def save_model(
    folder: Path, kind: str, env: Any = "CartPole-v1", **kwargs: Any
) -> tuple[Any, Path]:
    """Return a model with random weights and the zip that it was saved as."""
    import stable_baselines3

    options = {"buffer_size": 10} if kind == "DQN" else {}
    kwargs = {"seed": 0, "device": "cpu", **options, **kwargs}
    model = getattr(stable_baselines3, kind)(kwargs.pop("policy", "MlpPolicy"), env, **kwargs)
    model.save(folder / "model.zip")
    return model, folder / "model.zip"


def load_plain(source: Any, **options: Any) -> Any:
    """Load a policy whose training normalised no observations, which no zip of vectors says."""
    return load_policy(source, normalise="none", **options)


def images(height: int = HEIGHT, width: int = WIDTH) -> Any:
    from stable_baselines3.common.envs import FakeImageEnv

    return FakeImageEnv(screen_height=height, screen_width=width, n_channels=3, discrete=True)


def shown(space: Any) -> Any:
    """Return an environment of three actions that shows samples of a space."""
    import gymnasium

    class Shown(gymnasium.Env[Any, Any]):
        observation_space = space
        action_space = gymnasium.spaces.Discrete(3)

        def reset(self, **_: Any) -> Any:
            return space.sample(), {}

        def step(self, _: Any) -> Any:
            return space.sample(), 0.0, False, False, {}

    return Shown()


def small_eyes() -> Any:
    """Return an extractor for images as small as MiniGrid's, which NatureCNN cannot look at."""
    import torch
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

    class SmallEyes(BaseFeaturesExtractor):
        def __init__(self, space: Any) -> None:
            super().__init__(space, 16)
            layers = (torch.nn.Conv2d(3, 4, 2), torch.nn.ReLU(), torch.nn.Flatten())
            self.cnn = torch.nn.Sequential(*layers, torch.nn.LazyLinear(16))
            self.cnn(torch.zeros(1, *space.shape))

        def forward(self, x: Any) -> Any:
            return self.cnn(x)

    return SmallEyes


def rewrite(path: Path, **members: Any) -> Path:
    """Replace members of a zip, by bytes or by a function that changes the settings in it."""
    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    for name, new in members.items():
        name = name.replace("_pth", ".pth")
        if callable(new):
            settings = json.loads(content[name])
            new(settings)
            new = json.dumps(settings).encode()
        content[name] = new
    with zipfile.ZipFile(path, "w") as file:
        for name, each in content.items():
            file.writestr(name, each)
    return path


class Payload:
    """When unpickled, it creates a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


def torch_file(value: Any) -> bytes:
    import torch

    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def pickled(value: Any) -> bytes:
    return pickle.dumps(value)


def normal(logits: Any) -> np.ndarray:
    x = np.asarray(logits, np.float64)
    return np.asarray(x - np.logaddexp.reduce(x, axis=1, keepdims=True))


def truth(model: Any, observations: np.ndarray) -> np.ndarray:
    """Return what the library says of each action, one at a time."""
    import torch

    given, _ = model.policy.obs_to_tensor(observations)
    with torch.no_grad():
        rows = [
            model.policy.evaluate_actions(given, torch.full((len(observations),), a))[1].numpy()
            for a in range(model.action_space.n)
        ]
    return np.stack(rows, axis=1)
