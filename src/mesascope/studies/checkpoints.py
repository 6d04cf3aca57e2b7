"""Arrays in a checkpoint, which is JSON: the same bits come back."""

import base64
import io
from typing import Any, TypeVar

import jax
import numpy as np

from mesascope.core.errors import BadRequest

Tree = TypeVar("Tree")


def pack(tree: Any) -> str:
    """Return the arrays of a pytree as text."""
    buffer = io.BytesIO()
    np.savez(buffer, *[np.asarray(leaf) for leaf in jax.tree.leaves(tree)])
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def unpack(like: Tree, text: str) -> Tree:
    """Return the pytree whose arrays `pack` wrote.

    Args:
        like: a pytree of the same structure; of its leaves only shapes and types are looked at.
        text: what `pack` returned.

    Raises:
        BadRequest: the arrays are not those of such a tree.
    """
    leaves, structure = jax.tree.flatten(like)
    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as stored:
        arrays = [stored[name] for name in stored.files]
    found = [(array.shape, array.dtype) for array in arrays]
    if found != [(leaf.shape, leaf.dtype) for leaf in leaves]:
        raise BadRequest(
            "the checkpoint is of another network or world than this version trains; start again, "
            "or resume with the version that wrote it"
        )
    return jax.tree.unflatten(structure, arrays)
