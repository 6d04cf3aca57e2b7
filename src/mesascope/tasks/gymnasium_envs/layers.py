"""An environment's layers and what each of them holds, whatever kind of object it is.

Gymnasium's own have a `__dict__` and know their `unwrapped`. Somebody's wrapper may have neither:
it may keep what it holds in slots, hand every question on to what it wraps, or be no
`gymnasium.Env`.
"""

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MemberDescriptorType
from typing import Any

_POINTER = struct.calcsize("P")  # bytes


def layers(env: Any) -> Iterator[Any]:
    """Return an environment and all that it wraps, from the outside in."""
    yield env
    while env is not getattr(env, "unwrapped", None):
        env = held_by(env).get("env")
        if not hasattr(env, "step"):
            break
        yield env


def bare(env: Any) -> Any:
    """Return the environment within all wrappers: what it says it is, else the last layer."""
    inner = getattr(env, "unwrapped", None)
    return list(layers(env))[-1] if inner is None else inner


def held_by(thing: object) -> Mapping[str, Any]:
    """Return the attributes that an object itself holds, by name, those in slots too."""
    try:  # not `vars`: a wrapper that hands questions on would answer for what it wraps
        found: dict[str, Any] = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        found = {}
    kind: type = type(thing)
    slots = _slots(kind)
    found = dict(found) if slots else found
    for name, slot in slots:
        try:
            found[name] = slot.__get__(thing)
        except AttributeError:  # nothing was put there
            continue
    return found


def put_back(thing: Any, values: dict[str, Any]) -> None:
    """Set attributes that an object holds, whatever its class does when one is set."""
    for name, value in values.items():
        object.__setattr__(thing, name, value)


@lru_cache(maxsize=1024)
def is_plain(kind: type) -> bool:
    """Return whether objects of a class keep all that they are in attributes, and nothing in C.

    That is so where they take no more memory than their attributes do, as `object.__reduce_ex__`
    asks, too.
    """
    pointers = (kind.__dictoffset__ > 0) + (kind.__weakrefoffset__ > 0) + len(_slots(kind))
    return kind.__itemsize__ == 0 and (
        kind.__basicsize__ <= object.__basicsize__ + _POINTER * pointers
    )


@lru_cache(maxsize=1024)
def _slots(kind: type) -> tuple[tuple[str, MemberDescriptorType], ...]:
    """Return the slots of a class and of those it derives from; not what is written in C."""
    return tuple(
        (name, slot)
        for one in kind.__mro__
        if "__slots__" in vars(one)
        for name, slot in vars(one).items()
        if isinstance(slot, MemberDescriptorType)
    )
