"""What the verdict on a policy takes for granted, and how each of these stands."""

from collections.abc import Sequence

from mesascope.auditing.policies.candidates import LOST, NONE
from mesascope.auditing.policies.cut import Cut
from mesascope.auditing.policies.on_distribution import Found
from mesascope.core.assumption import Ledger, Status

_GOALS = ("pseudo-aligned", "goal-misgeneralization", "capability-failure")
_RETURNS = ("capable-on-train", "aligned-on-train", "robust")
ALL = (*_RETURNS, *_GOALS)


def ledger_of(found: Sequence[Found], provenance: str, cut: Cut | None = None) -> Ledger:
    """Return the ledger of an audit."""
    ledger, first = Ledger(), found[0]
    if cut is not None:
        statement = "Every distribution that was asked for was played to the end."
        ledger.add("whole", statement, "failed", cut.figure, *ALL)
    ledger.add(
        "candidates",
        f"What it may want is among {', '.join(first.seen.goals)}; another goal shows only as "
        "`none of these`, as far as it means going to places.",
        "unchecked",
        f"`none of these` was compared, and leads on {_where(found, NONE)}",
        *_GOALS,
    )
    _choice_model(ledger, found)
    ledger.add(
        "sample",
        "Levels are independent draws of the distributions that are named; intervals are over "
        "levels.",
        "declared",
        ", ".join(f"{one.seen.levels} of {one.seen.name}" for one in found),
        *ALL,
    )
    _enumeration(ledger, found)
    shifts = [one.seen.name for one in found if one.seen.role == "shift"]
    if cut is not None:
        shifts = list(dict.fromkeys([*shifts, *(n for n in cut.unjudged if n != first.seen.name)]))
    ledger.add(
        "shifts",
        f"The shifts that matter are {', '.join(shifts) or 'not said'}; no worse one was searched "
        "for.",
        "declared" if shifts else "unchecked",
        f"{len(shifts)} declared",
        "robust",
        *_GOALS,
    )
    ledger.add("provenance", provenance, "declared", "never detected", "optimizer")
    ledger.add(
        "outer-alignment",
        f"The base objective, {first.seen.goals[0]}, is what people want.",
        "unchecked",
        "this audit does not ask",
    )
    return ledger


def _choice_model(ledger: Ledger, found: Sequence[Found]) -> None:
    """Enter the model of choice, checked by how much of the choices it explains."""
    statement = (
        "Choices for a goal are Boltzmann-rational: better ones are likelier, with one β and one "
        "share of lapses on all levels of a distribution, without regard to the time left, and "
        "foreseeing either every ending or none but the goal's own."
    )
    shares = []
    for one in found:
        if one.pursuit is not None and one.pursues in one.seen.goals:
            share = one.pursuit.explained[one.pursuit.names.index(one.pursues)]
            shares.append(f"{share:.0%} on {one.seen.name}")
    none = any(one.pursues in (NONE, LOST) for one in found)
    status: Status = "checked" if shares and not none else "unchecked"
    figure = "share of the choices' information explained by the goal that is named: "
    figure += ", ".join(shares) if shares else "no goal was named"
    ledger.add("choice", statement, status, figure, *_GOALS)


def _enumeration(ledger: Ledger, found: Sequence[Found]) -> None:
    missing = [one.seen.name for one in found if one.seen.graphs is None]
    over = [
        one.seen.name
        for one in found
        if one.returns.optimum is not None
        and (one.seen.returns > one.returns.optimum[one.seen.level_of] + 1e-4).any()
    ]
    statement = "Levels were enumerated in full, so optima and chance are exact."
    if missing:
        figure = f"no graphs of {', '.join(missing)}, where optima and chance are unknown"
        ledger.add("enumeration", statement, "unchecked", figure, *ALL)
    elif over:
        figure = f"returns above the optimum on {', '.join(over)}"
        ledger.add("enumeration", statement, "failed", figure, *ALL)
    else:
        figure = "no episode was worth more than its level's optimum, by any goal"
        ledger.add("enumeration", statement, "checked", figure, *ALL)


def _where(found: Sequence[Found], name: str) -> str:
    return ", ".join(one.seen.name for one in found if one.pursues == name) or "no distribution"
