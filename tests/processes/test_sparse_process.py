"""A sparse process is the dense one, however it is made, and refuses what that refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse as scipy_sparse

from mesascope.core.errors import BadRequest
from mesascope.processes import BadArray, NoTermination, Process, expected, sparse
from mesascope.processes.sparse import SparseProcess
from tests.processes.worlds import garnet, garnets

WORLD = garnet(0, states=4, actions=2, ends=1)
Parts = dict[str, np.ndarray]


def parts() -> Parts:
    """Two states and an end; state 1 does the same whatever is done."""
    return {
        "state": np.array([0, 0, 0, 1, 1]),
        "action": np.array([0, 0, 1, 0, 1]),
        "next_state": np.array([1, 2, 0, 2, 2]),
        "probability": np.array([0.25, 0.75, 1.0, 1.0, 1.0]),
    }


def same(one: Process, other: Process) -> None:
    np.testing.assert_allclose(one.transition, other.transition, atol=1e-15)
    np.testing.assert_allclose(one.initial, other.initial, atol=1e-15)
    np.testing.assert_array_equal(one.terminal, other.terminal)
    assert one.discount == other.discount


@settings(max_examples=30)
@given(world=garnets())
def test_every_way_to_make_one_makes_the_same(
    world: tuple[Process, np.random.Generator],
) -> None:
    process, rng = world
    s, a = process.states, process.actions
    rest = {"initial": process.initial, "terminal": process.terminal}
    first = sparse.from_dense(process)
    same(first.dense(), process)
    matrix = scipy_sparse.coo_array(process.transition.reshape(s * a, s))
    for made in (matrix, matrix.tocsc(), scipy_sparse.csr_matrix(matrix)):
        same(sparse.from_matrix(made, process.discount, **rest).dense(), process)
    order = rng.permutation(first.transitions)
    shuffled = SparseProcess.of(
        first.state[order],
        first.action[order],
        first.next_state[order],
        first.probability[order],
        process.discount,
        shape=(s, a),
        **rest,
    )
    same(shuffled.dense(), process)
    assert (np.diff(shuffled.pair) >= 0).all()


def test_what_is_stored() -> None:
    process = SparseProcess.of(**parts(), discount=0.5, terminal=[2])
    assert (process.states, process.actions, process.transitions) == (3, 2, 5)
    assert process.state.tolist() == [0, 0, 0, 1, 1]
    assert process.action.tolist() == [0, 0, 1, 0, 1]
    assert process.initial.tolist() == [0.5, 0.5, 0.0]
    assert process.longest_row == 2
    # 16 bytes a transition, and what is kept for each state.
    arrays = process.pair, process.next_state, process.probability
    assert sum(array.nbytes for array in arrays) == 16 * 5
    assert process.matrix.shape == (6, 3)


def test_rows_are_rescaled_and_those_of_ends_are_not_looked_at() -> None:
    given_parts = parts()
    given_parts["probability"] = np.array([0.25, 0.75 + 9e-7, 1.0, np.nan, -4.0])
    process = SparseProcess.of(**given_parts, shape=(3, 2), terminal=[1, 2])
    assert process.probability[:2].sum() == pytest.approx(1.0, abs=1e-15)
    assert process.probability[3:].tolist() == [0.0, 0.0]
    assert process.transitions == 5


def test_the_same_transition_may_be_listed_twice() -> None:
    process = SparseProcess.of([0, 0, 1], [0, 0, 0], [1, 1, 1], [0.25, 0.75, 1], terminal=[1])
    assert process.transitions == 3
    assert process.dense().transition[0, 0].tolist() == [0.0, 1.0]
    assert sparse.expected(process, [8.0, 4.0, 9.0]).tolist() == [[5.0], [0.0]]


def test_the_order_of_storage_is_that_of_lexsort() -> None:
    rng = np.random.default_rng(0)
    first = sparse.from_dense(WORLD)
    shuffle = rng.permutation(first.transitions)
    columns = [x[shuffle] for x in (first.state, first.action, first.next_state)]
    process = SparseProcess.of(*columns, first.probability[shuffle], shape=(4, 2), terminal=[3])
    order = np.lexsort((columns[1], columns[0]))
    np.testing.assert_array_equal(process.next_state, columns[2][order])


def test_successors() -> None:
    table = np.array([[1, 0], [2, 1], [7, -1]])
    process = sparse.from_successors(table, 0.9, terminal=[2])
    assert process.transitions == 4
    assert process.dense().transition[1, 0].tolist() == [0.0, 0.0, 1.0]

    def ring(state: np.ndarray, action: int) -> np.ndarray:
        return (state + 2 * action - 1) % len(state)

    around = sparse.from_successors(ring, shape=(5, 2))
    assert around.next_state.reshape(5, 2).tolist() == [[4, 1], [0, 2], [1, 3], [2, 4], [3, 0]]


@settings(max_examples=30)
@given(world=garnets())
def test_rewards_of_every_shape(world: tuple[Process, np.random.Generator]) -> None:
    process, rng = world
    s, a = process.states, process.actions
    listed = sparse.from_dense(process)
    for reward in (rng.normal(size=s), rng.normal(size=(s, a))):
        if reward.shape != (listed.transitions,):
            np.testing.assert_allclose(
                sparse.expected(listed, reward), expected(process, reward), atol=1e-14
            )
    whole = rng.normal(size=(s, a, s))
    each = whole[listed.state, listed.action, listed.next_state]
    if each.shape != (s,):
        np.testing.assert_allclose(
            sparse.expected(listed, each), expected(process, whole), atol=1e-14
        )


def test_a_list_that_can_be_read_twice_is_refused() -> None:
    process = SparseProcess.of([0, 0], [0, 0], [0, 1], [0.5, 0.5], terminal=[1])
    assert sparse.expected(process, [3.0, 3.0]).tolist() == [[3.0], [0.0]]
    with pytest.raises(BadArray, match=r"there are 2 states and as many transitions"):
        sparse.expected(process, [3.0, 4.0])


@pytest.mark.parametrize(
    ("name", "index", "value", "message"),
    [
        ("state", 1, -1, r"^state\[1\] is -1, and 0 is the first"),
        ("action", 4, -2, r"^action\[4\] is -2"),
        ("next_state", 0, -1, r"^next_state\[0\] is -1"),
        ("probability", 2, np.nan, r"^probability\[2\] is nan, and every value must be finite"),
        ("probability", 0, np.inf, r"^probability\[0\] is inf"),
        ("probability", 3, -0.5, r"^probability\[3\] is -0.5, and a probability cannot be neg"),
        ("probability", 0, 0.2, r"^probability of state 0, action 0 sums to 0.95, and a distr"),
    ],
)
def test_values_that_are_refused(name: str, index: int, value: float, message: str) -> None:
    given_parts = parts()
    given_parts[name][index] = value
    with pytest.raises(BadArray, match=message) as caught:
        SparseProcess.of(**given_parts, terminal=[2])
    assert caught.value.array == name


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("state", np.zeros(5), r"^state has dtype float64, and integers are expected"),
        ("state", np.array(list("abcde")), r"^state has dtype <U1"),
        ("action", np.zeros(5, object), r"^action has dtype object"),
        ("next_state", np.zeros(5, bool), r"^next_state has dtype bool"),
        ("next_state", np.zeros((5, 1), int), r"^next_state has shape \(5, 1\), and \(N,\)"),
        ("action", np.zeros(4, int), r"^action has shape \(4,\), and \(5,\), one for each"),
        ("probability", np.ones(6), r"^probability has shape \(6,\), and \(5,\), one for each"),
        ("probability", np.array(list("abcde")), r"^probability has dtype <U1"),
        ("state", np.zeros(0, int), r"^state is empty. Give at least one transition"),
    ],
)
def test_arrays_that_are_refused(name: str, array: np.ndarray, message: str) -> None:
    with pytest.raises(BadArray, match=message):
        SparseProcess.of(**(parts() | {name: array}), terminal=[2])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"terminal": None},
            r"probability of state 2, action 0 sums to 0, .*List every transition",
        ),
        ({"terminal": [True] * 3}, r"terminal holds every state"),
        ({"terminal": [3]}, r"terminal\[0\] is 3, and states are 0 to 2"),
        ({"initial": [0, 0, 1]}, r"initial lies on terminal states only"),
        ({"initial": [0.5, 0.6, 0]}, r"initial sums to 1.1"),
        ({"initial": [1.0]}, r"initial has shape \(1,\), and \(3,\), one for each state"),
        ({"shape": (2, 2)}, r"next_state\[1\] is 2, and it must be from 0 to 1"),
        ({"shape": (3, 1)}, r"action\[2\] is 1, and it must be from 0 to 0"),
        ({"shape": (3, 3)}, r"probability of state 0, action 2 sums to 0"),
    ],
)
def test_the_rest_is_checked_too(more: dict[str, object], message: str) -> None:
    with pytest.raises(BadArray, match=message):
        SparseProcess.of(**parts(), **({"terminal": [2]} | more))


def test_requests_that_make_no_sense() -> None:
    for discount in (-0.1, 1.5, np.nan):
        with pytest.raises(BadRequest, match="discount is"):
            SparseProcess.of(**parts(), discount=discount, terminal=[2])
    with pytest.raises(BadRequest, match="at least 1, not 0"):
        SparseProcess.of(**parts(), shape=(0, 2))
    with pytest.raises(BadRequest, match=r"shape=\(S, A\) has to say"):
        sparse.from_successors(lambda s, a: s)
    with pytest.raises(BadRequest, match="stops after 3 steps"):
        sparse.from_dense(Process.of(WORLD.transition, terminal=[3], horizon=3))


@pytest.mark.parametrize(
    ("given_rows", "message"),
    [
        (np.eye(2), r"transition is a ndarray, and a SciPy sparse matrix is expected"),
        (scipy_sparse.eye_array(3, 2), r"transition has shape \(3, 2\), and \(S A, S\)"),
        (scipy_sparse.csr_array((0, 2)), r"transition has shape \(0, 2\)"),
        (scipy_sparse.csr_array(np.diag([1.0, -1.0])), r"^transition\[1, 1\] is -1.0"),
        (scipy_sparse.csr_array(np.diag([np.inf, 1.0])), r"^transition\[0, 0\] is inf"),
        (scipy_sparse.csr_array(np.diag([1.0, 0.5])), r"state 1, action 0 sums to 0.5"),
        (scipy_sparse.csr_array(np.diag([1.0, 1j])), r"dtype complex128"),
    ],
)
def test_matrices_that_are_refused(given_rows: object, message: str) -> None:
    with pytest.raises(BadArray, match=message):
        sparse.from_matrix(given_rows)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[0, 1], [2, 0]], r"^successor\[1, 0\] is 2, and states are 0 to 1"),
        ([[0, -1], [0, 0]], r"^successor\[0, 1\] is -1"),
        ([[0.0, 1.0], [1.0, 0.0]], r"successor has shape \(2, 2\) and dtype float64"),
        ([0, 1], r"successor has shape \(2,\), and \(S, A\) is expected"),
        (np.zeros((0, 2), int), r"successor has shape \(0, 2\)"),
    ],
)
def test_successors_that_are_refused(table: object, message: str) -> None:
    with pytest.raises(BadArray, match=message):
        sparse.from_successors(table)
    with pytest.raises(BadArray, match=r"successor\(states, 0\) has shape \(\)"):
        sparse.from_successors(lambda s, a: 0, shape=(3, 2))


@pytest.mark.parametrize(
    ("reward", "message"),
    [
        (np.zeros(3), r"reward has shape \(3,\), and \(4,\), \(4, 2\) or \(\d+,\) is expected"),
        (np.zeros((4, 3)), r"reward has shape \(4, 3\)"),
        ([0.0, np.nan, 0.0, 0.0], r"^reward\[1\] is nan"),
        (np.full((4, 2), "a"), r"^reward has dtype <U1"),
    ],
)
def test_rewards_that_are_refused(reward: object, message: str) -> None:
    with pytest.raises(BadArray, match=message):
        sparse.expected(sparse.from_dense(WORLD), reward)


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6))
def test_termination_is_told_as_by_the_dense_process(seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = np.zeros((6, 2, 6))
    for s in range(6):
        for a in range(2):
            rows[s, a, rng.permutation(6)[: rng.integers(1, 4)]] = 1.0
    rows /= rows.sum(axis=2, keepdims=True)
    terminal = rng.permutation(6)[: rng.integers(1, 5)]
    listed = sparse.from_dense(Process.of(rows, 0.9, terminal=terminal))
    raised = []
    for make in (
        lambda: Process.of(rows, 1.0, terminal=terminal),
        lambda: sparse.from_matrix(listed.matrix, 1.0, terminal=terminal),
    ):
        try:
            make()
            raised.append(None)
        except NoTermination as error:
            raised.append(str(error))
    assert raised[0] == raised[1]


def test_a_long_chain_is_seen_to_end_and_a_loop_in_it_not_to() -> None:
    size = 3000
    table = np.minimum(np.arange(size) + 1, size - 1)[:, None]
    assert sparse.from_successors(table, 1.0, terminal=[size - 1]).discount == 1.0
    table[2000] = 1990
    with pytest.raises(NoTermination, match="takes action 0 in state 0 can go on for ever"):
        sparse.from_successors(table, 1.0, terminal=[size - 1])
    with pytest.raises(NoTermination):
        sparse.from_successors(table, 1.0)
