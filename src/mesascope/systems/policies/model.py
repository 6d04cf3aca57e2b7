"""Models of Stable-Baselines3 and sb3-contrib, as their own code runs them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import CannotLoad
from mesascope.core.interface import Interface
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.preprocessing import IN_PARTS, either_way
from mesascope.systems.policies.remembering import Carry, Remembering, Slot


def largest(values: Float[np.ndarray, "n a"]) -> Float[np.ndarray, "n a"]:
    """Return the logits of a policy that takes the action of the largest value, the first one."""
    best = values.argmax(axis=1)[:, None]
    return np.where(np.arange(values.shape[1]) == best, 0.0, -np.inf)


def model_interface(model: Any) -> Interface:
    """Return what the spaces of such a model say; images are taken channels last as well."""
    space: Any = getattr(model, "observation_space", None)
    shape, count = getattr(space, "shape", None), int(model.action_space.n)
    if shape is None:
        return Interface(actions=count)
    if _is_image(space):  # else none is turned
        return Interface(either_way(tuple(shape)), count)
    return Interface((tuple(shape),), count)


def may_be_normalised(model: Any) -> bool:
    """Return whether VecNormalize could have been around its environment without a trace."""
    space: Any = model.observation_space
    return type(space).__name__ == "Box" and not _is_image(space)


def _is_image(space: Any) -> bool:
    image = space.dtype == np.uint8 and len(space.shape) == 3 and hasattr(space, "high")
    return bool(image and (space.low == 0).all() and (space.high == 255).all())


def gamma_of(told: Any) -> float | None:
    """Return the discount that a model or its settings tell, if it is a number from 0 to 1."""
    if isinstance(told, bool) or not isinstance(told, int | float | np.floating):
        return None
    gamma = float(told)
    return gamma if 0.0 <= gamma <= 1.0 else None


def model_policy(model: Any) -> Callable[[np.ndarray], np.ndarray] | Remembering:
    """Return the policy of a model of Stable-Baselines3 or sb3-contrib.

    Logits are those of the distribution of PPO, A2C and RecurrentPPO; DQN takes its largest value.

    Raises:
        CannotLoad: the policy has neither a distribution nor values of actions, or takes
            observations in parts.
    """
    torch = need("torch", "sb3")
    policy: Any = getattr(model, "policy", None)
    if not hasattr(policy, "get_distribution") and not hasattr(policy, "q_net"):
        raise CannotLoad(
            f"{type(model).__name__} has neither a distribution of actions nor their values; "
            "wrap it in a function from observations to logits"
        )
    space = getattr(model, "action_space", None)
    if type(space).__name__ != "Discrete" or int(getattr(space, "start", 0)) != 0:
        raise CannotLoad(
            f"the actions of {type(model).__name__} are {space}; a Discrete space that counts from "
            "0 is expected. Give a policy that chooses among actions"
        )
    seen = getattr(model, "observation_space", None)
    if hasattr(seen, "spaces"):
        raise CannotLoad(
            f"the observations of {type(model).__name__} are {seen}; a policy is given arrays, not "
            f"parts. {IN_PARTS}"
        )
    policy.set_training_mode(False)
    if hasattr(policy, "lstm_actor"):
        return _remembering(torch, policy)

    def logits(observations: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            given, _ = policy.obs_to_tensor(observations)
            if hasattr(policy, "get_distribution"):
                answer: np.ndarray = policy.get_distribution(given).distribution.logits.cpu()
                return np.asarray(answer)
            return largest(policy.q_net(given).cpu().numpy())

    return logits


def _remembering(torch: Any, policy: Any) -> Remembering:
    """Return RecurrentPPO's policy, whose states have the layers first and then the batch."""
    layers, _, size = policy.lstm_hidden_state_shape
    slot = Slot((layers, size), np.float32)

    def advance(observations: np.ndarray, carry: Carry) -> tuple[np.ndarray, Carry]:
        with torch.no_grad():
            given, _ = policy.obs_to_tensor(observations)
            states = tuple(
                torch.as_tensor(part, device=policy.device).transpose(0, 1).contiguous()
                for part in carry
            )
            none_starts = torch.zeros(len(carry[0]), device=policy.device)  # `forget` sees to that
            found, after = policy.get_distribution(given, states, none_starts)
            memory = tuple(part.transpose(0, 1).cpu().numpy() for part in after)
            return np.asarray(found.distribution.logits.cpu()), memory

    return Remembering((slot, slot), advance)
