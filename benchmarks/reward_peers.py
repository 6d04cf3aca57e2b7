"""What ours is measured against: plain versions, each as its paper or its public code has it."""

import numpy as np

from mesascope.processes import Process


def epic(process: Process, first: np.ndarray, second: np.ndarray) -> float:
    """EPIC by its definition, array by array, as in the code of its authors."""
    return _pearson(*(_epic_form(r, process.discount) for r in (first, second)))


def _epic_form(r: np.ndarray, gamma: float) -> np.ndarray:
    mean = np.average(np.average(r, axis=2), axis=1)
    return r + gamma * mean[None, None, :] - mean[:, None, None] - gamma * np.average(mean)


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    weight = np.ones_like(x).ravel() / x.size
    x, y = (v.ravel() - np.average(v.ravel(), weights=weight) for v in (x, y))
    spread = [np.sqrt(np.average(v * v, weights=weight)) for v in (x, y)]
    rho = np.average(x * y, weights=weight) / (spread[0] * spread[1])
    return float(np.sqrt(max(0.0, 1.0 - rho) / 2.0))


def dard(process: Process, first: np.ndarray, second: np.ndarray) -> float:
    """DARD by the tensor over (s, s', S', A, S'')."""
    return _unit(*(dard_form(process, r) for r in (first, second)))


def dard_form(process: Process, r: np.ndarray) -> np.ndarray:
    """DARD's canonical form by the whole tensor."""
    t, gamma, a = process.transition, process.discount, process.actions
    mean = (t * r).sum(axis=2).mean(axis=1)
    joint = t.transpose(0, 2, 1)[:, None, :, :, None] * t[None, :, None, :, :] / a
    last = (joint * r[None, None]).sum(axis=(2, 3, 4))
    return r + gamma * mean[None, None, :] - mean[:, None, None] - gamma * last[:, None, :]


def val(process: Process, first: np.ndarray, second: np.ndarray) -> float:
    """STARC's VAL with values by sweeping until nothing moves by 1e-8."""
    return _unit(*(_val_form(process, r) for r in (first, second)))


def _val_form(process: Process, r: np.ndarray) -> np.ndarray:
    t, gamma = process.transition, process.discount
    v = np.zeros(process.states)
    while True:
        new = (t * (r + gamma * v[None, None, :])).sum(axis=2).mean(axis=1)
        if np.abs(new - v).max() < 1e-8:
            break
        v = new
    return (t * (r + gamma * v[None, None, :] - v[:, None, None])).sum(axis=2)


def _unit(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.linalg.norm(x / np.linalg.norm(x) - y / np.linalg.norm(y)))


def meg_by_gradient(
    process: Process, policy: np.ndarray, rate: float = 0.1, tolerance: float = 1e-4
) -> float:
    """MEG for an unknown state utility as its paper does it: climb, with value iteration inside."""
    t, gamma, start = process.transition, process.discount, process.initial
    seen = _visits(t, gamma, policy, start)
    utility = np.zeros(process.states)
    value = np.zeros(process.states)
    for _ in range(1_000_000):
        for _ in range(10_000):
            q = utility[:, None] + gamma * t @ value
            new = np.log(np.exp(q - q.max(axis=1, keepdims=True)).sum(axis=1)) + q.max(axis=1)
            moved, value = np.abs(new - value).max(), new
            if moved < tolerance / 10:
                break
        soft = np.exp(q - value[:, None])
        slope = seen - _visits(t, gamma, soft, start)
        utility += rate * slope
        if np.abs(slope).max() < tolerance:
            break
    gain = seen[:, None] * policy * np.log(soft / soft.sum(axis=1, keepdims=True))
    return float(gain.sum() + np.log(process.actions) * seen.sum())


def _visits(t: np.ndarray, gamma: float, policy: np.ndarray, start: np.ndarray) -> np.ndarray:
    step = np.einsum("sa,sat->ts", policy, t)
    return np.linalg.solve(np.eye(len(start)) - gamma * step, start)
