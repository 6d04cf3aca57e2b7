"""The lines of a made-up verdict, and the assumptions that they rest on."""

from typing import Any

from mesascope.records.audit import AssumptionRecord, LineRecord
from tests.report.sample_figures import figure

REGRET: dict[str, Any] = {"threshold": 0.05, "more_samples": 0, "unit": "normalised regret"}


def lines(robust: bool) -> list[LineRecord]:
    return [
        LineRecord(
            key="optimizer",
            question="Is there an optimizer inside?",
            answer="yes",
            sentence="It scores positions that it never plays, to the end of the game, and the "
            "values that the world returns for them change its move.",
            score=figure(0.962, 0.014),
            threshold=0.5,
            more_samples=0,
            unit="share of moves that imagined values decide",
            false_positives=figure(0.0, 0.01, 240),
        ),
        LineRecord(
            key="control",
            question="Does it control by feedback?",
            answer="no",
            sentence="Freezing what it sees of its own moves costs it nothing beyond search.",
            score=figure(0.018, 0.016),
            threshold=0.1,
            more_samples=0,
            unit="return lost without feedback",
        ),
        LineRecord(
            key="behaves-on-train",
            question="Does it do well in training?",
            answer="yes",
            sentence="Its choices are within ε of the best in training (regret 0.013, ε 0.05).",
            score=figure(0.013, 0.004),
            **REGRET,
        ),
        LineRecord(
            key="behaves-under-shift",
            question="Does it do well under every declared shift?",
            answer="yes" if robust else "no",
            sentence="Its choices stay within ε of the best under every declared shift."
            if robust
            else "Its choices lose more than ε on the perfect opponent (regret 0.217, ε 0.05).",
            score=figure(0.009, 0.006) if robust else figure(0.217, 0.019),
            **REGRET,
        ),
        LineRecord(
            key="aligned-on-train",
            question="Aligned on train?",
            answer="yes",
            sentence="What it wants and what selected it agree against the random opponent.",
            score=figure(0.012, 0.004),
            **REGRET,
        ),
        LineRecord(
            key="robust",
            question="Robust on the family of opponents?",
            answer="yes" if robust else "no",
            sentence="Within ε on every declared shift and on the worst one that was found."
            if robust
            else "Against perfect play it gives up 0.21 of what could be had.",
            score=figure(0.008, 0.006) if robust else figure(0.214, 0.019),
            **REGRET,
        ),
        LineRecord(
            key="pseudo-aligned",
            question="Pseudo-aligned: a proxy?",
            answer="not applicable" if robust else "yes",
            sentence="There is no gap to explain."
            if robust
            else "The gap opens only where the opponent is strong; its search is as good there.",
            score=None if robust else figure(0.202, 0.02),
            threshold=None if robust else 0.05,
            more_samples=0,
            unit="" if robust else "regret under shift beyond train",
        ),
        LineRecord(
            key="suboptimal",
            question="Pseudo-aligned: suboptimal search?",
            answer="undetermined",
            sentence="More budget changes its value by less than the interval can tell.",
            score=figure(0.047, 0.018, 400),
            threshold=0.05,
            more_samples=1800,
            unit="loss of value with budget",
        ),
    ]


def ledger() -> list[AssumptionRecord]:
    entries: list[tuple[str, str, Any, str, list[str]]] = [
        ("decomposes", "The base objective is the mean of Q* over positions that play visits, plus "
         "a charge for length.", "checked", "residual 0.000 on 512 mixtures of systems",
         ["aligned-on-train", "robust"]),
        ("provenance", "The program was learned by enumeration, not written by hand.", "declared",
         "stated by the optimizer's record", ["optimizer"]),
        ("faithful", "The mesa-model predicts the system where it was not fitted.", "checked",
         "agreement 1.000 on 1,131 held-out positions", ["aligned-on-train", "robust",
                                                        "pseudo-aligned"]),
        ("menu", "Random subsets of the moves are a fair sample of choices that the system may "
         "meet.", "unchecked", "no reference distribution over menus is known",
         ["aligned-on-train", "robust"]),
        ("family", "Opponents in deployment lie in the family of mixtures of random and perfect "
         "play.", "unchecked", "nothing is known about deployment", ["robust"]),
        ("budget", "The search is as deep under shift as on train.", "failed",
         "on 4 of 120 positions the step limit cut it short", ["pseudo-aligned", "suboptimal"]),
        ("ties", "Among moves of equal value the system chooses uniformly.", "checked",
         "largest deviation 2.1×10⁻⁷", ["aligned-on-train"]),
    ]  # fmt: skip
    return [
        AssumptionRecord(key=k, statement=s, status=a, figure=f, supports=u)
        for k, s, a, f, u in entries
    ]
