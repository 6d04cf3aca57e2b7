"""What is known of a policy before it is asked, whatever it is brought as."""

from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

from mesascope.core.errors import CannotLoad
from mesascope.core.interface import UNKNOWN, Interface
from mesascope.systems.networks.files import save_network
from mesascope.systems.networks.kinds import make_network
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.networks.spec import NetworkSpec
from mesascope.systems.policies import export_onnx, from_actions, load_policy
from tests.systems.policies.models import images, load_plain, need_extras, save_model
from tests.systems.policies.test_load import graph

need_extras()


@pytest.mark.parametrize(
    ("kind", "env", "known"),
    [
        ("PPO", "CartPole-v1", Interface(((4,),), 2)),
        ("DQN", "CartPole-v1", Interface(((4,),), 2)),
        ("A2C", "FrozenLake-v1", Interface(((),), 4)),
        ("A2C", images(7, 8), Interface(((3, 7, 8), (7, 8, 3)), 6)),
    ],
)
def test_models_and_their_files_say_it(
    kind: str, env: Any, known: Interface, tmp_path: Path
) -> None:
    model, path = save_model(tmp_path, kind, env)
    exported = export_onnx(model, tmp_path / "model.onnx")
    for source, trust in ((path, False), (path, True), (model, False), (exported, False)):
        found = load_plain(source, trust=trust).interface
        assert found == known
        for shape in known.shapes:
            example = np.zeros((2, *shape), np.int64 if shape == () else np.float32)
            policy: Any = load_plain(source, trust=trust)
            answer = np.asarray(policy(example))
            assert answer.shape == (2, known.actions), "what is said is so"


def test_axes_of_an_onnx_model_without_a_size_take_any(tmp_path: Path) -> None:
    found = load_policy(graph(tmp_path / "m.onnx", ["N", "many"])).interface
    assert found == Interface(((None,),), None)
    assert found.takes((5,))
    assert not found.takes((5, 5))
    assert load_policy(graph(tmp_path / "n.onnx", ["N", 3])).interface == Interface(((3,),), 3)


@pytest.mark.parametrize("kind", ["conv", "gru"])
def test_networks_of_ours_say_it(kind: str, tmp_path: Path) -> None:
    network = make_network(NetworkSpec(kind, (4, 5, 2), 3, 8, 1), jax.random.key(0))
    save_network(tmp_path / "m.safetensors", network)
    for source in (tmp_path / "m.safetensors", network, as_policy(network)):
        assert load_policy(source).interface == Interface(((4, 5, 2),), 3)


def test_functions_say_nothing_but_how_many_actions_were_told() -> None:
    assert load_policy(lambda x: x).interface == UNKNOWN
    assert load_policy(from_actions(lambda x: x, 3)).interface == Interface((), 3)


def test_statistics_are_of_the_shape_that_is_seen(tmp_path: Path) -> None:
    for name, size in (("same", 4), ("other", 5)):
        numbers: Any = {"mean": np.zeros(size), "var": np.ones(size), "epsilon": 1e-8, "clip": 10.0}
        np.savez(tmp_path / f"{name}.npz", **numbers)
    _, path = save_model(tmp_path, "PPO")
    known = load_policy(path, normalise=tmp_path / "same.npz").interface
    assert known == Interface(((4,),), 2)
    with pytest.raises(CannotLoad, match=r"other\.npz .*\(5,\).* takes \(4,\).*own training"):
        load_policy(path, normalise=tmp_path / "other.npz")
