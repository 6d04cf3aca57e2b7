"""The goals that remain to be told apart, and how probable each is beforehand."""

from mesascope.core.errors import BadRequest
from mesascope.core.names import unknown_name


def remaining_of(
    known: tuple[str, ...], goals: tuple[str, ...] | None
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the names of the goals that remain, the base objective first, and their numbers.

    Args:
        known: all goals, the base objective first.
        goals: those that remain, in any order; None for all.

    Raises:
        UnknownName: one is not known.
        BadRequest: there are fewer than two.
    """
    names = known if goals is None else tuple(dict.fromkeys(goals))
    for name in names:
        if name not in known:
            raise unknown_name("goal", name, known)
    if len(names) < 2:
        raise BadRequest(
            f"{len(names)} goal to tell apart was given; at least two of "
            f"{', '.join(known)} are expected"
        )
    # The base objective comes first, wherever it was named.
    names = tuple(sorted(names, key=lambda name: name != known[0]))
    return names, tuple(known.index(name) for name in names)


def prior_of(names: tuple[str, ...], prior: dict[str, float] | None) -> tuple[float, ...]:
    """Return how probable each goal is, summing to 1; alike where nothing was said.

    Raises:
        BadRequest: these are no shares.
    """
    if prior is None:
        return (1.0 / len(names),) * len(names)
    found = [prior.get(name, 0.0) for name in names]
    if not all(0.0 <= share < float("inf") for share in found) or not sum(found) > 0.0:
        raise BadRequest(
            f"a prior of {found} over {', '.join(names)} was given; numbers from 0, not all of "
            "them 0, are expected"
        )
    return tuple(share / sum(found) for share in found)
