"""Models of Stable-Baselines3, as its own code runs them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import CannotLoad
from mesascope.systems.policies.extras import need


def largest(values: Float[np.ndarray, "n a"]) -> Float[np.ndarray, "n a"]:
    """Return the logits of a policy that takes the action of the largest value, the first one."""
    best = values.argmax(axis=1)[:, None]
    return np.where(np.arange(values.shape[1]) == best, 0.0, -np.inf)


def model_logits(model: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return the logits of a Stable-Baselines3 model's policy.

    Logits are those of the distribution of PPO and A2C; DQN takes its largest value.

    Raises:
        CannotLoad: the policy has a memory, or neither a distribution nor values of actions.
    """
    torch = need("torch", "sb3")
    policy: Any = getattr(model, "policy", None)
    if hasattr(policy, "lstm_actor"):
        raise CannotLoad(
            f"{type(model).__name__} has a memory, which is not read from its model; wrap it as an "
            "object with reset(count), step(observations, carry) and forget(carry, ended)"
        )
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
    policy.set_training_mode(False)

    def logits(observations: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            given, _ = policy.obs_to_tensor(observations)
            if hasattr(policy, "get_distribution"):
                answer: np.ndarray = policy.get_distribution(given).distribution.logits.cpu()
                return np.asarray(answer)
            return largest(policy.q_net(given).cpu().numpy())

    return logits
