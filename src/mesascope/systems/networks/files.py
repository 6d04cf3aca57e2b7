"""Networks in files: safetensors, with the architecture beside the weights.

The file's metadata has `format`, which is `mesascope-network/1`, and `spec`, which is the JSON of
a `NetworkSpec`. Each array is named after its attribute, such as `layers.0.weight`. Reading one
never runs code.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from mesascope.core.errors import BadRequest, CannotLoad, UnknownName
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.networks.network import Network
from mesascope.systems.networks.spec import NetworkSpec

FORMAT = "mesascope-network/1"


def names_of(tree: Any) -> list[str]:
    """Return the name of every array of a pytree, in the order of its leaves."""
    return [
        jax.tree_util.keystr(path, simple=True, separator=".")
        for path, _ in jax.tree_util.tree_leaves_with_path(tree)
    ]


def save_network(path: str | Path, network: Network) -> None:
    """Write a network to a file; any file of that name is replaced."""
    arrays = [np.ascontiguousarray(leaf) for leaf in jax.tree.leaves(network)]
    metadata = {"format": FORMAT, "spec": json.dumps(asdict(network.spec))}
    save_file(dict(zip(names_of(network), arrays, strict=True)), str(path), metadata)


def load_network(path: str | Path) -> Network:
    """Return the network that a file holds.

    Raises:
        CannotLoad: the file is not there, is cut short, or holds something else: no network of
            ours, another version, a kind that does not exist, arrays missing or of other shapes.
    """
    where = Path(path)
    if not where.is_file():
        raise CannotLoad(f"there is no file {where}; give the path of a .safetensors file")
    try:
        with safe_open(str(where), framework="numpy") as file:
            metadata = file.metadata() or {}
            names = file.keys()  # such a file is no dict, and gives its names in no other way
            arrays = {name: _tensor(where, file, name) for name in names}
    except (SafetensorError, OSError) as error:
        raise CannotLoad(
            f"{where} cannot be read as safetensors ({error}); it may be cut short: write it again"
        ) from error
    return _filled(where, _spec(where, metadata), arrays)


def _tensor(where: Path, file: Any, name: str) -> np.ndarray:
    try:
        array: np.ndarray = file.get_tensor(name)
    except (AttributeError, TypeError) as error:  # how safetensors says that NumPy lacks a type
        raise CannotLoad(
            f"in {where}, {name} is of a type that NumPy does not have ({error}); write the "
            "network in single precision, with `save_network`"
        ) from error
    return array


def _spec(where: Path, metadata: dict[str, str]) -> NetworkSpec:
    if metadata.get("format") != FORMAT:
        raise CannotLoad(
            f"the format of {where} is {metadata.get('format')!r}; {FORMAT!r} is expected. "
            "Write the file with `save_network`"
        )
    try:
        given = json.loads(metadata["spec"])
        return NetworkSpec(**{**given, "observation": tuple(given["observation"])})
    except (KeyError, ValueError, TypeError) as error:
        what = error if isinstance(error, (BadRequest, UnknownName)) else "it cannot be read"
        raise CannotLoad(
            f"the architecture in {where} is {metadata.get('spec')!r}: {what}. "
            "Write the file with `save_network`"
        ) from error


def _filled(where: Path, spec: NetworkSpec, arrays: dict[str, np.ndarray]) -> Network:
    empty = jax.eval_shape(lambda key: make_network(spec, key), jax.random.key(0))
    leaves, form = jax.tree.flatten(empty)
    expected = dict(zip(names_of(empty), leaves, strict=True))
    for name in sorted(expected.keys() ^ arrays.keys()):
        state = "missing" if name in expected else "not part of such a network"
        raise CannotLoad(f"in {where}, {name} is {state}, by its architecture, {spec}")
    for name, leaf in expected.items():
        given = arrays[name]
        if given.shape != leaf.shape or given.dtype != leaf.dtype:
            raise CannotLoad(
                f"in {where}, {name} is {given.dtype} of shape {given.shape}; {leaf.dtype} of "
                f"shape {leaf.shape} is expected by its architecture, {spec}. Write the file with "
                "`save_network`"
            )
    network: Network = jax.tree.unflatten(form, [jnp.asarray(arrays[name]) for name in expected])
    return network
