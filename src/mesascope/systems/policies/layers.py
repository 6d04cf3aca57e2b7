"""The layers of Stable-Baselines3's MlpPolicy, found among its weights by name."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import CannotLoad
from mesascope.systems.policies.preprocessing import TRUST

ACTIVATIONS: dict[str, Callable[[np.ndarray], Any]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
}
_ACTOR = ("mlp_extractor.policy_net.", "action_net")
_CRITIC = re.compile(r"(mlp_extractor\.value_net\.\d+|value_net|q_net_target\.q_net\.\d+)\.\w+")


@dataclass(frozen=True)
class Layers:
    """A stack of affine maps with an activation between them.

    Attributes:
        maps: each a weight, (outputs, inputs), and a bias, (outputs,).
        activation: `tanh` or `relu`.
    """

    maps: tuple[tuple[np.ndarray, np.ndarray], ...]
    activation: str

    @property
    def outputs(self) -> int:
        """How many numbers the last map gives."""
        return len(self.maps[-1][1])

    def __call__(self, x: Float[np.ndarray, "n i"]) -> Float[np.ndarray, "n a"]:
        bend = ACTIVATIONS[self.activation]
        for weight, bias in self.maps[:-1]:
            x = bend(x @ weight.T + bias)
        weight, bias = self.maps[-1]
        return x @ weight.T + bias


def is_values(weights: Mapping[str, np.ndarray]) -> bool:
    """Return whether the weights are of DQN, which values actions."""
    return any(name.startswith("q_net.") for name in weights)


def find_layers(
    weights: Mapping[str, np.ndarray], inputs: int, activation: str, what: str
) -> Layers:
    """Return the layers of a policy.

    Args:
        weights: every array of the policy, by name.
        inputs: of the first layer.
        activation: between layers.
        what: the file, for messages.

    Raises:
        CannotLoad: there are other layers than those of an MlpPolicy, or shapes that do not fit.
    """
    hidden, last = ("q_net.q_net.", None) if is_values(weights) else _ACTOR
    ours = {name for name in weights if name.startswith(hidden)}
    numbers = sorted(
        {int(n) for name in ours if (n := name[len(hidden) :].split(".")[0]).isdecimal()}
    )
    names = [f"{hidden}{n}" for n in numbers] + ([last] if last else [])
    wanted = {f"{name}.{part}" for name in names for part in ("weight", "bias")}
    others = {name for name in weights if name not in wanted and not _CRITIC.fullmatch(name)}
    odd = sorted(others | (wanted - weights.keys()))
    if odd or not names or numbers != list(range(0, 2 * len(numbers), 2)):
        kind = "a CNN or other extractor" if _extracts(odd) else "other layers"
        raise CannotLoad(
            f"{what} is no MlpPolicy of plain layers: it has {kind} "
            f"({', '.join(odd[:3]) or ', '.join(names)}); {TRUST}"
        )
    maps = tuple((weights[f"{name}.weight"], weights[f"{name}.bias"]) for name in names)
    for weight, bias in maps:
        if weight.ndim != 2 or weight.shape[1] != inputs or bias.shape != weight.shape[:1]:
            raise CannotLoad(
                f"in {what}, a layer of shape {weight.shape} with a bias {bias.shape} follows "
                f"{inputs} numbers; the file contradicts itself: save the model again"
            )
        inputs = weight.shape[0]
    return Layers(maps, activation)


def _extracts(names: list[str]) -> bool:
    return any("features_extractor" in name for name in names)
