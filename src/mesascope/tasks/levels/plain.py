"""Graphs of levels in plain NumPy: a second opinion, which shares no code with the first."""

import jax
import numpy as np
from jaxtyping import Bool, Float

from mesascope.processes.graph import Graph

DISCOUNT = 0.99


def each(graphs: Graph) -> list[Graph]:
    """Return the graphs of a batch one by one, as NumPy arrays."""
    whole = jax.tree.map(np.asarray, graphs)
    return [jax.tree.map(lambda leaf, i=i: leaf[i], whole) for i in range(len(whole.start))]


def live_states(graph: Graph) -> Bool[np.ndarray, " s"]:
    """Return which states can be acted in: those that are reached before the episode ends."""
    live = np.zeros(len(graph.place), bool)
    front = [int(graph.start)]
    while front:
        state = front.pop()
        if live[state]:
            continue
        live[state] = True
        front += graph.successor[state][~graph.terminated[state]].tolist()
    return live


def farthest(graph: Graph, discount: float, horizon: int) -> Float[np.ndarray, " g"]:
    """Return the best discounted return of each goal, by search forward from the start."""
    found = []
    for reward in np.asarray(graph.reward, float):
        now = np.full(len(graph.place), -np.inf)
        now[int(graph.start)] = best = 0.0
        for time in range(horizon):
            gained = now[:, None] + discount**time * reward
            ends = gained[graph.terminated]
            best = max(best, ends.max(initial=0.0))
            now = np.full_like(now, -np.inf)
            on = ~graph.terminated
            np.maximum.at(now, graph.successor[on], gained[on])
        found.append(max(best, now.max()))
    return np.array(found)


def _backward(
    graph: Graph,
    reward: Float[np.ndarray, "s a"],
    allowed: Bool[np.ndarray, "s a"],
    discount: float,
    horizon: int,
) -> Float[np.ndarray, "s a"]:
    """Return Q of one goal, with the actions that are allowed alone."""
    v = np.zeros(len(graph.place))
    for _ in range(horizon):
        q = reward + discount * ~graph.terminated * v[graph.successor]
        better = np.where(allowed, q, -np.inf).max(axis=1)
        if np.array_equal(better, v):
            break
        v = better
    return q


def attainable(graph: Graph, horizon: int) -> Float[np.ndarray, " g"]:
    """Return the best return of each goal from the start, without discount."""
    anything = np.ones(graph.successor.shape, bool)
    best = [_backward(graph, r, anything, 1.0, horizon) for r in np.asarray(graph.reward, float)]
    return np.array([q[int(graph.start)].max() for q in best])


def kept(graphs: Graph, horizon: int) -> Float[np.ndarray, "l p"]:
    """Return what play that is best for the base objective brings of each proxy's best, (L, P).

    Where several actions are best, the one that is best for the proxy is taken: no base objective
    tells the two apart where this is 1. Returns are discounted by `DISCOUNT`, so that time counts.
    """
    rows = []
    for graph in each(graphs):
        base, *proxies = np.asarray(graph.reward, float)
        anything = np.ones(base.shape, bool)
        q = _backward(graph, base, anything, DISCOUNT, horizon)
        best = q >= q.max(axis=1, keepdims=True) - 1e-9
        start = int(graph.start)
        row = []
        for proxy in proxies:
            whole = _backward(graph, proxy, anything, DISCOUNT, horizon)[start].max()
            some = _backward(graph, proxy, best, DISCOUNT, horizon)[start][best[start]].max()
            row.append(some / whole if whole > 0.0 else 1.0)
        rows.append(row)
    return np.array(rows).reshape(len(rows), -1)
