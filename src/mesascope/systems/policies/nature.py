"""NatureCNN, the network that Stable-Baselines3 looks at images with, rebuilt from its weights.

Three convolutions without padding and an affine map, each followed by a ReLU: kernels of 8, 4 and
3, at strides of 4, 2 and 1. The strides are in no file. They are NatureCNN's, and the input of the
affine map has the size that they lead to, or the weights are refused.
Source: Mnih et al. 2015, Nature 518, and `stable_baselines3.common.torch_layers.NatureCNN`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import CannotLoad
from mesascope.systems.policies.preprocessing import TRUST

CLASS = "<class 'stable_baselines3.common.torch_layers.NatureCNN'>"
_STRIDES = {"cnn.0": (8, 4), "cnn.2": (4, 2), "cnn.4": (3, 1)}  # kernel and stride
_LINEAR = "linear.0"
_ACTOR = re.compile(r"(?:features_extractor|pi_features_extractor|q_net\.features_extractor)\.(.+)")
_CRITIC = re.compile(r"(?:vf_features_extractor|q_net_target\.features_extractor)\..+")


@dataclass(frozen=True)
class Nature:
    """The network, as a function of images.

    Attributes:
        shape: of an image, (C, H, W).
        maps: weights and biases by the layer's name.
    """

    shape: tuple[int, int, int]
    maps: Mapping[str, tuple[np.ndarray, np.ndarray]]

    @property
    def size(self) -> int:
        """How many features there are."""
        return len(self.maps[_LINEAR][1])

    def __call__(self, flat: Float[np.ndarray, "n i"]) -> Float[np.ndarray, "n f"]:
        """Return the features of images, flattened in C order."""
        x = flat.reshape(-1, *self.shape)
        for name, (_, stride) in _STRIDES.items():
            x = np.maximum(convolved(x, *self.maps[name], stride), 0)
        weight, bias = self.maps[_LINEAR]
        return np.maximum(x.reshape(len(x), -1) @ weight.T + bias, 0)


def convolved(
    x: Float[np.ndarray, "n c h w"],
    weight: Float[np.ndarray, "o c k k"],
    bias: Float[np.ndarray, " o"],
    stride: int,
) -> Float[np.ndarray, "n o h2 w2"]:
    """Return a convolution as torch defines it (a cross-correlation), without padding."""
    kernel = weight.shape[2:]
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(2, 3))
    seen = seen[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)  # n, h2, w2, c, k, k
    count, height, width = seen.shape[:3]
    rows = seen.reshape(count * height * width, -1) @ weight.reshape(len(weight), -1).T + bias
    return rows.reshape(count, height, width, -1).transpose(0, 3, 1, 2)


def split_nature(
    weights: Mapping[str, np.ndarray], shape: tuple[int, ...], what: str
) -> tuple[Nature, dict[str, np.ndarray]]:
    """Return the network and the weights that are not of it.

    Args:
        weights: every array of the policy, by name.
        shape: of an observation, channels first.
        what: the file, for messages.

    Raises:
        CannotLoad: the weights are not those of NatureCNN for such images.
    """
    ours: dict[str, np.ndarray] = {}
    for name, array in weights.items():
        found = _ACTOR.fullmatch(name)
        if found and not np.array_equal(ours.setdefault(found[1], array), array):
            raise CannotLoad(
                f"{what} holds {found[1]} twice, with different numbers; the file contradicts "
                "itself: save the model again"
            )
    if {name: array.shape for name, array in ours.items()} != _wanted(ours, shape):
        told = ", ".join(f"{n} {array.shape}" for n, array in sorted(ours.items())[:4])
        raise CannotLoad(
            f"{what} looks at observations of shape {shape} by other layers than NatureCNN's "
            f"({told or 'none'}), and what they do cannot be told from weights; {TRUST}"
        )
    rest = {
        name: array
        for name, array in weights.items()
        if not _ACTOR.fullmatch(name) and not _CRITIC.fullmatch(name)
    }
    maps = {n: (ours[f"{n}.weight"], ours[f"{n}.bias"]) for n in (*_STRIDES, _LINEAR)}
    return Nature((shape[0], shape[1], shape[2]), maps), rest


def _wanted(
    ours: Mapping[str, np.ndarray], shape: tuple[int, ...]
) -> dict[str, tuple[int, ...]] | None:
    """Return the shape of every array, given how many channels and features there are."""
    if len(shape) != 3 or not all(f"{name}.bias" in ours for name in (*_STRIDES, _LINEAR)):
        return None
    channels, height, width = shape
    wanted: dict[str, tuple[int, ...]] = {}
    for name, (kernel, stride) in _STRIDES.items():
        outputs = len(ours[f"{name}.bias"])
        wanted[f"{name}.weight"] = (outputs, channels, kernel, kernel)
        wanted[f"{name}.bias"] = (outputs,)
        channels = outputs
        height, width = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    features = len(ours[f"{_LINEAR}.bias"])
    wanted[f"{_LINEAR}.weight"] = (features, channels * height * width)
    wanted[f"{_LINEAR}.bias"] = (features,)
    return wanted
