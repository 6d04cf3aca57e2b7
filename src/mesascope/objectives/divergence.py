"""f-divergences between distributions on finite sets, occupancies and choices; exact."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log
from typing import Any

import numpy as np
from jaxtyping import Float

from mesascope.core.names import look_up
from mesascope.processes import BadArray, Process, check
from mesascope.processes.evaluate import occupancy, policy_of

Values = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class Kind:
    """An f-divergence, D(p, q) = Σ q f(p / q), with f(1) = f'(1) = 0.

    (Csiszár, *Information-type measures of difference of probability distributions*, 1967. Adding
    a multiple of t - 1 to f changes no divergence; this choice makes every term at least 0.)

    Attributes:
        name: as on the command line.
        title: in words.
        term: q f(p / q) where both are positive.
        at_zero: f(0), the cost of each share of q that p lacks.
        at_infinity: lim f(t) / t, the cost of each share of p that q lacks; infinite if p must not
            leave the support of q.
    """

    name: str
    title: str
    term: Callable[[Values, Values], Values]
    at_zero: float
    at_infinity: float


@dataclass(frozen=True, eq=False)
class Divergence:
    """How far one distribution is from another, or each of a batch.

    Attributes:
        kind: the name of the f-divergence.
        value: in nats (`total-variation` and `chi-squared` have no unit); an array for a batch.
        infinite_at: for each pair at an infinite distance, the first index, in the arrays that were
            compared, where one distribution lacks what the other has.
    """

    kind: str
    value: float | Float[np.ndarray, "*b"]
    infinite_at: tuple[tuple[int, ...], ...] = ()


def _kl(p: Values, q: Values) -> Values:
    """Return p log(p / q) - p + q, which keeps its digits where p is near q."""
    gap = (p - q) / q
    near = np.abs(gap) < 0.5
    small = np.where(near, gap, 0.0)
    close = q * ((1.0 + small) * np.log1p(small) - small)
    far = p * (np.log(p) - np.log(q)) - p + q
    return np.maximum(np.where(near, close, far), 0.0)


def _js(p: Values, q: Values) -> Values:
    middle = (p + q) / 2.0
    return (_kl(p, middle) + _kl(q, middle)) / 2.0


KINDS: Mapping[str, Kind] = {
    k.name: k
    for k in (
        Kind("kl", "Kullback-Leibler, Σ p log(p / q)", _kl, 1.0, inf),
        Kind("reverse-kl", "reverse, Σ q log(q / p)", lambda p, q: _kl(q, p), inf, 1.0),
        Kind("js", "Jensen-Shannon, from 0 to log 2", _js, log(2.0) / 2.0, log(2.0) / 2.0),
        Kind(
            "total-variation",
            "total variation, ½ Σ |p - q|, from 0 to 1",
            lambda p, q: np.abs(p - q) / 2.0,
            0.5,
            0.5,
        ),
        Kind(
            "chi-squared", "Pearson's χ², Σ (p - q)² / q", lambda p, q: (p - q) ** 2 / q, 1.0, inf
        ),
    )
}


def kind(name: str) -> Kind:
    """Return the f-divergence of a name.

    Raises:
        UnknownName: there is none; the message says what was meant, perhaps.
    """
    return look_up("divergence", name, KINDS)


def divergence(p: Any, q: Any, name: str = "kl") -> Divergence:
    """Return the divergence of p from q, distributions over the last axis.

    Args:
        p, q: of shapes that broadcast, (..., N); every row sums to 1. In imitation p is the expert
            and q the imitator: `kl` then punishes what is left out, `reverse-kl` what is added.
        name: `kl`, `reverse-kl`, `js`, `total-variation` or `chi-squared`.

    Raises:
        BadArray: a row is no distribution, or the shapes do not fit.
        UnknownName: there is no such divergence.
    """
    found = kind(name)
    x, y = aligned(p, q)
    terms = _terms(found, x, y)
    return _made(found, np.asarray(terms.sum(axis=-1)), terms)


def occupancy_divergence(
    process: Process, first: Any, second: Any, name: str = "kl", *, of: str = "choices"
) -> Divergence:
    """Return the divergence between the discounted occupancies of two policies.

    Each occupancy is divided by its sum, the discounted length of an episode, so that it is the
    distribution of where a policy is at a random time. (Ho & Ermon, *Generative adversarial
    imitation learning*, NeurIPS 2016; Ghasemipour et al., *A divergence minimization perspective on
    imitation learning methods*, CoRL 2019.)

    Args:
        process: where.
        first, second: policies, (S, A).
        name: as in `divergence`.
        of: occupancies of `states`, of `choices` (s, a), or of `transitions` (s, a, s').

    Raises:
        BadArray: a policy does not fit the process.
        UnknownName: there is no such divergence, or no such occupancy.
    """
    shapes: dict[str, Callable[[Values], Values]] = {
        "states": lambda seen: seen.sum(axis=1),
        "choices": lambda seen: seen,
        "transitions": lambda seen: seen[:, :, None] * process.transition,
    }
    shape = look_up("occupancy", of, shapes)
    x, y = (
        shape(occupancy(process, policy_of(process, policy, label)))
        for policy, label in ((first, "first"), (second, "second"))
    )
    found = kind(name)
    terms = _terms(found, x / x.sum(), y / y.sum())
    return _made(found, np.asarray(terms.sum()), terms)


def choice_divergence(
    process: Process, first: Any, second: Any, states: Mapping[str, Any], name: str = "kl"
) -> dict[str, Divergence]:
    """Return the divergence between what two policies choose, averaged over states.

    Args:
        process: where.
        first, second: policies, (S, A).
        states: distributions over states by name, (S,), of any positive sum; nothing is chosen in
            terminal states, which count as equal.
        name: as in `divergence`.

    Raises:
        BadArray: a policy or a distribution does not fit the process; the message names it.
        UnknownName: there is no such divergence.
    """
    found = kind(name)
    terms = _terms(found, policy_of(process, first, "first"), policy_of(process, second, "second"))
    averages = {}
    for label, weights in states.items():
        share = check.measure(f"states {label!r}", weights, (process.states,))[:, None]
        # 0 · inf = 0: a state that is never asked about may hold anything.
        asked = np.where(share > 0.0, np.where(share > 0.0, terms, 0.0) * share, 0.0)
        averages[label] = _made(found, np.asarray(asked.sum()), asked)
    return averages


def aligned(p: Any, q: Any) -> tuple[Values, Values]:
    """Return two distributions, or batches of them, checked and broadcast.

    Raises:
        BadArray: a row is no distribution, or the shapes do not fit.
    """
    x, y = check.distribution("p", p), check.distribution("q", q)
    try:
        shape = np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        shape = ()
    if not shape or x.shape[-1] != y.shape[-1]:
        raise BadArray(
            f"q has shape {y.shape}, and one that broadcasts with that of p, {x.shape}, and has as "
            "many outcomes in its last axis is expected",
            "q",
        )
    return np.broadcast_to(x, shape), np.broadcast_to(y, shape)


def _terms(found: Kind, p: Values, q: Values) -> Values:
    both = (p > 0.0) & (q > 0.0)
    with np.errstate(over="ignore", invalid="ignore"):  # 0 · inf is left out, not a number
        inside = found.term(np.where(both, p, 1.0), np.where(both, q, 1.0))
        left_out = np.where(q > 0.0, found.at_zero * q, 0.0)
        added = np.where(p > 0.0, found.at_infinity * p, 0.0)
    return np.where(both, inside, left_out + added)


def _made(found: Kind, value: Values, terms: Values) -> Divergence:
    infinite = []
    batch = value.ndim
    for index in np.argwhere(np.isinf(value)):
        within = np.isinf(terms[tuple(index)])
        first = np.unravel_index(int(within.argmax()), within.shape)
        infinite.append((*map(int, index), *map(int, first)))
    return Divergence(found.name, value if batch else float(value), tuple(infinite))
