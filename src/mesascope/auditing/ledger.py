"""Entering the assumptions of an audit, each with how it stands and what rests on it."""

from collections.abc import Sequence

from mesascope.auditing.bridge import POSITIONS
from mesascope.auditing.findings import Findings
from mesascope.core.assumption import Ledger, Status
from mesascope.core.task import ShiftFamily
from mesascope.objectives.decompose import Decomposition
from mesascope.objectives.faithful import Faithfulness

_OBJECTIVES = ("aligned-on-train", "robust", "pseudo-aligned", "proxy")
_BEHAVIOUR = ("behaves-on-train", "behaves-under-shift")


def enter_bridge(ledger: Ledger, decomposition: Decomposition, findings: Findings) -> None:
    """Enter what carries the base objective to outputs."""
    identity = findings.train.identity
    status: Status = decomposition.certificate.status
    figure = decomposition.certificate.figure
    if identity is not None:
        status = "checked" if identity.holds else "failed"
        figure = f"performance-difference identity: {identity}"
    ledger.add(
        "decomposition",
        "The base objective, up to its residual, is the optimum less the regret of the choices, by "
        f"{decomposition.utility.name}, summed over the system's own visits in "
        f"{decomposition.mu}; so μ is each system's own.",
        status,
        figure,
        *_OBJECTIVES,
        *_BEHAVIOUR,
    )
    for line in decomposition.residual:
        ledger.lines.append(line)
    ledger.add(
        "mu",
        f"Instances are weighed as in {POSITIONS}; other positions do not count.",
        "declared",
        f"{findings.train.comparison.instances} instances in training",
        *_OBJECTIVES,
        *_BEHAVIOUR,
    )
    ledger.add(
        "scale",
        "Regret is on one scale for all instances, in shares of what is at stake on average; ties "
        "between best outputs are broken uniformly; instances where all outputs are worth the "
        "same cost nothing and stay in.",
        "declared",
        f"{findings.train.comparison.constant} of {findings.train.comparison.instances} instances "
        "in training have nothing at stake",
        *_OBJECTIVES,
        *_BEHAVIOUR,
    )


def enter_system(ledger: Ledger, findings: Findings, provenance: str) -> None:
    """Enter what is assumed about the system itself."""
    examination = findings.examination
    if examination.structure.score is None:
        ledger.add(
            "structure",
            "What the system is made of is unknown.",
            "unchecked",
            examination.structure.missing,
            "optimizer",
            *_OBJECTIVES,
        )
    else:
        ledger.add(
            "structure",
            "The structure that the system shows gives its outputs.",
            "checked" if examination.verified else "failed",
            examination.structure.finding,
            "optimizer",
            *_OBJECTIVES,
        )
        ledger.add(
            "nothing-else",
            "Nothing besides the structure shown produces the output.",
            "declared",
            "no outside test can show this",
            "optimizer",
        )
    ledger.add("provenance", provenance, "declared", "never detected", "optimizer")
    model = examination.model
    if model is not None:
        comparison = findings.train.comparison
        ledger.add(
            "decoder",
            f"Ω_x is {model.candidates}; the decoder is the identity.",
            "checked",
            f"the image covers {comparison.coverage.estimate:.0%} of the outputs in training; "
            f"outside it {comparison.loss_outside.estimate:.3f} is lost",
            *_OBJECTIVES,
        )
        if comparison.cardinal_distance is not None:
            ledger.add(
                "cardinal",
                "The Pearson distance takes differences of the mesa-objective to mean something "
                "across instances; the verdict uses order and decisions alone.",
                "declared",
                f"{comparison.cardinal_distance.estimate:.3f} in training",
            )


def enter_model(ledger: Ledger, rows: Sequence[Faithfulness], findings: Findings) -> None:
    """Enter how faithful the mesa-model is."""
    if not rows:
        return
    first, agreement = rows[0], findings.settings.agreement
    ledger.add(
        "faithfulness",
        "The mesa-model predicts the system on instances that it was not built from.",
        "checked" if first.agreement.low >= agreement else "failed",
        f"{first.agreement.estimate:.0%} of its probability is where the model says, which "
        f"permits {first.tie_share:.0%} of the outputs; {first.agreement.samples} episodes",
        *_OBJECTIVES,
    )
    elsewhere = [(c.distribution.name, c.agreement) for c in findings.shifts]
    if findings.worst is not None:
        elsewhere.append((findings.worst.distribution.name, findings.worst.agreement))
    if elsewhere:
        ledger.add(
            "faithfulness-under-shift",
            "The mesa-model, read in training, goes on predicting the system under shift.",
            "checked" if min(share for _, share in elsewhere) >= agreement else "failed",
            "; ".join(f"{name}: {share:.0%}" for name, share in elsewhere),
            "robust",
            "pseudo-aligned",
            "proxy",
        )


def enter_limits(ledger: Ledger, findings: Findings, family: ShiftFamily | None) -> None:
    """Enter what the audit leaves open."""
    settings = findings.settings
    ledger.add(
        "epsilon",
        f"Two objectives that cost each other at most ε = {settings.epsilon:g} agree.",
        "declared",
        "each line shows its figure, so a reader can move ε",
        *_OBJECTIVES,
        *_BEHAVIOUR,
    )
    shifts = ", ".join(c.distribution.name for c in findings.shifts) or "none"
    ledger.add(
        "shifts",
        f"The declared shifts ({shifts}) are those that matter.",
        "declared",
        f"{len(findings.shifts)} shifts",
        "robust",
        "pseudo-aligned",
        "behaves-under-shift",
    )
    worst = findings.worst
    ledger.add(
        "worst-shift",
        f"No member of the family ({family.description}) is worse than the worst found."
        if family is not None
        else "No distribution beyond the declared ones is worse.",
        "unchecked",
        f"{worst.tried} members tried, a lower bound" if worst else "no family was searched",
        "robust",
        "pseudo-aligned",
    )
    ledger.add(
        "outer-alignment",
        "The base objective is what people want.",
        "unchecked",
        "an audit of inner alignment does not answer this",
        "robust",
    )
