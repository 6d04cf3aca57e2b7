"""Explicit randomness: independent streams, each named after what it is used for."""

import hashlib

import numpy as np

from mesascope.core.errors import BadRequest

LAST_SEED = 2**31 - 1  # what JAX's whole numbers hold, whose generators are given the seed


def check_seed(seed: int) -> None:
    """Refuse a seed that a generator would not take, or would take for another one.

    Raises:
        BadRequest: naming the range.
    """
    if not 0 <= seed <= LAST_SEED:
        raise BadRequest(f"the seed is {seed}; a whole number from 0 to {LAST_SEED} is expected")


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the generator for a purpose; the same seed and purpose give the same numbers.

    Raises:
        BadRequest: the seed is negative.
    """
    if seed < 0:
        raise BadRequest(f"the seed is {seed}; 0 or more is expected")
    digest = hashlib.sha256("/".join(str(part) for part in purpose).encode()).digest()
    words = np.frombuffer(digest[:16], dtype=np.uint32).tolist()
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))
