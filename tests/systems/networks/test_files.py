"""Networks in files: the same bits back, and a clear refusal of everything else."""

import json

import jax
import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from mesascope.core.errors import CannotLoad
from mesascope.systems.networks.files import FORMAT, load_network, save_network
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.networks.spec import KINDS, NetworkSpec

_make = jax.jit(make_network, static_argnums=0)


def _saved(tmp_path, kind="mlp"):
    network = _make(NetworkSpec(kind, (4, 3, 2), 3, width=5), jax.random.key(1))
    path = tmp_path / "network.safetensors"
    save_network(path, network)
    return network, path


def _metadata(path):
    with safe_open(str(path), framework="numpy") as file:
        return file.metadata()


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_comes_back_bit_for_bit(tmp_path, kind):
    network, path = _saved(tmp_path, kind)
    again = load_network(path)
    assert again.spec == network.spec
    assert jax.tree.structure(again) == jax.tree.structure(network)
    for new, old in zip(jax.tree.leaves(again), jax.tree.leaves(network), strict=True):
        np.testing.assert_array_equal(new, old)


def test_the_format_is_as_documented(tmp_path):
    _, path = _saved(tmp_path)
    assert _metadata(path)["format"] == "mesascope-network/1"
    assert json.loads(_metadata(path)["spec"])["width"] == 5
    assert load_file(path)["layers.0.weight"].shape == (24, 5)
    assert load_file(path)["head.bias"].shape == (4,)


@pytest.mark.parametrize("kept", [0, 4, 100, 500, -1])
def test_a_file_cut_short_is_refused(tmp_path, kept):
    _, path = _saved(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(CannotLoad, match="cut short"):
        load_network(path)


@pytest.mark.parametrize("kind", ["C64", "F16", "BF16", "I32", "F8_E4M3"])
def test_weights_of_another_kind_are_named(tmp_path, kind):
    _, path = _saved(tmp_path)
    size, rest = int.from_bytes(path.read_bytes()[:8], "little"), path.read_bytes()[8:]
    header = json.loads(rest[:size])
    name = "layers.0.weight"  # its bytes make a whole number of every kind
    begin, end = header[name]["data_offsets"]
    width = {"C64": 8, "I32": 4, "F8_E4M3": 1}.get(kind, 2)
    header[name] |= {"dtype": kind, "shape": [(end - begin) // width]}
    told = json.dumps(header).encode()
    path.write_bytes(len(told).to_bytes(8, "little") + told + rest[size:])
    with pytest.raises(CannotLoad, match=rf"{name} is .*`save_network`"):
        load_network(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CannotLoad, match=r"there is no file .*nothing"):
        load_network(tmp_path / "nothing")


def test_arrays_are_held_to_the_architecture(tmp_path):
    _, path = _saved(tmp_path)
    arrays, metadata = load_file(path), _metadata(path)
    save_file({**arrays, "head.bias": np.zeros(9, np.float32)}, path, metadata)
    with pytest.raises(CannotLoad, match=r"head.bias is float32 of shape \(9,\)"):
        load_network(path)
    save_file({**arrays, "head.bias": np.zeros(4, np.float64)}, path, metadata)
    with pytest.raises(CannotLoad, match=r"head\.bias is float64"):
        load_network(path)
    save_file({k: v for k, v in arrays.items() if k != "head.bias"}, path, metadata)
    with pytest.raises(CannotLoad, match=r"head\.bias is missing"):
        load_network(path)
    save_file({**arrays, "extra": np.zeros(1, np.float32)}, path, metadata)
    with pytest.raises(CannotLoad, match="extra is not part"):
        load_network(path)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ('{"kind": "mpl", "observation": [3], "actions": 2}', "Did you mean 'mlp'"),
        ('{"kind": "mlp"}', "cannot be read"),
        ("[]", "cannot be read"),
        ("__import__('os')", "cannot be read"),
        ('{"kind": "mlp", "observation": [3], "actions": -1}', "below 1"),
    ],
)
def test_an_architecture_that_is_none_is_refused(tmp_path, spec, says):
    _, path = _saved(tmp_path)
    save_file(load_file(path), path, {"format": FORMAT, "spec": spec})
    with pytest.raises(CannotLoad, match=says):
        load_network(path)


def test_another_format_is_refused(tmp_path):
    _, path = _saved(tmp_path)
    save_file(load_file(path), path, {"format": "other/2"})
    with pytest.raises(CannotLoad, match="'other/2'; 'mesascope-network/1' is expected"):
        load_network(path)
    save_file(load_file(path), path)
    with pytest.raises(CannotLoad, match="None"):
        load_network(path)
