"""Other people's code as systems: a function, a class or an object, given or named for import."""

import inspect
from collections.abc import Callable
from typing import Any

from mesascope.core.choice import Choice
from mesascope.core.errors import CannotLoad
from mesascope.core.system import Evaluator, Scaffold, Structure, System
from mesascope.core.world import World
from mesascope.systems.answers import as_choice
from mesascope.tasks.tictactoe.world import Instance

_WORLD = "world"
_SHAPES = "f(instance) or f(instance, world)"


class FunctionSystem:
    """A function as a system. Implements `mesascope.core.system.System`.

    The function takes the instance, or the instance and the world, and returns an empty cell or a
    mapping from empty cells to probabilities. What it asks the world is seen, and earns what a
    black box cannot.

    A function that draws at random should return its probabilities. One that returns a single
    sampled move is taken to have chosen that move with certainty, in that call: it then looks as
    if it changed its mind between calls, and no result about it is reproducible.

    Methods named `structure` and `trace` on the function or object are offered as handles.

    Attributes:
        name: for reports and errors.
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None) -> None:
        """Wrap a function.

        Args:
            fn: anything callable: a function, a bound method, a partial, an object.
            name: what to call it; by default what it calls itself.

        Raises:
            CannotLoad: it is not callable, or not with one argument nor with an instance and a
                world.
        """
        self.name = name or _own_name(fn)
        if not callable(fn):
            raise CannotLoad(f"{self.name!r} is not callable; expected {_SHAPES}")
        self._call = _caller(fn, self.name)
        structure = getattr(fn, "structure", None)
        if callable(structure):
            self.structure = structure
        elif isinstance(structure, Structure):
            self.structure = lambda: structure
        trace = getattr(fn, "trace", None)
        if callable(trace):
            self.trace = trace

    def respond(self, instance: Instance, world: World[Any, Any]) -> Choice[int]:
        """Return the function's answer as a distribution.

        Raises:
            IllegalOutput: it answered with something that is no move here.
        """
        return as_choice(self._call(instance, world), instance, self.name)


def as_system(thing: Any, name: str | None = None) -> System:
    """Return somebody's object as a system.

    A class is called without arguments. What implements `System` already is passed through; what
    implements `Evaluator` goes behind the one-ply scaffold; what can be called is wrapped.

    Args:
        thing: a class, a system, an evaluator or something callable.
        name: what to call it where it has no name of its own.

    Raises:
        CannotLoad: it is none of these.
    """
    shown = name or _own_name(thing)
    if isinstance(thing, type):
        try:
            thing = thing()
        except Exception as error:
            raise CannotLoad(
                f"the class {shown!r} raised {type(error).__name__} when called without arguments: "
                f"{error}. Name a function or an object instead, such as one instance of it"
            ) from error
    if isinstance(thing, System):
        return thing
    if isinstance(thing, Evaluator):
        return Scaffold(thing)
    if callable(thing):
        return FunctionSystem(thing, shown)
    nameless = next((m for m in ("respond", "value") if callable(getattr(thing, m, None))), None)
    if nameless:
        raise CannotLoad(f"{shown!r} has `{nameless}` but no `name`; give it one, a short text")
    raise CannotLoad(
        f"{shown!r} is not callable: it is a {type(thing).__name__}; expected {_SHAPES}, a class, "
        "or an object with `name` and `respond(instance, world)`"
    )


def _own_name(thing: Any) -> str:
    return str(getattr(thing, "__qualname__", None) or type(thing).__qualname__)


def _caller(fn: Callable[..., Any], name: str) -> Callable[[Instance, World[Any, Any]], Any]:
    """Return the way to call a function: with the world where it has a place for it.

    A second place is the world's if it has that name, if it must be filled, or if it takes
    whatever comes; a second argument with a default and another name is the function's own.
    """
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (TypeError, ValueError):  # compiled code may not say
        return lambda instance, world: fn(instance)
    kinds = inspect.Parameter
    places = [
        p for p in parameters if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)
    ]
    rest = any(p.kind is kinds.VAR_POSITIONAL for p in parameters)
    keywords = [p for p in parameters if p.kind is kinds.KEYWORD_ONLY]
    required = sum(p.default is kinds.empty for p in places)
    open_keywords = {p.name for p in keywords if p.default is kinds.empty}
    bound = getattr(fn, "keywords", {})  # what a partial has filled already
    if not (places or rest) or required > 2 or open_keywords - {_WORLD}:
        raise CannotLoad(
            f"{name!r} cannot be called as {_SHAPES}: it takes {inspect.signature(fn)}; give the "
            "other parameters a default, or fill them with functools.partial"
        )
    if any(p.name == _WORLD and p.name not in bound for p in (*keywords, *places[2:])):
        return lambda instance, world: fn(instance, world=world)
    if required == 2 or rest or any(p.name == _WORLD for p in places[1:2]):
        return fn
    return lambda instance, world: fn(instance)
