"""Checks of arrays that name the array, the index and the value of the first offence."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from mesascope.processes.errors import BadArray

TOLERANCE = 1e-6  # of a sum of probabilities: what float32 data lose
_REAL = "biuf"  # kinds of dtype that hold real numbers


def real(name: str, values: object) -> Float[np.ndarray, "..."]:
    """Return an array in float64.

    Raises:
        BadArray: it holds no real numbers, is empty, or has a value that is not finite.
    """
    array = numeric(name, values)
    if array.size == 0:
        raise BadArray(
            f"{name} is empty: its shape is {array.shape}. Give at least one value", name
        )
    array = array.astype(np.float64)
    _refuse(name, array, np.asarray(~np.isfinite(array)), "every value must be finite")
    return array


def numeric(name: str, values: object) -> np.ndarray:
    """Return an array of real numbers, of which some may yet be infinite or no number.

    Raises:
        BadArray: it is of text, objects, dates or complex numbers.
    """
    array = plain(name, values)
    if array.dtype.kind not in _REAL:
        raise BadArray(
            f"{name} has dtype {array.dtype}, and real numbers are expected. Convert it with "
            ".astype(float)",
            name,
        )
    return array


def plain(name: str, values: object) -> np.ndarray:
    """Return anything that is laid out as an array.

    Raises:
        BadArray: it is not, as lists of different lengths are not.
    """
    try:
        return np.asarray(values)
    except ValueError as error:
        raise BadArray(f"{name} is no array: {error}", name) from None


def shape(name: str, array: np.ndarray, expected: Sequence[int | None], words: str) -> None:
    """Refuse an array of another shape; None stands for any length.

    Raises:
        BadArray: the shape differs.
    """
    fits = array.ndim == len(expected) and all(
        want is None or have == want for have, want in zip(array.shape, expected, strict=True)
    )
    if not fits:
        raise BadArray(f"{name} has shape {array.shape}, and {words} is expected", name)


def distribution(name: str, values: object) -> Float[np.ndarray, "..."]:
    """Return an array whose last axis sums to 1, rescaled to do so to the last digit.

    Raises:
        BadArray: a probability is negative or a row does not sum to 1 within 1e-6.
    """
    array = nonnegative(name, values)
    sums = array.sum(axis=-1)
    off = np.asarray(np.abs(sums - 1.0) > TOLERANCE)  # of one row it would be a scalar
    if off.any():
        index = _first(off)
        where = f"{name}{_brackets(index)}" if index else name
        raise BadArray(
            f"{where} sums to {sums[index]:.9g}, and a distribution to 1. Divide it by its sum",
            name,
            index,
        )
    return array / sums[..., None]


def nonnegative(name: str, values: object) -> Float[np.ndarray, "..."]:
    """Return an array of weights.

    Raises:
        BadArray: a value is negative, or not finite.
    """
    array = real(name, values)
    _refuse(name, array, np.asarray(array < 0.0), "a probability cannot be negative")
    return array


def measure(name: str, values: object, shape_of: tuple[int, ...]) -> Float[np.ndarray, "..."]:
    """Return weights of a shape, scaled to sum to 1.

    Raises:
        BadArray: another shape, a negative or non-finite weight, or nothing but zeros.
    """
    array = nonnegative(name, values)
    shape(name, array, shape_of, f"{shape_of}")
    if not array.any():
        raise BadArray(f"{name} is zero everywhere; at least one weight must be positive", name)
    return array / array.sum()


def flags(name: str, values: object, states: int) -> Bool[np.ndarray, " s"]:
    """Return a mask over states, given as booleans, as zeros and ones, or as state numbers.

    Zeros and ones are a mask only where there is one for every state; integers in any other
    number are read as the numbers of the states that are meant.

    Raises:
        BadArray: neither a mask nor state numbers.
    """
    array = np.asarray(values)
    if array.ndim != 1 or array.dtype.kind not in _REAL:
        raise BadArray(
            f"{name} has shape {array.shape} and dtype {array.dtype}; a mask of shape ({states},) "
            "or a list of state numbers is expected",
            name,
        )
    if array.shape == (states,):
        _refuse(name, array, (array != 0) & (array != 1), "a mask holds 0 and 1")
        return array.astype(bool)
    if array.dtype.kind not in "iu":
        raise BadArray(
            f"{name} has shape {array.shape}, and a mask of shape ({states},) is expected", name
        )
    _refuse(name, array, (array < 0) | (array >= states), f"states are 0 to {states - 1}")
    mask = np.zeros(states, dtype=bool)
    mask[array] = True
    return mask


def _refuse(name: str, array: np.ndarray, bad: np.ndarray, rule: str) -> None:
    if bad.any():
        index = _first(bad)
        raise BadArray(f"{name}{_brackets(index)} is {array[index]}, and {rule}", name, index)


def _first(bad: np.ndarray) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(int(bad.argmax()), bad.shape))


def _brackets(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""
