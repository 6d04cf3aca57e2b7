"""The settings that an environment can be made and reset with: arguments that vary, and seeds."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

import numpy as np

from mesascope.core.errors import BadRequest

_MOST = 10_000  # values of one argument
_FRESH = 0.25  # share of offspring that are drawn anew
_NEAR = 0.75  # share of changes that are to the next value


@dataclass(frozen=True)
class Setting:
    """One level of an environment: what it is made with, and the seed that it is reset with.

    Attributes:
        values: which value each argument that varies has, by number.
        seed: of the reset.
    """

    values: tuple[int, ...]
    seed: int


@dataclass(frozen=True)
class Variation:
    """All settings of an environment.

    Attributes:
        arguments: the values that each argument may have, by name.
        seeds: that it may be reset with.
    """

    arguments: Mapping[str, Sequence[Any]]
    seeds: Sequence[int]

    def __post_init__(self) -> None:
        for name, values in self.arguments.items():
            if not name.isidentifier():
                raise BadRequest(f"{name!r} cannot be the name of an argument that varies")
            if not 1 <= len(values) <= _MOST:
                raise BadRequest(
                    f"{len(values)} values of {name!r} were given; from 1 to {_MOST:,} are expected"
                )
        if not self.seeds:
            raise BadRequest("no seed was given to reset an environment with; give one at least")

    @property
    def count(self) -> int:
        """How many settings there are."""
        return prod(len(values) for values in self.arguments.values()) * len(self.seeds)

    def made_with(self, setting: Setting) -> dict[str, Any]:
        """Return the arguments of a setting."""
        chosen = zip(self.arguments.items(), setting.values, strict=True)
        return {name: values[which] for (name, values), which in chosen}

    def told(self, setting: Setting) -> dict[str, bool | int | float | str]:
        """Return the arguments and the seed of a setting as plain data."""
        plain = {
            name: value if isinstance(value, bool | int | float | str) else str(value)
            for name, value in self.made_with(setting).items()
        }
        return plain | {"seed": setting.seed}

    def every(self) -> Iterator[Setting]:
        """Yield all settings."""
        sizes = [range(len(values)) for values in self.arguments.values()]
        for values in product(*sizes):
            for seed in self.seeds:
                yield Setting(values, int(seed))

    def draw(self, rng: np.random.Generator) -> Setting:
        """Return a random setting."""
        values = tuple(int(rng.integers(len(v))) for v in self.arguments.values())
        return Setting(values, self._seed(rng))

    def neighbour(self, rng: np.random.Generator, setting: Setting) -> Setting:
        """Return a setting that differs in one argument, mostly by one value, or in its seed."""
        free = [i for i, values in enumerate(self.arguments.values()) if len(values) > 1]
        which = int(rng.integers(len(free) + (len(self.seeds) > 1))) if free else len(free)
        if which == len(free):
            return Setting(setting.values, self._seed(rng))
        number = free[which]
        size, here = len(tuple(self.arguments.values())[number]), setting.values[number]
        near = [there for there in (here - 1, here + 1) if 0 <= there < size]
        far = [there for there in range(size) if there != here]
        there = int(rng.choice(near if rng.random() < _NEAR else far))
        values = (*setting.values[:number], there, *setting.values[number + 1 :])
        return Setting(values, setting.seed)

    def offspring(self, rng: np.random.Generator, parents: Sequence[Setting]) -> Setting:
        """Return a neighbour of one of the parents, or, at times, a random setting."""
        parent = parents[int(rng.integers(len(parents)))]
        return self.draw(rng) if rng.random() < _FRESH else self.neighbour(rng, parent)

    def _seed(self, rng: np.random.Generator) -> int:
        return int(self.seeds[int(rng.integers(len(self.seeds)))])


def values_named(text: str) -> tuple[str, tuple[Any, ...]]:
    """Return the name and the values of `NAME=VALUE,VALUE,…` or `NAME=FIRST..LAST`.

    A value is read as Python's number, text, truth value or tuple; anything else is text.

    Raises:
        BadRequest: it is neither.
    """
    name, equals, rest = (part.strip() for part in text.partition("="))
    if not equals or not name.isidentifier() or not rest:
        raise BadRequest(
            f"cannot read {text!r}; write NAME=VALUE,VALUE or NAME=FIRST..LAST, such as size=5..9"
        )
    first, dots, last = rest.partition("..")
    if dots and _is_whole(first) and _is_whole(last):
        low, high = int(first), int(last)
        if not 0 <= high - low < _MOST:
            raise BadRequest(
                f"{text!r} has {max(high - low + 1, 0):,} values; from 1 to {_MOST:,} are expected"
            )
        return name, tuple(range(low, high + 1))
    try:
        return name, tuple(ast.literal_eval(f"[{rest}]"))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return name, tuple(_value(part.strip()) for part in rest.split(","))


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _is_whole(text: str) -> bool:
    return text.strip().removeprefix("-").isdecimal()
