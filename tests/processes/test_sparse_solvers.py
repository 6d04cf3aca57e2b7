"""The sparse solvers against the dense ones, linear programs and their own certificates."""

import numpy as np
import pytest
from hypothesis import given, settings

from mesascope.core.errors import BadRequest
from mesascope.processes import BadArray, NoTermination, Process, sparse
from mesascope.processes import evaluate as dense_evaluate
from mesascope.processes import plan as dense_plan
from mesascope.processes import soft as dense_soft
from mesascope.processes.sparse import NotSettled, SparseProcess, settle
from tests.processes.worlds import (
    best_occupancy,
    garnet,
    garnets,
    plan_by_linear_program,
    policy_of,
    reward_of,
)

World = tuple[Process, np.random.Generator]
ROUNDING = 1e-9  # what the dense solvers and linear programs may add to the bound


def within(found: np.ndarray, true: np.ndarray, bound: np.ndarray) -> None:
    scale = 1.0 + np.abs(true).max()
    assert np.abs(found - true).max() <= float(bound) + ROUNDING * scale
    assert float(bound) <= 1e-6 * scale


@settings(max_examples=40)
@given(world=garnets())
def test_plans_are_those_of_the_dense_process(world: World) -> None:
    process, rng = world
    r = reward_of(process, rng)
    listed, true = sparse.from_dense(process), dense_plan.plan(process, r)
    found = sparse.plan(listed, r)
    within(found.values, true.values, found.bound)
    within(found.quality, true.quality, found.bound)
    within(found.values, plan_by_linear_program(process, r), found.bound + 1e-6)
    live = ~process.terminal
    np.testing.assert_array_equal(found.best[live], true.best[live])
    greedy = np.eye(process.actions)[found.actions]
    gained = dense_evaluate.evaluate(process, r, greedy)
    assert (true.values - gained).max() <= 2 * found.bound + ROUNDING


@settings(max_examples=30)
@given(world=garnets())
def test_soft_policies_are_those_of_the_dense_process(world: World) -> None:
    process, rng = world
    r, rationality = reward_of(process, rng), float(rng.choice([-2.0, 0.0, 1.0, 30.0]))
    found = sparse.soften(sparse.from_dense(process), r, rationality)
    true = dense_soft.soften(process, r, rationality)
    within(found.values, true.values, found.bound)
    within(found.quality, true.quality, found.bound)
    np.testing.assert_allclose(found.policy, true.policy, atol=2 * found.bound + ROUNDING)


@settings(max_examples=30)
@given(world=garnets())
def test_values_and_visits_are_those_of_the_dense_process(world: World) -> None:
    process, rng = world
    listed, r, policy = sparse.from_dense(process), reward_of(process, rng), policy_of(process, rng)
    if rng.random() < 0.5:
        policy = np.eye(process.actions)[rng.integers(0, process.actions, process.states)]
    found = sparse.evaluate(listed, r, policy)
    within(found.values, dense_evaluate.evaluate(process, r, policy), found.bound)
    visits, true = sparse.occupancy(listed, policy), dense_evaluate.occupancy(process, policy)
    assert np.abs(visits.visits - true).sum() <= visits.bound + ROUNDING * (1.0 + true.sum())
    np.testing.assert_array_equal(visits.visits > 0.0, true > 0.0)
    value = float(sparse.expected_return(listed, r, policy))
    assert abs(value - dense_evaluate.expected_return(process, r, policy)) <= found.bound + ROUNDING
    assert abs((visits.visits * r).sum() - value) <= (
        visits.bound * np.abs(r).max() + found.bound + ROUNDING
    )


@pytest.mark.parametrize(("ends", "discount"), [(0, 0.95), (1, 1.0)])
def test_a_batch_is_its_members(ends: int, discount: float) -> None:
    process = garnet(1, discount=discount, ends=ends)
    listed, rng = sparse.from_dense(process), np.random.default_rng(1)
    # Sizes differ, so that members are done at different times.
    sizes = np.array([1e-6, 1.0, 1e6])
    r = np.stack([reward_of(process, rng) for _ in range(3)], axis=2) * sizes
    policy = np.stack([policy_of(process, rng) for _ in range(3)], axis=2)
    plans, softs = sparse.plan(listed, r), sparse.soften(listed, r, 0.1)
    each = sparse.evaluate(listed, r, policy)
    shared = sparse.evaluate(listed, r, policy[:, :, 0])
    many = sparse.evaluate(listed, r[:, :, 1], policy)
    visits = sparse.occupancy(listed, policy)
    for i, size in enumerate(sizes):
        one, own = r[:, :, i], policy[:, :, i]
        for found, true in (
            (plans, dense_plan.plan(process, one).values),
            (softs, dense_soft.soften(process, one, 0.1).values),
            (each, dense_evaluate.evaluate(process, one, own)),
            (shared, dense_evaluate.evaluate(process, one, policy[:, :, 0])),
            (many, dense_evaluate.evaluate(process, r[:, :, 1], own)),
        ):
            room = found.bound[i] + ROUNDING * np.abs(true).max()
            assert np.abs(found.values[:, i] - true).max() <= room
            assert found.bound[i] <= 1e-9 * max(size * 10, np.abs(true).max())
        true = dense_evaluate.occupancy(process, own)
        assert np.abs(visits.visits[:, :, i] - true).sum() <= visits.bound[i] + ROUNDING
        assert plans.best[:, :, i].shape == plans.policy[:, :, i].shape == one.shape
    returns = sparse.expected_return(listed, r, policy)
    np.testing.assert_allclose(returns, process.initial @ each.values, rtol=1e-12)


@pytest.mark.parametrize("tolerance", [1e-2, 1e-10])
@pytest.mark.parametrize(("ends", "discount"), [(0, 0.99), (2, 0.99), (1, 1.0)])
def test_bounds_hold_whatever_was_asked_for(tolerance: float, ends: int, discount: float) -> None:
    for seed in range(3):
        process = garnet(seed, states=30, actions=3, discount=discount, ends=ends)
        listed, r = sparse.from_dense(process), reward_of(process, np.random.default_rng(seed))
        true = dense_plan.plan(process, r).values
        found = sparse.plan(listed, r, tolerance=tolerance)
        size = max(np.abs(r).max(), np.abs(true).max())
        assert found.bound <= tolerance * size * (1 + tolerance)
        assert np.abs(found.values - true).max() <= found.bound + 1e-13 * size
        greedy = dense_evaluate.evaluate(process, r, np.eye(3)[found.actions])
        assert (true - greedy).max() <= 2 * found.bound + 1e-13 * size
        soft, calm = dense_soft.soften(process, r), sparse.soften(listed, r, tolerance=tolerance)
        room = calm.bound + 1e-13 * np.abs(soft.values).max()
        assert np.abs(calm.values - soft.values).max() <= room
        visits = sparse.occupancy(listed, soft.policy, tolerance=tolerance)
        gap = np.abs(visits.visits - dense_evaluate.occupancy(process, soft.policy)).sum()
        assert gap <= visits.bound + 1e-13 * visits.visits.sum()


def test_a_span_is_seen_where_no_state_is_terminal() -> None:
    """A random process forgets where it started: far fewer sweeps than log 1e-9 / log γ."""
    listed = sparse.from_dense(garnet(2, states=60, actions=3, discount=0.9999, branch=8))
    assert sparse.plan(listed, np.random.default_rng(2).normal(size=(60, 3))).products < 200


@pytest.mark.parametrize(("name", "value"), [("_ENOUGH", -1.0), ("_PATIENCE", -1)])
@pytest.mark.parametrize(("ends", "discount"), [(0, 0.9), (1, 1.0)])
def test_without_newton_steps_the_answer_is_the_same(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float, ends: int, discount: float
) -> None:
    process = garnet(3, discount=discount, ends=ends)
    listed, r = sparse.from_dense(process), reward_of(process, np.random.default_rng(3))
    policy = np.full((6, 3), 1 / 3)
    solvers = (
        lambda: sparse.plan(listed, r).values,
        lambda: sparse.soften(listed, r).values,
        lambda: sparse.evaluate(listed, r, policy).values,
        lambda: sparse.occupancy(listed, policy).visits,
    )
    before = [solver() for solver in solvers]
    monkeypatch.setattr(settle, name, value)
    for solver, first in zip(solvers, before, strict=True):
        np.testing.assert_allclose(solver(), first, atol=1e-7)


@pytest.mark.parametrize("discount", [1 - 1e-4, 1 - 1e-6])
def test_discounts_close_to_one(discount: float) -> None:
    process = garnet(4, states=20, discount=discount, ends=1)
    listed, r = sparse.from_dense(process), reward_of(process, np.random.default_rng(4))
    found = sparse.plan(listed, r, tolerance=1e-6)
    assert np.abs(found.values - dense_plan.plan(process, r).values).max() <= found.bound


def test_a_state_that_many_lead_to_and_one_that_leads_to_many() -> None:
    size = 20_000
    leads = np.concatenate([np.arange(size), np.zeros(size - 1, int)])
    leaves = np.concatenate([np.zeros(size, int), np.arange(1, size)])
    chance = np.concatenate([np.full(size, 1 / size), np.ones(size - 1)])
    process = SparseProcess.of(leaves, np.zeros(len(leaves), int), leads, chance, 0.9)
    reward = np.random.default_rng(0).normal(size=size)
    # V[0] = r[0] + γ mean V and V[s] = r[s] + γ V[0] elsewhere: one unknown.
    g, n = 0.9, size
    hub = (reward[0] + g * reward[1:].sum() / n) / (1 - g / n - g * g * (n - 1) / n)
    true = reward + g * hub
    true[0] = hub
    policy = np.ones((size, 1))
    found = sparse.evaluate(process, reward, policy)
    assert np.abs(found.values - true).max() <= found.bound <= 1e-8
    visits = sparse.occupancy(process, policy).visits
    assert (visits[:, 0] * reward).sum() == pytest.approx(true.mean(), abs=1e-8)


def slippery(side: int, discount: float, goal: bool) -> tuple[SparseProcess, np.ndarray]:
    row, column = np.divmod(np.arange(side * side), side)
    ahead = [
        np.clip(row + d, 0, side - 1) * side + np.clip(column + r, 0, side - 1)
        for d, r in ((0, 1), (1, 0), (0, -1), (-1, 0))
    ]
    to = np.stack(ahead, axis=1)
    leads = np.stack([to, np.roll(to, 1, axis=1), np.roll(to, -1, axis=1)], axis=2)
    pair = np.repeat(np.arange(4 * side * side), 3)
    chance = np.tile([0.8, 0.1, 0.1], 4 * side * side)
    ends = [side * side // 2 + side // 2] if goal else None
    process = SparseProcess.of(pair // 4, pair % 4, leads.ravel(), chance, discount, terminal=ends)
    rng = np.random.default_rng(0)
    shape = (side * side, 4)
    return process, -np.ones(shape) if goal else rng.normal(size=shape)


@pytest.mark.parametrize("goal", [True, False])
def test_a_square_of_ten_thousand_against_plain_sweeps(goal: bool) -> None:
    process, r = slippery(100, 0.9, goal)
    step = process.matrix
    step.data *= 0.9 * ~process.terminal[step.indices]
    r = sparse.expected(process, r)
    hard, soft = np.zeros(10_000), np.zeros(10_000)
    for _ in range(240):  # 0.9 ** 240 is 1e-11
        hard = (r + (step @ hard).reshape(-1, 4)).max(axis=1)
        soft = np.logaddexp.reduce(r + (step @ soft).reshape(-1, 4), axis=1)
    found, calm = sparse.plan(process, r), sparse.soften(process, r)
    assert np.abs(found.values - hard).max() <= found.bound + 1e-8
    assert np.abs(calm.values - soft).max() <= calm.bound + 1e-8
    again = sparse.evaluate(process, r, np.eye(4)[found.actions])
    assert np.abs(again.values - found.values).max() <= 2 * found.bound + again.bound
    visits = sparse.occupancy(process, np.eye(4)[found.actions]).visits
    assert (visits * r).sum() == pytest.approx(process.initial @ found.values, abs=1e-7)


def test_without_discount_the_way_to_the_goal_is_counted() -> None:
    """Cells of a square from which every move leads towards one corner, or stays at the edge."""
    process, _ = slippery(5, 0.5, True)
    with pytest.raises(NoTermination, match="go on for ever"):
        SparseProcess.of(
            process.state, process.action, process.next_state, process.probability, 1.0,
            terminal=process.terminal,
        )  # fmt: skip
    size = 500
    table = np.stack([np.arange(1, size + 1), np.arange(2, size + 2)], axis=1)
    table = np.vstack([np.minimum(table, size), [size, size]])
    chain = sparse.from_successors(table, 1.0, terminal=[size])
    longest = sparse.plan(chain, np.ones((size + 1, 2)))
    shortest = sparse.plan(chain, -np.ones((size + 1, 2)))
    np.testing.assert_allclose(longest.values, np.arange(size, -1, -1), atol=1e-9)
    np.testing.assert_allclose(-shortest.values, (np.arange(size, -1, -1) + 1) // 2, atol=1e-9)


def test_optimal_returns_are_those_of_the_dual() -> None:
    process = garnet(5, states=20, actions=3, discount=0.9, ends=1)
    r = reward_of(process, np.random.default_rng(5))
    found = sparse.plan(sparse.from_dense(process), r)
    value, flow = best_occupancy(process, r)
    assert process.initial @ found.values == pytest.approx(value, abs=1e-7)
    visits = sparse.occupancy(sparse.from_dense(process), np.eye(3)[found.actions]).visits
    np.testing.assert_allclose(visits, flow, atol=1e-6)


def test_nothing_to_gain_is_exact() -> None:
    listed = sparse.from_dense(garnet(6))
    found = sparse.plan(listed, np.zeros(6))
    assert (found.values == 0.0).all()
    assert found.bound == 0.0
    assert found.best.all()


def test_what_cannot_be_met_is_refused_with_what_can() -> None:
    listed = sparse.from_dense(garnet(7, discount=0.999))
    r = np.random.default_rng(7).normal(size=6)
    with pytest.raises(NotSettled, match=r"rounding alone allows .* tolerance=") as caught:
        sparse.plan(listed, r, tolerance=0.0)
    assert 0.0 < caught.value.bound < 1e-6
    with pytest.raises(NotSettled, match="too large for double precision"):
        sparse.plan(listed, np.full(6, 1e308))


def test_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "_PATIENCE", -1)
    process, r = slippery(10, 0.99, False)
    greedy = sparse.plan(process, r)
    monkeypatch.setattr(settle, "_LIMIT", 5)
    with pytest.raises(NotSettled, match="after 5 sweeps the error may still be"):
        sparse.plan(process, r)
    assert greedy.products > 5


def test_it_can_be_watched() -> None:
    process, r = slippery(20, 0.95, False)
    seen: list[tuple[int, float]] = []
    found = sparse.plan(process, r, watch=lambda products, bound: seen.append((products, bound)))
    assert [products for products, _ in seen] == sorted({products for products, _ in seen})
    assert seen[-1] == (found.products, float(found.bound))


def test_the_same_twice_to_the_last_bit() -> None:
    process, r = slippery(30, 0.99, False)
    first, second = sparse.plan(process, r), sparse.plan(process, r)
    np.testing.assert_array_equal(first.values, second.values)
    np.testing.assert_array_equal(
        sparse.soften(process, r).values, sparse.soften(process, r).values
    )


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (np.ones((6, 2)), r"policy has shape \(6, 2\), and \(6, 3\) or \(6, 3, B\)"),
        (np.ones((6, 3)), r"^policy\[0\] sums to 3"),
        (np.tile([1.5, -0.5, 0.0], (6, 1)), r"^policy\[0, 1\] is -0.5"),
        (np.full((6, 3), np.nan), r"^policy\[0, 0\] is nan"),
        (np.full((6, 3), "a"), r"^policy has dtype <U1"),
        (np.ones((6, 2, 2)), r"policy has shape \(6, 2, 2\)"),
        (np.ones((6, 3, 2)), r"^policy\[:, :, 0\]\[0\] sums to 3"),
    ],
)
def test_policies_that_are_refused(policy: object, message: str) -> None:
    listed = sparse.from_dense(garnet(8, ends=1))
    for call in (
        lambda: sparse.evaluate(listed, np.ones(6), policy),
        lambda: sparse.occupancy(listed, policy),
    ):
        with pytest.raises(BadArray, match=message):
            call()


def test_batches_that_are_refused() -> None:
    listed = sparse.from_dense(garnet(9))
    with pytest.raises(BadArray, match=r"reward has shape \(6, 2, 4\), and \(6, 3, B\)"):
        sparse.plan(listed, np.ones((6, 2, 4)))
    with pytest.raises(BadRequest, match="there are 2 rewards and 4 policies"):
        sparse.evaluate(listed, np.ones((6, 3, 2)), np.full((6, 3, 4), 1 / 3))
