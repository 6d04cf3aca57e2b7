"""Policies given as Python objects: functions, models and networks."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from mesascope.core.errors import CannotLoad
from mesascope.core.interface import interface_of
from mesascope.core.policy import RecurrentPolicy
from mesascope.systems.networks.network import Network
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.policies.model import gamma_of, model_interface, model_policy
from mesascope.systems.policies.named import Named, NamedPolicy, NamedRecurrentPolicy, named


def given_policy(source: Any, text: str | None = None) -> Named:
    """Return a policy for an object.

    Args:
        source: a function or policy; a class of them, called without arguments; a
            Stable-Baselines3 model; a torch module; or a network of ours.
        text: the name that it was imported by.

    Raises:
        CannotLoad: it is none of these, or a model that has no logits.
    """
    if isinstance(source, type):
        source = _made(source)
    if isinstance(source, (NamedPolicy, NamedRecurrentPolicy)):
        return source
    name = text or getattr(source, "__name__", type(source).__name__)
    told = f"{name} was imported, which runs its code" if text else f"{name} was given as an object"
    told += "; where it comes from and how it was trained were not verified."
    policy = _policy(source)
    if not _is_model(source):
        return named(policy, str(name), told, interface_of(policy))
    gamma = gamma_of(getattr(source, "gamma", None))
    return named(policy, str(name), told, model_interface(source), gamma)


def _policy(source: Any) -> Any:
    if isinstance(source, Network):
        return as_policy(source)
    if _is_model(source):
        return model_policy(source)
    torch = sys.modules.get("torch")  # there is no torch module without it
    if torch is not None and isinstance(source, torch.nn.Module):
        return _module_logits(torch, source)
    if isinstance(source, RecurrentPolicy) or callable(source):
        return source
    raise CannotLoad(
        f"a {type(source).__name__} is no policy: expected a path, 'module:attribute', a function "
        "from observations to logits, or a model. Wrap it in a function"
    )


def _is_model(source: Any) -> bool:
    """Return whether this is a model of Stable-Baselines3, or of its kind."""
    return hasattr(source, "policy") and hasattr(source, "predict")


def _made(kind: type) -> Any:
    try:
        return kind()
    except (Exception, SystemExit) as error:
        raise CannotLoad(
            f"{kind.__name__} is a class, and calling it without arguments raised "
            f"{type(error).__name__}: {error}. Give an object or a function instead"
        ) from error


def _module_logits(torch: Any, module: Any) -> Callable[[np.ndarray], np.ndarray]:
    module.eval()  # no dropout, and no batch statistics
    weight = next(module.parameters(), None)
    device = "cpu" if weight is None else weight.device

    def logits(observations: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            values = np.array(observations, np.float32)
            answer: np.ndarray = module(torch.from_numpy(values).to(device)).cpu().numpy()
        return answer

    return logits
