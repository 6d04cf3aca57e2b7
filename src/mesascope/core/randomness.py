"""Explicit randomness: independent streams, each named after what it is used for."""

import hashlib

import numpy as np


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """Return the generator for a purpose; the same seed and purpose give the same numbers."""
    digest = hashlib.sha256("/".join(str(part) for part in purpose).encode()).digest()
    words = np.frombuffer(digest[:16], dtype=np.uint32).tolist()
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, *words])))
