"""Regret on novel instances against description length: is the behaviour compressed?"""

from collections.abc import Callable

from mesascope.core.evidence import Card, Evidence
from mesascope.core.interval import Interval
from mesascope.core.task import Distribution
from mesascope.evidence.probe import Subject
from mesascope.evidence.shown import shown_structure

CARD = Card(
    name="novelty",
    measures=(
        "Normalised regret of the choices on a distribution other than the training one, beside "
        "the description length of the structure that makes them."
    ),
    why=(
        "A short description that does well where it was never selected computes what to do; a "
        "table has to be as long as the task."
    ),
    example="Minimax: 4 nodes, no regret on rule sets never seen. A table: 4,520 entries.",
    known_problems=(
        "Regret is the base objective's: a search for something else does badly on novel "
        "instances and is a search all the same. Description length depends on the language."
    ),
    references="Hubinger et al. 2019, section 2.1 (description length).",
    needs=("structure",),
)
Regret = Callable[[Subject, Distribution], Interval | None]


def novelty(subject: Subject, distribution: Distribution, regret: Regret) -> Evidence:
    """Score the choices on another distribution, and put the description length beside it."""
    score = regret(subject, distribution)
    shown = shown_structure(subject.system)
    if shown is None:
        size, words = None, "an unknown description length"
    else:
        size = shown.size
        words = f"{size} {'entries' if shown.kind == 'table' else 'nodes'}"
    if score is None:
        return Evidence(CARD, None, "Every output is worth the same there.", "stakes")
    finding = f"On {distribution.name!r} its regret is {score.estimate:.3f}, from {words}."
    missing = "" if size is not None else "no `structure`, so no description length"
    return Evidence(CARD, score, finding, missing, {"description length": size})
