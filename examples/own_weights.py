"""A network of your own, written so that `mesascope audit` reads it: an Equinox MLP."""

import json

import equinox as eqx
import jax
import numpy as np
from safetensors.numpy import save_file

from mesascope.systems.policies import load_policy

ACTIONS, WIDTH, DEPTH = 3, 8, 2
own = eqx.nn.MLP(4, ACTIONS, WIDTH, DEPTH, activation=jax.nn.relu, key=jax.random.key(0))

arrays = {}
for number, layer in enumerate(own.layers):
    name = "head" if number == DEPTH else f"layers.{number}"
    arrays[f"{name}.weight"] = np.asarray(layer.weight).T  # (inputs, outputs)
    arrays[f"{name}.bias"] = np.asarray(layer.bias)
for name in ("head.weight", "head.bias"):  # the last output is a value, and never looked at
    arrays[name] = np.pad(arrays[name], [(0, 0)] * (arrays[name].ndim - 1) + [(0, 1)])

spec = {"kind": "mlp", "observation": [4], "actions": ACTIONS, "width": WIDTH, "depth": DEPTH}
metadata = {"format": "mesascope-network/1", "spec": json.dumps(spec)}
arrays = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}
save_file(arrays, "own.safetensors", metadata)

policy = load_policy("own.safetensors")
observations = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
same = np.allclose(policy(observations), jax.vmap(own)(observations), atol=1e-5)
for name, array in sorted(arrays.items()):
    print(f"{name:<16} {array.shape}")
print(f"the file answers as the network does: {same}")
