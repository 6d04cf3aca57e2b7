"""What Stable-Baselines3 does to observations before its first layer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from mesascope.core.errors import BadRequest, CannotLoad

TRUST = "give trust=True (--trust) to let Stable-Baselines3 load it, which runs code in the file"


@dataclass(frozen=True)
class Preprocessing:
    """From observations to the input of the first layer.

    Attributes:
        shape: of an observation.
        size: of the input.
        image: whether observations are bytes, channels first.
        scaled: whether images are scaled by 255.
        discrete: whether observations are numbers that become one-hot.
    """

    shape: tuple[int, ...]
    size: int
    image: bool = False
    scaled: bool = True
    discrete: bool = False

    def __call__(self, observations: np.ndarray) -> Float[np.ndarray, "n i"]:
        """Return (N, `size`), flattened in C order.

        Raises:
            BadRequest: the observations have another shape, or numbers that are not in the space.
        """
        given = np.asarray(observations)
        if self.image and given.shape[1:] != self.shape and given.ndim == 4:
            given = channels_first(given)
        if given.shape[1:] != self.shape:
            raise BadRequest(
                f"observations of shape {np.shape(observations)[1:]} were given to a policy for "
                f"{self.shape}; give it the environment that it was trained on"
            )
        if self.discrete:
            if ((given < 0) | (given >= self.size)).any():
                raise BadRequest(
                    f"the observation {given[(given < 0) | (given >= self.size)][0]} was given to "
                    f"a policy for 0 to {self.size - 1}; give it the environment of its training"
                )
            return np.eye(self.size, dtype=np.float32)[given.astype(int)]
        flat = given.reshape(len(given), -1).astype(np.float32)
        return flat / np.float32(255) if self.image and self.scaled else flat


def channels_first(images: Shaped[np.ndarray, "n h w c"]) -> Shaped[np.ndarray, "n c h w"]:
    """Return images as networks look at them, turned as VecTransposeImage does in training."""
    return images.transpose(0, 3, 1, 2)


def read_preprocessing(space: Any, what: str, *, scaled: bool = True) -> Preprocessing:
    """Return the preprocessing for an observation space as `data` tells of it.

    Args:
        space: the readable account, with `:type:`.
        what: the file, for messages.
        scaled: whether images are scaled.

    Raises:
        CannotLoad: another kind of space, or one whose account is not complete.
    """
    account = space if isinstance(space, dict) else {}
    kind = str(account.get(":type:", "")).rstrip("'>").rpartition(".")[2]
    read = _READERS.get(kind)
    if read is None:
        raise CannotLoad(
            f"the observations of {what} are of the space {kind or 'unknown'}; Box and Discrete "
            f"are read without running code. For others {TRUST}"
        )
    try:
        return replace(read(account), scaled=scaled)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotLoad(
            f"the observation space of {what} is not told readably ({error}); {TRUST}"
        ) from error


def _box(account: dict[str, Any]) -> Preprocessing:
    shape = tuple(int(n) for n in account["_shape"])
    image = account["dtype"] == "uint8" and len(shape) == 3
    bounds = [set(re.findall(r"\d+", str(account[end]))) for end in ("low", "high")]
    if image and bounds != [{"0"}, {"255"}]:  # as far as the text goes, which leaves out the middle
        raise ValueError("bytes in three dimensions that do not go from 0 to 255")
    return Preprocessing(shape, prod(shape), image=image)


def _discrete(account: dict[str, Any]) -> Preprocessing:
    if int(account.get("start", 0)) != 0:
        raise ValueError("numbers that do not start at 0")
    return Preprocessing((), int(account["n"]), discrete=True)


_READERS: dict[str, Callable[[dict[str, Any]], Preprocessing]] = {
    "Box": _box,
    "Discrete": _discrete,
}
