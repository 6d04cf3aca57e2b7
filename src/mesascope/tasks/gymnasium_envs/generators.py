"""Generators of random numbers, of whatever library: where one stands, and begun elsewhere."""

import os
import random
from functools import lru_cache
from typing import Any

import numpy as np

_KINDS = (random.Random, np.random.Generator, np.random.RandomState, np.random.BitGenerator)


def is_generator(thing: object) -> bool:
    """Return whether something gives random numbers, PyTorch's generators too."""
    kind: type = type(thing)
    return gives(kind)


@lru_cache(maxsize=1024)
def gives(kind: type) -> bool:
    """Return whether things of a class do."""
    theirs = kind.__name__ == "Generator" and hasattr(kind, "manual_seed")
    return issubclass(kind, _KINDS) or theirs


def _bits(generator: Any) -> Any:
    """Return what gives NumPy's generators their bits, or None for one of another library."""
    if isinstance(generator, np.random.BitGenerator):
        return generator
    if isinstance(generator, np.random.Generator):
        return generator.bit_generator
    return generator._bit_generator if isinstance(generator, np.random.RandomState) else None


def read(generator: Any) -> Any:
    """Return where a generator stands, or None if it does not say, as the system's does not."""
    if isinstance(generator, random.Random):
        try:
            return generator.getstate()
        except NotImplementedError:  # of `random.SystemRandom`, which has no state to tell
            return None
    if isinstance(generator, np.random.RandomState):
        return generator.get_state(legacy=False)
    bits = _bits(generator)
    return generator.get_state() if bits is None else bits.state


def write(generator: Any, state: Any) -> None:
    """Let a generator stand where it stood when it was read."""
    if state is None:
        return
    if isinstance(generator, random.Random):
        generator.setstate(state)
    elif isinstance(generator, np.random.Generator | np.random.BitGenerator):
        _bits(generator).state = state
    else:
        generator.set_state(state)


def begin(generator: Any, sequence: np.random.SeedSequence) -> None:
    """Let a generator begin where a sequence of seeds says."""
    bits = _bits(generator)
    if isinstance(generator, np.random.RandomState) and isinstance(bits, np.random.MT19937):
        generator.seed(sequence.generate_state(4))  # as below, but fast
    elif bits is not None:
        write(generator, type(bits)(sequence).state)
    else:
        number = int(sequence.generate_state(1, np.uint64)[0]) >> 1
        (generator.seed if isinstance(generator, random.Random) else generator.manual_seed)(number)


def standing(generator: Any) -> Any:
    """Return where a generator stands, to be compared; what it does not say is never the same."""
    return _plain(read(generator))


def _plain(state: Any) -> Any:
    if state is None:
        return os.urandom(16)
    if isinstance(state, dict):
        return {name: _plain(value) for name, value in state.items()}
    if hasattr(state, "numpy"):
        state = state.numpy()
    return state.tobytes() if isinstance(state, np.ndarray) else state
