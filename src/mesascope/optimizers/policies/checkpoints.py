"""Checkpoints: all that training goes on from, as the bytes of a safetensors file."""

import json
from dataclasses import asdict

import jax
import jax.numpy as jnp
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from mesascope.core.errors import BadRequest, CannotLoad
from mesascope.optimizers.policies.settings import Settings
from mesascope.optimizers.policies.stage import Stage, State
from mesascope.optimizers.policies.training import method_of
from mesascope.tasks.levels.world import LevelWorld

_ABOUT = "about"  # the name under which the file holds what it belongs to, as JSON


def about(
    world: LevelWorld, settings: Settings, seeds: tuple[int, ...], share: float
) -> dict[str, object]:
    """Return what a checkpoint belongs to, as plain data."""
    return {
        "world": repr(world),
        "method": type(settings).__name__,
        "settings": asdict(settings),
        "seeds": list(seeds),
        "share": share,
    }


def to_bytes(stage: Stage) -> bytes:
    """Return the state of a stage, with what it belongs to."""
    belongs = about(stage.world, stage.settings, stage.seeds, stage.share)
    text = np.frombuffer(json.dumps(belongs).encode(), np.uint8)
    leaves = jax.tree.leaves(stage.state)
    arrays = {str(i): np.ascontiguousarray(leaf) for i, leaf in enumerate(leaves)}
    return save({**arrays, _ABOUT: text})


def from_bytes(
    data: bytes,
    world: LevelWorld,
    settings: Settings,
    *,
    seeds: tuple[int, ...],
    share: float = 0.0,
) -> State:
    """Return the state that bytes hold, for `train(…, resume=…)`.

    Raises:
        CannotLoad: the bytes are cut short, or are no checkpoint.
        BadRequest: they belong to another world, other settings, seeds or another share.
    """
    try:
        arrays = load(data)
        given = json.loads(arrays.pop(_ABOUT).tobytes())
    except (SafetensorError, KeyError, ValueError) as error:
        raise CannotLoad(
            f"the checkpoint of {len(data)} bytes cannot be read ({error}); start anew, or give "
            "the whole of what `to_bytes` returned"
        ) from error
    expected = json.loads(json.dumps(about(world, settings, tuple(seeds), share)))
    for name, value in expected.items():
        if given.get(name) != value:
            raise BadRequest(
                f"the checkpoint's {name} is {given.get(name)}, and {value} is to be trained; "
                "resume with what it was made with"
            )
    start = method_of(settings).start
    empty = start.eval_shape(world, settings, jnp.array(tuple(seeds)), jnp.float32(share))
    leaves, form = jax.tree.flatten(empty)
    kept = [arrays.get(str(i)) for i in range(len(leaves))]
    for leaf, array in zip(leaves, kept, strict=True):
        if array is None or array.shape != leaf.shape or array.dtype != leaf.dtype:
            raise CannotLoad(
                "an array of the checkpoint is missing or of another shape: it was made by another "
                "version; start anew"
            )
    state: State = jax.tree.unflatten(form, [jnp.asarray(array) for array in kept])
    return state
