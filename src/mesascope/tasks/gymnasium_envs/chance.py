"""Chance in an environment: every generator that a step may draw from, watched and begun anew.

These are the generators that it holds, whatever they are called and in whatever they lie, and those
outside it: everyone's, of `random`, `numpy.random` and PyTorch, and those that its classes and
their modules hold.
"""

import random
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import CellType, FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from mesascope.tasks.gymnasium_envs.generators import (
    begin,
    gives,
    is_generator,
    read,
    standing,
    write,
)
from mesascope.tasks.gymnasium_envs.layers import bare, held_by, is_plain, layers

_EVERYONES: tuple[Any, ...] = tuple(
    getattr(function, "__self__", None) for function in (random.seed, np.random.get_state)
)
_EMPTY = CellType()  # of a function, in which nothing is yet
# Tables and descriptions, in which no generator is.
_TABLES = frozenset(
    {
        *("P", "initial_state_distrib", "spec", "_cached_spec", "_saved_kwargs"),
        *("metadata", "_metadata"),
    }
)
_LEAVES = frozenset({type(None), bool, int, float, complex, str, bytes})
_KNOWN = {"abc", "builtins", "gymnasium", "minigrid", "typing"}  # modules that hold no generator


class Sources(NamedTuple):
    """What numbers may be drawn from: generators, and things that make one when they first draw."""

    generators: list[Any]
    makers: list[Any]


class Watch:
    """Sees whether random numbers are drawn in an environment, or in copies of it.

    Where to look is found once: an environment holds many things, and is copied for every action.

    Attributes:
        sources: of the environment; whoever copies it copies them along with it.
        by_hand: whether some class in it says itself what a copy is, so that its sources are to be
            looked for in the copy.
    """

    def __init__(self, env: Any) -> None:
        """Find what a step may draw from."""
        reached = _reached(env)
        self.sources = Sources([*filter(is_generator, reached)], [*filter(_has_none, reached)])
        self.by_hand = any(map(_is_copied_by_hand, reached))
        self._outside = _outside(env)

    def begin(self, env: Any, sources: Sources) -> Callable[[], bool]:
        """Return what says whether random numbers are drawn from now on, or may have been.

        Args:
            env: the environment, or a copy.
            sources: of that one.
        """
        # Those of the environment itself, too: some of what it holds its copies may share.
        makers = self.sources.makers + sources.makers
        if not all(map(_has_none, makers)) or (self.by_hand and sources is not self.sources):
            again = Watch(env)
            return again.begin(env, again.sources)
        generators = _different(self.sources.generators + sources.generators + self._outside)
        before = [standing(one) for one in generators]
        return lambda: (
            [standing(one) for one in generators] != before or not all(map(_has_none, makers))
        )


def _is_copied_by_hand(thing: Any) -> bool:
    kind: type = type(thing)
    return hasattr(kind, "__deepcopy__") and not (hasattr(kind, "__array__") or gives(kind))


def _has_none(thing: Any) -> bool:
    """Return whether something will make its generator when it first draws, as a space does."""
    kind: type = type(thing)
    return hasattr(kind, "np_random") and held_by(thing).get("_np_random", thing) is None


def chance_outside(env: Any) -> list[Any]:
    """Return where each generator stands that other environments may draw from, too."""
    return [standing(generator) for generator in _outside(env)]


def reseed(env: Any, *seed: int) -> None:
    """Let each generator begin elsewhere, and go on from there in a way of its own."""
    entropy = [number % 2**64 for number in seed]
    for number, generator in enumerate(_generators(env)):
        way = (number,) if number else ()
        begin(generator, np.random.SeedSequence(entropy, spawn_key=way))


@contextmanager
def undisturbed(env: Any) -> Iterator[None]:
    """Leave the generators outside an environment as they were before."""
    were = [(generator, read(generator)) for generator in _outside(env)]
    try:
        yield
    finally:
        for generator, state in were:
            write(generator, state)


def _generators(env: Any) -> list[Any]:
    """Return all generators, each once; Gymnasium's own first."""
    own = held_by(bare(env)).get("_np_random")
    return _different([own, *filter(is_generator, _reached(env)), *_outside(env)])


def _different(things: Iterable[Any]) -> list[Any]:
    return list({id(one): one for one in things if one is not None}.values())


def _reached(env: Any) -> list[Any]:
    """Return what can be reached from an environment, numbers and texts apart."""
    waiting = list(layers(env))
    reached: dict[int, Any] = {}
    for thing in waiting:
        if id(thing) not in reached:
            reached[id(thing)] = thing
            kind: type = type(thing)
            inside = thing if kind in (list, tuple) else () if gives(kind) else _inside(thing)
            waiting += [one for one in inside if type(one) not in _LEAVES]
    return list(reached.values())


def _inside(thing: Any) -> Iterable[Any]:
    """Return what something holds: its attributes, its items, and what a function is bound to."""
    if isinstance(thing, type | ModuleType):
        return ()
    kind: type = type(thing)
    found = [value for name, value in held_by(thing).items() if name not in _TABLES]
    if is_plain(kind):
        return found
    if isinstance(thing, list | tuple | deque | set | frozenset):
        found += thing
    elif isinstance(thing, dict):
        found += thing.values()
    elif isinstance(thing, np.ndarray) and thing.dtype.hasobject:
        found += thing.flat
    elif isinstance(thing, partial):
        found += (thing.func, *thing.args, *thing.keywords.values())
    elif isinstance(thing, FunctionType):
        found += [cell.cell_contents for cell in thing.__closure__ or () if cell != _EMPTY]
    else:  # a method, perhaps, that is written in C or is not
        found.append(getattr(thing, "__self__", None))
    return found


def _outside(env: Any) -> list[Any]:
    """Return everyone's generators, and those of the environment's classes and their modules."""
    torch = sys.modules.get("torch")
    classes = dict.fromkeys(kind for layer in layers(env) for kind in type(layer).__mro__)
    own = [kind for kind in classes if kind.__module__.partition(".")[0] not in _KNOWN]
    modules = [sys.modules.get(name) for name in dict.fromkeys(kind.__module__ for kind in own)]
    held = [value for there in (*own, *modules) if there for value in list(vars(there).values())]
    found = [*_EVERYONES, getattr(torch, "default_generator", None), *filter(is_generator, held)]
    return [generator for generator in found if generator is not None]
