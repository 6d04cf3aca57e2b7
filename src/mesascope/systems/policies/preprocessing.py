"""What Stable-Baselines3 does to observations before its first layer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.core.interface import Shape

TRUST = "give trust=True (--trust) to let Stable-Baselines3 load it, which runs code in the file"
IN_PARTS = (
    "Give a function from one array to logits, and an environment of such arrays, as "
    "gymnasium.wrappers.FlattenObservation makes it"
)


@dataclass(frozen=True)
class Preprocessing:
    """From observations to the input of the first layer.

    Attributes:
        shape: of an observation.
        size: of the input.
        image: whether observations are bytes, channels first.
        scaled: whether images are scaled by 255.
        untold: whether they may have been normalised (VecNormalize): it takes boxes alone, and the
            box of an image is another one afterwards.
        kinds: of the numbers that become one-hot, how many values each has, counted from 0, in C
            order; empty where observations are taken as they are.
    """

    shape: tuple[int, ...]
    size: int
    image: bool = False
    scaled: bool = True
    untold: bool = False
    kinds: tuple[int, ...] = ()

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What an observation may look like: images may have their channels last."""
        return either_way(self.shape) if self.image else (self.shape,)

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
        flat = given.reshape(len(given), -1)
        if self.kinds:
            return self._one_hot(flat)
        flat = flat.astype(np.float32)
        return flat / np.float32(255) if self.image and self.scaled else flat

    def _one_hot(self, flat: np.ndarray) -> Float[np.ndarray, "n i"]:
        """Return the one-hot rows of every number, one after the other."""
        kinds = np.array(self.kinds)
        wrong = np.argwhere(~((flat >= 0) & (flat < kinds)))
        if len(wrong):
            row, column = wrong[0]
            raise BadRequest(
                f"the observation {flat[row, column]} was given to a policy for 0 to "
                f"{kinds[column] - 1}; give it the environment of its training"
            )
        rows = np.zeros((len(flat), self.size), np.float32)
        starts = np.concatenate([[0], np.cumsum(kinds)[:-1]])
        np.put_along_axis(rows, starts + flat.astype(int), 1.0, axis=1)
        return rows


def channels_first(images: Shaped[np.ndarray, "n h w c"]) -> Shaped[np.ndarray, "n c h w"]:
    """Return images as networks look at them, turned as VecTransposeImage does in training."""
    return images.transpose(0, 3, 1, 2)


def either_way(shape: Shape) -> tuple[Shape, ...]:
    """Return the shape of an image with its channels first, and the one with them last."""
    return (shape, (*shape[1:], shape[0])) if len(shape) == 3 else (shape,)


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
            f"the observations of {what} are of the space {kind or 'unknown'}; "
            f"{', '.join(_READERS)} are read without running code. "
            + (IN_PARTS if kind in ("Dict", "Tuple") else f"For others {TRUST}")
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
    return Preprocessing(shape, prod(shape), image=image, untold=not image)


def _discrete(account: dict[str, Any]) -> Preprocessing:
    if int(account.get("start", 0)) != 0:
        raise ValueError("numbers that do not start at 0")
    return Preprocessing((), int(account["n"]), kinds=(int(account["n"]),))


def _binary(account: dict[str, Any]) -> Preprocessing:
    shape = tuple(int(n) for n in account["_shape"])
    return Preprocessing(shape, prod(shape))


def _several(account: dict[str, Any]) -> Preprocessing:
    kinds, starts = _numbers(account["nvec"]), _numbers(account.get("start", "[0]"))
    if list(account["_shape"]) != [len(kinds)] or any(starts) or not all(kinds):
        raise ValueError("numbers that are not in a row, do not start at 0, or of no value")
    return Preprocessing((len(kinds),), sum(kinds), kinds=kinds)


def _numbers(told: Any) -> tuple[int, ...]:
    """Return the numbers of a NumPy array as it prints itself; a long one leaves some out."""
    found = re.fullmatch(r"\[([\d\s]+)\]", str(told))
    if found is None:
        raise ValueError(f"{told!r} is no row of whole numbers")
    return tuple(int(number) for number in found[1].split())


_READERS: dict[str, Callable[[dict[str, Any]], Preprocessing]] = {
    "Box": _box,
    "Discrete": _discrete,
    "MultiBinary": _binary,
    "MultiDiscrete": _several,
}
