"""Explicit randomness: independent streams, each named after what it is used for."""

import hashlib

import numpy as np

from mesascope.core.errors import BadRequest


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
