"""A policy that is named on the command line."""

import numpy as np


def fails(observations: np.ndarray) -> np.ndarray:
    raise ValueError("it does not like this")
