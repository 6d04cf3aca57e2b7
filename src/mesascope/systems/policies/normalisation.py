"""Statistics of VecNormalize: a policy sees observations scaled as they were in training.

Stable-Baselines3 saves them as a pickle, apart from the model. Here they are a `.npz` of `mean`,
`var`, `epsilon` and `clip`, which holds numbers alone.
"""

import pickle
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.core.interface import Interface, shapes_told
from mesascope.core.policy import RecurrentPolicy
from mesascope.systems.policies.extras import need
from mesascope.systems.policies.named import Logits, Named, NamedPolicy

_KEYS = ("mean", "var", "epsilon", "clip")
_DAMAGED = (
    *(OSError, ValueError, TypeError, KeyError, EOFError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)
_WRITE = "write a .npz with mesascope.systems.policies.export_normalisation(venv, path)"


@dataclass(frozen=True, eq=False)
class Normalisation:
    """What observations are scaled by.

    Attributes:
        mean, var: of each number of an observation, in its shape.
        epsilon: added to the variance.
        clip: the largest magnitude afterwards.
        name: where they are from.
    """

    mean: np.ndarray
    var: np.ndarray
    epsilon: float
    clip: float
    name: str

    def __post_init__(self) -> None:
        """Raise `CannotLoad` where these are no statistics."""
        numbers = np.isfinite(self.mean).all() and np.isfinite(self.var).all()
        if not numbers or self.mean.shape != self.var.shape or (self.var < 0).any():
            raise CannotLoad(
                f"the mean and var of {self.name}, of shapes {self.mean.shape} and "
                f"{self.var.shape}, are no statistics: expected are numbers, alike in shape, and "
                f"no var below 0. Save them again: {_WRITE}"
            )
        if not (np.isfinite(self.epsilon) and self.epsilon >= 0 and self.clip > 0):
            raise CannotLoad(
                f"{self.name} has an epsilon of {self.epsilon} and a clip of {self.clip}; at least "
                f"0 and more than 0 are expected. Save them again: {_WRITE}"
            )

    def __call__(self, observations: np.ndarray) -> Float[np.ndarray, "n ..."]:
        """Return (x - mean) / √(var + epsilon), clipped, in single precision.

        Raises:
            BadRequest: the observations have another shape.
        """
        given = np.asarray(observations)
        if given.shape[1:] != self.mean.shape:
            raise BadRequest(
                f"observations of shape {given.shape[1:]} were given, and the statistics in "
                f"{self.name} are of {self.mean.shape}; give the environment of training"
            )
        scaled = (given - self.mean) / np.sqrt(self.var + self.epsilon)
        return np.clip(scaled, -self.clip, self.clip).astype(np.float32)


def normalised(policy: Named, by: Normalisation) -> Named:
    """Return a policy that is given observations as they are, and sees them scaled.

    Raises:
        CannotLoad: the policy takes observations of another shape, or is given scaled ones already.
    """
    shape = by.mean.shape
    before = policy.function if isinstance(policy, NamedPolicy) else policy.policy
    if isinstance(before, (_Scaled, _Recurrent)):
        raise CannotLoad(
            f"{policy.name} is given observations that are scaled by {before.by.name} already; "
            f"leave normalise= out, or load the policy anew to scale them by {by.name}"
        )
    if not policy.interface.takes(shape):
        raise CannotLoad(
            f"the statistics in {by.name} are of observations of shape {shape}, and {policy.name} "
            f"takes {shapes_told(policy.interface.shapes)}; give those of the policy's own training"
        )
    interface = Interface((shape,), policy.interface.actions)
    told = (
        f"{policy.provenance} Observations are scaled by the statistics in {by.name} as "
        "VecNormalize does; that they are those of the end of training was not verified."
    )
    if isinstance(policy, NamedPolicy):
        sees: Any = {"function": _Scaled(policy.function, by)}
    else:
        sees = {"policy": _Recurrent(policy.policy, by)}
    return replace(policy, provenance=told, interface=interface, **sees)


@dataclass(frozen=True)
class _Scaled:
    """A policy without a memory that sees observations scaled."""

    function: Logits
    by: Normalisation

    def __call__(self, observations: np.ndarray) -> Any:
        return self.function(self.by(observations))


@dataclass(frozen=True)
class _Recurrent:
    """A policy with a memory that sees observations scaled."""

    policy: RecurrentPolicy
    by: Normalisation

    def reset(self, count: int) -> Any:
        return self.policy.reset(count)

    def step(self, observations: np.ndarray, carry: Any) -> tuple[np.ndarray, Any]:
        return self.policy.step(self.by(observations), carry)

    def forget(self, carry: Any, ended: np.ndarray) -> Any:
        return self.policy.forget(carry, ended)


def read_normalisation(source: Any, *, trust: bool = False) -> Normalisation:
    """Return the statistics in a file or in a live VecNormalize.

    Args:
        source: the path of a `.npz`, or of the pickle that VecNormalize saved; or the object.
        trust: open a pickle, which runs whatever code is in it.

    Raises:
        CannotLoad: there is no such file, it holds something else, or is a pickle without trust.
        MissingExtra: a pickle is trusted, and Stable-Baselines3 is not installed.
    """
    if not isinstance(source, (str, Path)):
        return _live(source, type(source).__name__)
    path = Path(source)
    if not path.is_file():
        raise CannotLoad(f"there is no file {path}; check the path, from {Path.cwd()}")
    if path.suffix.lower() == ".npz":
        return _npz(path)
    if not trust:
        raise CannotLoad(
            f"{path} is no .npz. VecNormalize saves a pickle, and opening one runs code in it, so "
            f"it was not opened; {_WRITE}, or give trust=True (--trust)"
        )
    need("stable_baselines3", "sb3")
    try:
        live = pickle.loads(path.read_bytes())
    except Exception as error:  # a pickle may raise anything at all
        raise CannotLoad(
            f"{path} cannot be opened as a pickle ({type(error).__name__}: {error}); save it again"
        ) from error
    return _live(live, f"{path.name}, a pickle that was opened because it was trusted,")


def export_normalisation(venv: Any, path: str | Path) -> Path:
    """Write the statistics of a VecNormalize as a `.npz`; one of that name is replaced.

    Args:
        venv: the VecNormalize, or a wrapper around it; `VecNormalize.load(file, venv)` gives one.
        path: which should end in `.npz`.

    Raises:
        CannotLoad: it does not normalise observations, or normalises a dictionary of them.
    """
    found = _live(venv, type(venv).__name__)
    where = Path(path)
    with where.open("wb") as file:
        np.savez(file, mean=found.mean, var=found.var, epsilon=found.epsilon, clip=found.clip)
    return where


def _live(venv: Any, name: str) -> Normalisation:
    found: Any = getattr(venv, "obs_rms", None)
    if not hasattr(found, "mean") or not getattr(venv, "norm_obs", True):
        raise CannotLoad(
            f"{name} is no VecNormalize that normalises observations in one array: its statistics "
            f"are a {type(found).__name__}. Leave it out if training normalised none; else wrap "
            "the policy in a function that scales its observations"
        )
    mean, var = np.array(found.mean, np.float64), np.array(found.var, np.float64)
    return Normalisation(mean, var, float(venv.epsilon), float(venv.clip_obs), name)


def _npz(path: Path) -> Normalisation:
    try:
        with np.load(path, allow_pickle=False) as file:
            mean, var, epsilon, clip = (np.asarray(file[key], np.float64) for key in _KEYS)
            return Normalisation(mean, var, float(epsilon), float(clip), path.name)
    except _DAMAGED as error:
        raise CannotLoad(
            f"{path} holds no statistics ({str(error).strip()}); expected are arrays of numbers "
            f"called {', '.join(_KEYS)}: {_WRITE}"
        ) from error
