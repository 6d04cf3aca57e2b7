"""Anything as plain data, which is equal where two things are in the same state."""

import sys
from collections import deque
from collections.abc import Set
from enum import Enum
from functools import partial
from types import MethodType, ModuleType
from typing import Any

import numpy as np

from mesascope.tasks.gymnasium_envs.generators import is_generator
from mesascope.tasks.gymnasium_envs.layers import held_by, is_plain

_PLAIN = frozenset({type(None), bool, int, float, str, bytes})
_WRITTEN = (int, float, complex, str, bytes, bytearray)  # told by how they are written
_FEW = 16  # numbers, which are told one by one


class NotComparable(Exception):
    """An environment holds something whose equality cannot be seen."""


def frozen(value: Any, aside: Set[str], above: tuple[int, ...] = ()) -> Any:
    """Return plain data that is equal where two values are.

    It has what is kept in C as well as all attributes, of subclasses of lists and arrays too. What
    gives random numbers is told by its kind alone, and functions by their names.

    Args:
        value: anything.
        aside: names of attributes that do not count.
        above: the ids on the way here.

    Raises:
        NotComparable: something in there keeps a state that cannot be seen, as a lock or a
            generator does.
    """
    kind: type = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, np.generic):
        return value.item()
    if kind is np.ndarray:
        return _array(value, aside, above)
    if isinstance(value, type | Enum | ModuleType):
        return getattr(value, "__qualname__", None) or str(value)
    if is_generator(value):
        return kind.__qualname__
    if callable(value) and not is_plain(kind) and kind is not MethodType:
        name = getattr(value, "__qualname__", None)
        if isinstance(name, str):
            return name
    if id(value) in above:
        return ("above", len(above) - above.index(id(value)))
    above = (*above, id(value))
    if kind in (list, tuple, dict):
        return _inside(value, aside, above)
    return whole(value, aside, above)


def whole(
    value: Any, aside: Set[str], above: tuple[int, ...], inner: Set[str] = frozenset()
) -> list[Any]:
    """Return the kind of an object, what it keeps in C, and its attributes but for the `inner`.

    Raises:
        NotComparable: as above.
    """
    kind: type = type(value)
    inside = None if is_plain(kind) and not _is_array(kind) else _inside(value, aside, above)
    outside = [
        (k, frozen(v, aside, above))
        for k, v in held_by(value).items()
        if k not in aside and k not in inner
    ]
    return [kind.__qualname__, inside, outside]


def _inside(value: Any, aside: Set[str], above: tuple[int, ...]) -> Any:
    """Return what an object keeps in C: items, numbers, or what a copy of it would be made from."""
    if isinstance(value, list | tuple | deque):
        return [frozen(one, aside, above) for one in value]
    if isinstance(value, dict):
        return [(frozen(k, aside, above), frozen(v, aside, above)) for k, v in value.items()]
    if isinstance(value, set | frozenset):
        return sorted(repr(frozen(one, aside, above)) for one in value)
    if _is_array(type(value)):
        return _array(_numbers(value), aside, above)
    for written in _WRITTEN:
        if isinstance(value, written):
            return written.__repr__(value)
    if isinstance(value, MethodType):
        return [value.__qualname__, frozen(value.__self__, aside, above)]
    if isinstance(value, partial):
        return frozen([value.func, value.args, value.keywords], aside, above)
    return _reduced(value, aside, above)


def _reduced(value: Any, aside: Set[str], above: tuple[int, ...]) -> Any:
    try:
        made = value.__reduce_ex__(4)
        parts = made if isinstance(made, str) else [*made[:3], *map(list, filter(None, made[3:5]))]
    except Exception as error:  # whatever somebody's class raises
        raise NotComparable(f"a {type(value).__qualname__}") from error
    return frozen(parts, aside, above)


def _array(value: np.ndarray, aside: Set[str], above: tuple[int, ...]) -> Any:
    if value.dtype.hasobject:
        return [value.shape, *(frozen(one, aside, above) for one in value.flat)]
    if value.size <= _FEW:
        return value.tolist()
    return value.shape, value.dtype.str, value.tobytes()


def _is_array(kind: type) -> bool:
    return hasattr(kind, "__array__")


def _numbers(value: Any) -> np.ndarray:
    """Return the numbers of what can be an array: a tensor, an array of JAX and its keys too."""
    jax: Any = sys.modules.get("jax")
    try:
        if hasattr(jax, "Array") and isinstance(value, jax.Array):
            if jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
                value = jax.random.key_data(value)
        elif hasattr(value, "detach"):  # a tensor, which may be elsewhere, or of a kind of its own
            value = value.detach().cpu()
            value = value.tolist() if str(value.dtype) == "torch.bfloat16" else value
        return np.asarray(value)
    except Exception as error:  # whatever somebody's class raises
        raise NotComparable(f"a {type(value).__qualname__} without numbers") from error
