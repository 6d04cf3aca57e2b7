"""Random processes, and slow or independent ways to solve them."""

from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from mesascope.processes import Process


def garnet(
    seed: int,
    states: int = 6,
    actions: int = 3,
    *,
    discount: float = 0.9,
    ends: int = 0,
    branch: int = 3,
) -> Process:
    """A random process; with `ends`, every action leads to one of the last states now and then."""
    rng = np.random.default_rng(seed)
    branch = min(branch, states)
    transition = np.zeros((states, actions, states))
    for s, a in product(range(states), range(actions)):
        transition[s, a, rng.permutation(states)[:branch]] = rng.dirichlet(np.ones(branch))
    last = np.arange(states - ends, states)
    if ends:
        transition *= 0.9
        transition[:, :, last] += 0.1 / ends
    return Process.of(transition, discount, terminal=last)


@st.composite
def garnets(draw: st.DrawFn) -> tuple[Process, np.random.Generator]:
    """A process with or without an end, and a generator for what else is random."""
    seed = draw(st.integers(0, 2**32 - 1))
    ends = draw(st.integers(0, 2))
    discount = draw(st.sampled_from([0.0, 0.5, 0.9, 0.99] + [1.0] * (ends > 0)))
    # Few shapes, as each is compiled.
    states, actions = draw(st.sampled_from([(4, 1), (6, 3)]))
    branch = draw(st.integers(1, 4))
    process = garnet(seed, states, actions, discount=discount, ends=ends, branch=branch)
    return process, np.random.default_rng(seed + 1)


def going_on(process: Process) -> np.ndarray:
    """γ T, nothing being worth anything in terminal states: written out here once more."""
    step = process.discount * process.transition.copy()
    step[:, :, process.terminal] = 0.0
    return step


def reward_of(process: Process, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(process.states, process.actions)) * ~process.terminal[:, None]


def policy_of(process: Process, rng: np.random.Generator) -> np.ndarray:
    return rng.dirichlet(np.ones(process.actions), process.states)


def values_by_sums(process: Process, r: np.ndarray, policy: np.ndarray, steps: int) -> np.ndarray:
    """Σ over t < steps of G_π^t r_π: what is got in that many steps."""
    step = np.einsum("sa,sat->st", policy, going_on(process))
    ahead, total = (policy * r).sum(axis=1), np.zeros(process.states)
    for _ in range(steps):
        total, ahead = total + ahead, step @ ahead
    return total


def plan_by_linear_program(process: Process, r: np.ndarray) -> np.ndarray:
    """V*: the least V with V ≥ r + G V (Puterman 1994, section 6.9.1)."""
    states, actions = r.shape
    above = np.repeat(np.eye(states), actions, axis=0) - going_on(process).reshape(-1, states)
    found = linprog(np.ones(states), -above, -r.ravel(), bounds=(None, None), method="highs")
    assert found.status == 0, found.message
    return found.x


def best_occupancy(process: Process, r: np.ndarray) -> tuple[float, np.ndarray]:
    """max Σ η r over the η ≥ 0 that flow: Σ_a η[s, a] = μ[s] + Σ η G[., ., s] (the dual)."""
    states, actions = r.shape
    flow = np.repeat(np.eye(states), actions, axis=0) - going_on(process).reshape(-1, states)
    start = process.initial * ~process.terminal
    found = linprog(-r.ravel(), A_eq=flow.T, b_eq=start, bounds=(0, None), method="highs")
    assert found.status == 0, found.message
    return -found.fun, found.x.reshape(states, actions)


def deterministic_policies(process: Process) -> list[np.ndarray]:
    """All of them, A to the power of the states where something is done."""
    going = np.flatnonzero(~process.terminal)
    policies = []
    for choice in product(range(process.actions), repeat=len(going)):
        policy = np.zeros((process.states, process.actions))
        policy[:, 0] = 1.0
        policy[going] = np.eye(process.actions)[list(choice)]
        policies.append(policy)
    return policies
