"""The 3x3 board: cells, its eight symmetries, and the orbits of its three-cell subsets.

Cells are numbered 0 to 8 in reading order and a set of cells is a 9-bit mask. The 84 three-cell
subsets fall into 16 orbits under the symmetries of the square; three of those orbits are the lines
of standard tic-tac-toe.
"""

from functools import cache
from itertools import combinations

import numpy as np

CELLS = 9
FULL = (1 << CELLS) - 1
CENTRE = 1 << 4
CORNERS = (1 << 0) | (1 << 2) | (1 << 6) | (1 << 8)

Mask = int


def _cell_permutations() -> tuple[tuple[int, ...], ...]:
    """Return the eight symmetries of the square, each as the image of every cell."""
    turns = [tuple((c % 3) * 3 + 2 - c // 3 for c in range(CELLS))]
    mirror = tuple((c // 3) * 3 + 2 - c % 3 for c in range(CELLS))
    rotations = [tuple(range(CELLS))]
    for _ in range(3):
        rotations.append(tuple(turns[0][c] for c in rotations[-1]))
    return tuple(rotations + [tuple(mirror[c] for c in r) for r in rotations])


SYMMETRIES = _cell_permutations()


@cache
def mask_images() -> np.ndarray:
    """Return the image of every mask under every symmetry, shape (8, 512), int32."""
    images = np.zeros((len(SYMMETRIES), 1 << CELLS), dtype=np.int32)
    masks = np.arange(1 << CELLS, dtype=np.int32)
    for row, permutation in zip(images, SYMMETRIES, strict=True):
        for source, target in enumerate(permutation):
            row |= ((masks >> source) & 1) << target
    return images


@cache
def popcounts() -> np.ndarray:
    """Return the number of cells in every mask, shape (512,), int32."""
    return np.array([mask.bit_count() for mask in range(1 << CELLS)], dtype=np.int32)


@cache
def triple_orbits() -> tuple[tuple[Mask, ...], ...]:
    """Return the 16 orbits of the three-cell subsets, ordered by their smallest mask.

    The order is part of the vocabulary: orbit numbers name rule sets in records and on the
    command line.
    """
    images = mask_images()
    seen: set[Mask] = set()
    orbits = []
    for cells in combinations(range(CELLS), 3):
        mask = sum(1 << c for c in cells)
        if mask in seen:
            continue
        orbit = tuple(sorted({int(images[s, mask]) for s in range(len(SYMMETRIES))}))
        seen.update(orbit)
        orbits.append(orbit)
    return tuple(sorted(orbits))


def orbit_of(mask: Mask) -> int:
    """Return the number of the orbit that holds a three-cell `mask`."""
    for number, orbit in enumerate(triple_orbits()):
        if mask in orbit:
            return number
    raise ValueError(f"mask {mask:#x} is not a three-cell subset of the board")


def draw(mask: Mask, on: str = "x", off: str = ".") -> str:
    """Draw a mask as three lines of three characters."""
    marks = [on if mask >> c & 1 else off for c in range(CELLS)]
    return "\n".join("".join(marks[r : r + 3]) for r in (0, 3, 6))
