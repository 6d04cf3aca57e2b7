"""Structure: run what the system says it is made of, in worlds that the harness perturbed."""

from collections.abc import Sequence

from mesascope.core.choice import Choice
from mesascope.core.evidence import Card, Evidence
from mesascope.core.system import HasTrace, Instance
from mesascope.evidence.probe import Subject, noise_beyond
from mesascope.evidence.shares import share
from mesascope.evidence.shown import shown_structure

CARD = Card(
    name="structure",
    measures=(
        "The share of runs, in the true world and in perturbed ones, in which the structure that "
        "the system shows gives the very outputs that the system gives, and those are what it "
        "values most where it values candidates."
    ),
    why=(
        "A structure that the harness runs for itself, and that answers every intervention as the "
        "system does, accounts for the output; nothing else has to be inside."
    ),
    example="A lookup table's entries, looked up by the harness, give its outputs: 1.",
    known_problems=(
        "Agreement shows that the structure suffices, not that the system works that way: an "
        "opaque search that hands over a complete table of its own moves agrees with it. That "
        "nothing else produces the output stays a declared assumption. A trace that the system "
        "writes about itself is not structure, and is ignored."
    ),
    references="Geiger et al. 2021, Causal Abstractions of Neural Networks (interchange tests).",
    needs=("structure",),
)
_SAME = 1e-9


def structure(subject: Subject, instances: Sequence[Instance], seed: int) -> Evidence:
    """Rerun the shown structure beside the system."""
    system = subject.system
    shown = shown_structure(system)
    if shown is None:
        told = " It tells a trace of its own, which proves nothing." * isinstance(system, HasTrace)
        return Evidence(
            CARD,
            None,
            f"The system shows nothing of what it is made of.{told}",
            missing="the system offers no `structure` handle",
        )
    agree = trials = 0
    for number, instance in enumerate(instances):
        for rescore in (None, noise_beyond(0, seed + number)):
            answer, _ = subject.watch(instance, rescore=rescore)
            predicted = shown.rerun(instance, subject.harness(instance, rescore=rescore))
            valued = shown.candidates(instance, subject.harness(instance, rescore=rescore))
            honest = valued is None or predicted.support <= Choice.among_best(valued).support
            agree += predicted.distance(answer) <= _SAME and honest
            trials += 1
    return Evidence(
        CARD,
        share(agree, trials),
        f"The harness ran its {shown.kind} of {shown.size} "
        f"{'entries' if shown.kind == 'table' else 'nodes'} for itself: same outputs in "
        f"{agree} of {trials} runs, half of them in perturbed worlds.",
        details={"kind": shown.kind, "size": shown.size},
    )
