"""Decomposition: a base objective, which ranks systems, carried to outputs.

O_base(s) = E_{x~μ}[R_x(s(x))] - C(s). The verdict concerns the expectation; C sees more than
outputs (a description-length or run-time charge, a worst case) and is a line of the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mesascope.core.assumption import Assumption, Status
from mesascope.core.choice import Number
from mesascope.core.errors import IncomparableObjectives, NotDecomposable
from mesascope.core.interval import Interval
from mesascope.core.objective import BaseObjective, Objective, Utility
from mesascope.objectives.black_box import (
    Finding,
    Mixture,
    Probe,
    behaviour_value,
    check_black_box,
)

_ROUNDING = 1e-9
_SUPPORTS = ("aligned-on-train", "robust", "pseudo-aligned")


@dataclass(frozen=True)
class Decomposition:
    """R, μ and C.

    Attributes:
        base: the name of the base objective.
        utility: R.
        mu: the name of the distribution that the expectation is over.
        residual: C, a line for each part of it.
        certificate: how it was checked that the base objective is what R, μ and C make up.
        finding: what the probes could show; None where they could show nothing.
    """

    base: str
    utility: Utility
    mu: str
    residual: tuple[Assumption, ...]
    certificate: Assumption
    finding: Finding | None


def decompose(
    base: Objective,
    utility: Utility,
    mu_name: str,
    probes: Sequence[Probe] = (),
    mixtures: Sequence[Mixture] = (),
) -> Decomposition:
    """Carry a base objective to outputs, and certify what can be certified.

    Args:
        base: O_base; its charges and its aggregation say what it claims to be.
        utility: R.
        mu_name: the name of μ; in a sequential task, of the visits.
        probes: systems with their outputs and values, and with E_μ[R] where it was measured.
        mixtures: of probes.

    Returns:
        The parts. The certificate is `checked` where the probes' values equal E_μ[R] less their
        charges, or could have been refuted both ways and were not; `failed` where some value
        does not equal it; `unchecked` where the probes cannot tell.

    Raises:
        IncomparableObjectives: `base` does not rank systems.
        NotDecomposable: the probes refute that any R exists, with the cause and the
            counterexample; or the objective's aggregation is neither a mean nor a worst case,
            and they cannot tell.
    """
    if not isinstance(base, BaseObjective):
        raise IncomparableObjectives(
            f"{base.name!r} ranks {base.domain}; decompose() takes a base objective, which ranks "
            "systems. A mesa-objective is carried to outputs with pullback()"
        )
    finding = _refute(base, probes, mixtures)
    residual = [
        Assumption(
            f"charge-{charge.name}",
            f"The base objective also charges {charge.rate:g} for each unit of {charge.name}. "
            "The charge sees more than outputs; the verdict leaves it out.",
            "declared",
            _range(probes),
            _SUPPORTS,
        )
        for charge in base.charges
        if charge.rate != 0.0
    ]
    if base.aggregation != "mean":
        residual.append(_aggregation(base, utility, mu_name, probes))
    return Decomposition(
        base=base.name,
        utility=utility,
        mu=mu_name,
        residual=tuple(residual),
        certificate=_certificate(base, utility, mu_name, probes, finding),
        finding=finding,
    )


def _refute(
    base: BaseObjective, probes: Sequence[Probe], mixtures: Sequence[Mixture]
) -> Finding | None:
    # A worst case is nonlinear by declaration; that it is a function of outputs can be refuted.
    mixed = mixtures if base.aggregation != "worst-case" else ()
    try:
        return check_black_box(base.name, probes, mixed)
    except NotDecomposable as error:
        declared = base.aggregation in {"mean", "worst-case"}
        if error.cause == "too-few-samples" and declared:
            return None
        raise


def _aggregation(
    base: BaseObjective, utility: Utility, mu: str, probes: Sequence[Probe]
) -> Assumption:
    gaps = [
        behaviour_value(probe).estimate - _estimate(probe.expected)
        for probe in probes
        if probe.expected is not None
    ]
    what = "a worst case" if base.aggregation == "worst-case" else f"{base.aggregation!r}"
    return Assumption(
        f"aggregation-{base.aggregation}",
        f"The base objective is {what}, not the mean of {utility.name!r} over {mu}; the verdict "
        "concerns the mean.",
        "checked" if gaps else "unchecked",
        f"it differs from the mean by {min(gaps):.3g} to {max(gaps):.3g} over {len(gaps)} systems"
        if gaps
        else "no system's mean was measured",
        _SUPPORTS,
    )


def _certificate(
    base: BaseObjective,
    utility: Utility,
    mu: str,
    probes: Sequence[Probe],
    finding: Finding | None,
) -> Assumption:
    less = " less its charges" if base.charges else ""
    statement = f"{base.name!r} is the mean of {utility.name!r} over {mu}{less}."
    compared = [(probe, probe.expected) for probe in probes if probe.expected is not None]
    figures = [] if finding is None else [str(finding)]
    status: Status = "checked" if finding is not None and finding.complete else "unchecked"
    if base.aggregation != "mean":
        statement = f"{base.name!r} depends on outputs through {utility.name!r} over {mu}{less}."
        if base.aggregation == "worst-case" and finding is not None and finding.telling[0]:
            status = "checked"  # nothing more than a function of outputs is claimed
    elif compared:
        worst, expected = max(compared, key=lambda pair: _excess(*pair))
        gap = abs(behaviour_value(worst).estimate - _estimate(expected))
        status = "checked" if _excess(worst, expected) <= 0.0 else "failed"
        figures.insert(
            0,
            f"value and mean differ by {gap:.3g} ({worst.name}), at worst of "
            f"{len(compared)} systems",
        )
    figure = "; ".join(figures) or "no probes that could tell"
    return Assumption("decomposition", statement, status, figure, _SUPPORTS)


def _excess(probe: Probe, expected: Number | Interval) -> float:
    """Return by how much value and expectation differ beyond their intervals; at most 0 if not."""
    value = behaviour_value(probe)
    if not isinstance(expected, Interval):
        expected = Interval.exact(_estimate(expected))
    room = _ROUNDING * max(1.0, abs(value.estimate))
    return max(value.low - expected.high, expected.low - value.high) - room


def _estimate(value: Number | Interval) -> float:
    return value.estimate if isinstance(value, Interval) else float(value)


def _range(probes: Sequence[Probe]) -> str:
    if not probes:
        return "no systems were measured"
    charged = [float(probe.charged) for probe in probes]
    return f"all charges take {min(charged):.3g} to {max(charged):.3g} off {len(probes)} systems"
