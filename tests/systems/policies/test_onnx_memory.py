"""ONNX policies with a memory: graphs of our own, against NumPy, and on the command line."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mesascope.core.errors import CannotLoad, IllegalOutput
from mesascope.core.policy import RecurrentPolicy
from mesascope.systems.playing.environments import play_environment
from mesascope.systems.policies import load_policy
from tests.cli.inside import mesascope
from tests.cli.shell import document
from tests.systems.policies.models import need_extras

need_extras("onnx", "onnxruntime")

INPUTS, HIDDEN, ACTIONS = 3, 5, 2
LAKE = "FrozenLake-v1?is_slippery=False"
PATH = (1, 1, 2, 2, 1, 2)  # down, down, right, right, down, right: to the goal of the small lake


def saved(
    path: Path, nodes: list[Any], given: list[Any], after: list[Any], constants: Any = ()
) -> Path:
    """Write a graph; inputs and outputs are (name, element, shape)."""
    import onnx

    make = onnx.helper
    infos = [
        [make.make_tensor_value_info(n, getattr(onnx.TensorProto, e), s) for n, e, s in part]
        for part in (given, after)
    ]
    held = [onnx.numpy_helper.from_array(array, name) for name, array in dict(constants).items()]
    graph = make.make_graph([make.make_node(*n, **kw) for *n, kw in nodes], "g", *infos, held)
    opset = [make.make_opsetid("", 17)]
    onnx.save(make.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


def gru(path: Path, weights: dict[str, np.ndarray], batch: Any) -> Path:
    """Write a gated unit whose hidden state has the batch in the middle, and a tally before it."""
    nodes = [
        ("Unsqueeze", ["observations", "first"], ["x"], {}),
        ("GRU", ["x", "w", "r", "b", "", "state"], ["", "state_out"], {"hidden_size": HIDDEN}),
        ("Squeeze", ["state_out", "first"], ["h"], {}),
        ("MatMul", ["h", "v"], ["y"], {}),
        ("Add", ["tally", "one"], ["tally_out"], {}),
        ("Cast", ["tally_out"], ["count"], {"to": 1}),
        ("Mul", ["y", "count"], ["logits"], {}),
    ]
    states = [("tally", "INT64", [batch, 1]), ("state", "FLOAT", [1, batch, HIDDEN])]
    constants = {**weights, "first": np.array([0]), "one": np.array([1])}
    return saved(
        path,
        nodes,
        [("observations", "FLOAT", [batch, INPUTS]), *states],
        [("logits", "FLOAT", [batch, ACTIONS]), *[(f"{n}_out", e, s) for n, e, s in states]],
        constants,
    )


def drawn() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    shapes = {"w": (1, 3 * HIDDEN, INPUTS), "r": (1, 3 * HIDDEN, HIDDEN), "b": (1, 6 * HIDDEN)}
    shapes["v"] = (HIDDEN, ACTIONS)
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def by_hand(weights: dict[str, np.ndarray], seen: np.ndarray) -> np.ndarray:
    """Return the logits of one episode, (T, A): the unit as ONNX defines it, gates z, r, h."""
    wz, wr, wh = weights["w"][0].reshape(3, HIDDEN, INPUTS)
    rz, rr, rh = weights["r"][0].reshape(3, HIDDEN, HIDDEN)
    bz, br, bh, cz, cr, ch = weights["b"][0].reshape(6, HIDDEN)
    h, logits = np.zeros(HIDDEN), []
    for count, x in enumerate(seen, start=1):
        z = 1 / (1 + np.exp(-(wz @ x + rz @ h + bz + cz)))
        r = 1 / (1 + np.exp(-(wr @ x + rr @ h + br + cr)))
        h = (1 - z) * np.tanh(wh @ x + rh @ (r * h) + bh + ch) + z * h
        logits.append(count * (h @ weights["v"]))
    return np.array(logits)


@pytest.mark.parametrize("batch", ["N", None, 1])
def test_a_gated_unit_answers_as_numpy_does(batch: Any, tmp_path: Path) -> None:
    weights = drawn()
    policy = load_policy(gru(tmp_path / "m.onnx", weights, batch))
    assert isinstance(policy, RecurrentPolicy)
    assert "tally, state to be its memory" in policy.provenance
    seen = np.random.default_rng(1).normal(size=(4, 6, INPUTS)).astype(np.float32)
    carry = policy.reset(4)
    found = []
    for time in range(6):
        if time == 3:  # the second and last episode begin anew
            carry = policy.forget(carry, np.array([False, True, False, True]))
        logits, carry = policy.step(seen[:, time], carry)
        found.append(logits)
    answers = np.stack(found, axis=1)
    for row in range(4):
        parts = [seen[row]] if row % 2 == 0 else [seen[row, :3], seen[row, 3:]]
        expected = np.concatenate([by_hand(weights, part) for part in parts])
        np.testing.assert_allclose(answers[row], expected, atol=1e-4)


def counting(path: Path) -> Path:
    """Write a policy that goes to the goal by counting its steps, whatever it sees."""
    table = np.where(np.eye(4)[list(PATH)] > 0, 60.0, 0.0).astype(np.float32)
    nodes = [
        ("Gather", ["table", "count"], ["chosen"], {"axis": 0}),
        ("Cast", ["observations"], ["float"], {"to": 1}),
        ("Mul", ["float", "none"], ["nothing"], {}),
        ("Unsqueeze", ["nothing", "last"], ["column"], {}),
        ("Add", ["chosen", "column"], ["logits"], {}),
        ("Add", ["count", "one"], ["more"], {}),
        ("Min", ["more", "end"], ["count_out"], {}),
    ]
    constants = {"table": table, "none": np.float32(0), "last": np.array([1])}
    constants |= {"one": np.int64(1), "end": np.int64(len(PATH) - 1)}
    return saved(
        path,
        nodes,
        [("observations", "INT64", ["N"]), ("count", "INT64", ["N"])],
        [("logits", "FLOAT", ["N", 4]), ("count_out", "INT64", ["N"])],
        {name: np.asarray(array) for name, array in constants.items()},
    )


def test_memory_is_carried_in_play_and_forgotten_between_episodes(tmp_path: Path) -> None:
    policy = load_policy(counting(tmp_path / "m.onnx"))
    seen = play_environment(policy, LAKE, ["reward"], levels=7, discount=0.5, beside=3)
    np.testing.assert_allclose(seen.returns, 0.5 ** (len(PATH) - 1))
    assert seen.action.tolist() == [*PATH] * 7


WORLD = """
import gymnasium

def lake():
    env = gymnasium.make("FrozenLake-v1", is_slippery=False)
    env.unwrapped.lock = (one for one in "ab")  # no copies, so no graphs, which take long
    return env
"""


def test_it_is_audited_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counting(tmp_path / "m.onnx")
    (tmp_path / "brought_lake.py").write_text(WORLD)
    options = ["--env", "brought_lake:lake", "--levels", "3", "--json"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    done = mesascope("audit", "m.onnx", *options)
    assert done.returncode == 0, done.stderr
    told = document(done.stdout)
    assert "count to be its memory" in str(told["ledger"])
    (trained,) = told["distributions"]
    assert trained["goals"][0]["returns"]["estimate"] == pytest.approx(0.99 ** (len(PATH) - 1))


FRAME = ("observations", "FLOAT", ["N", 2])
LOGITS = ("logits", "FLOAT", ["N", 2])


@pytest.mark.parametrize(
    ("given", "after", "made", "says"),
    [
        (
            ["N", 4],
            ["N", 8],
            ("Concat", ["h", "h"], {"axis": 1}),
            "as h, .* 4], .* out as k, .* 8]",
        ),
        (["N", 4], ["N", 4], ("Cast", ["h"], {"to": 11}), r"as h, .* out as k, a tensor\(double"),
        (["N", 4], [1, "N", 4], ("Unsqueeze", ["h", "first"], {}), "as h, .* out as k, .* 4]"),
        ([1, 4], [1, 4], ("Identity", ["h"], {}), "memory h .* one axis without a size"),
        (["N", "M"], ["N", "M"], ("Identity", ["h"], {}), "memory h .* one axis without a size"),
        (["N", 4], None, None, r"2 inputs \(observations, h\) and 1 output \(logits\)"),
    ],
)
def test_memories_that_do_not_fit_are_named(
    given: list[Any], after: list[Any] | None, made: Any, says: str, tmp_path: Path
) -> None:
    nodes = [("Identity", ["observations"], ["logits"], {})]
    outputs = [LOGITS]
    if after is not None:
        name, inputs, options = made
        nodes.append((name, inputs, ["k"], options))
        outputs.append(("k", "DOUBLE" if name == "Cast" else "FLOAT", after))
    inputs = [FRAME, ("h", "FLOAT", given)]
    path = saved(tmp_path / "m.onnx", nodes, inputs, outputs, {"first": np.array([0])})
    with pytest.raises(CannotLoad, match=says):
        load_policy(path)


def test_a_memory_that_shrinks_is_told_when_it_does(tmp_path: Path) -> None:
    nodes = [
        ("Identity", ["observations"], ["logits"], {}),
        ("Compress", ["h", "some"], ["k"], {"axis": 1}),
    ]
    inputs = [FRAME, ("h", "FLOAT", ["N", 4])]
    outputs = [LOGITS, ("k", "FLOAT", ["N", "M"])]
    some = {"some": np.array([True, False, True, False])}
    policy = load_policy(saved(tmp_path / "m.onnx", nodes, inputs, outputs, some))
    assert isinstance(policy, RecurrentPolicy)
    with pytest.raises(IllegalOutput, match=r"h of shape \(2, 4\) came out as k of shape \(2, 2\)"):
        policy.step(np.zeros((2, 2)), policy.reset(2))
