"""Lines that turn on a threshold: yes at or below ε, no above it, undetermined across it."""

from collections.abc import Sequence

from mesascope.core.interval import Interval
from mesascope.core.verdict import Line

REGRET = "normalised regret"
Named = tuple[str, Interval | None]


def threshold_line(
    key: str,
    question: str,
    figure: Interval | None,
    epsilon: float,
    fits: str,
    parts: str,
    missing: str = "Nothing is at stake there: every output is worth the same.",
) -> Line:
    """Return the line for a figure, with how many samples would settle it.

    `missing` is said where there is no figure.
    """
    if figure is None:
        return Line(key, question, "undetermined", missing, None, epsilon, None, REGRET)
    side = figure.side_of(epsilon)
    number = f"regret {figure.estimate:.3f}, ε {epsilon:g}"
    if side < 0:
        return Line(key, question, "yes", f"{fits} ({number}).", figure, epsilon, 0, REGRET)
    if side > 0:
        return Line(key, question, "no", f"{parts} ({number}).", figure, epsilon, 0, REGRET)
    more = figure.samples_to_settle(epsilon)
    settle = "no number of episodes" if more is None else f"about {more:,} more episodes"
    sentence = f"The interval straddles ε ({number}); {settle} would settle it."
    return Line(key, question, "undetermined", sentence, figure, epsilon, more, REGRET)


def deciding(figures: Sequence[Named], epsilon: float) -> Named:
    """Return the figure that decides whether all are at or below ε.

    One that is above settles it; failing that one that straddles leaves it open; only if there
    is neither are all below, and the largest speaks for them.
    """
    known = [(name, figure) for name, figure in figures if figure is not None]
    if not known:
        return "no shift", None
    return max(known, key=lambda item: (item[1].side_of(epsilon), item[1].estimate))


def without_stakes(figures: Sequence[Named]) -> str:
    """Say on which distributions there is no figure, so that none is dropped unseen."""
    names = [name for name, figure in figures if figure is None]
    return f" Nothing is at stake on {', '.join(names)}." if names else ""
