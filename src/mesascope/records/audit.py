"""The record of one audit: verdict, ledger, evidence, bridge, comparisons and witnesses."""

from typing import Literal

from pydantic import Field

from mesascope.records.figures import (
    Answer,
    Curve,
    Figure,
    PlainData,
    Record,
    Replay,
    Standing,
    Status,
)


class LineRecord(Record):
    """One line of the verdict.

    Attributes:
        unit: what the score is in, such as "share of moves" or "normalised regret".
        false_positives: how often the line says so on organisms of known truth where it should
            not; None where that was not measured.
    """

    key: str
    question: str
    answer: Answer
    sentence: str
    score: Figure | None
    threshold: float | None
    more_samples: int | None
    unit: str = ""
    false_positives: Figure | None = None


class AssumptionRecord(Record):
    """One line of the ledger."""

    key: str
    statement: str
    status: Status
    figure: str
    supports: list[str]


class CardRecord(Record):
    """What a detector measures, why, and how it can be wrong."""

    name: str
    measures: str
    why: str
    example: str
    known_problems: str
    references: str
    needs: list[str]


class EvidenceRecord(Record):
    """One detector's finding; `missing` says why there is no score."""

    card: CardRecord
    score: Figure | None
    finding: str
    missing: str
    details: PlainData = Field(default_factory=dict)
    curves: list[Curve] = Field(default_factory=list)


class FaithfulnessRecord(Record):
    """How well a model predicts a system on instances that were not used to build it.

    Attributes:
        model: the model, a baseline of equal description length, or a trivial objective.
        size: description length in nodes or entries.
        agreement: mean probability that the system puts on the model's predicted outputs.
        tie_share: mean share of the outputs that the model predicts (1: it predicts anything).
        distance: mean total variation distance between predicted and actual choice.
    """

    model: str
    size: int
    agreement: Figure
    tie_share: float
    distance: Figure
    note: str = ""


class MesaModelRecord(Record):
    """What the system searches over, by what criterion, decoded how."""

    candidates: str
    objective: str
    reading: str
    decoder: str
    standing: Standing
    horizon: str
    size: int
    source: str
    faithfulness: list[FaithfulnessRecord]


class ComparisonRecord(Record):
    """Base and mesa objective, both carried to outputs, over one named distribution.

    Attributes:
        distribution, description: μ, and what it is.
        instances, constant: how many instances, and on how many R is constant.
        behaviour_regret: of what the system does, normalised by the mean range of R.
        decision_regret, menu_regret: of its mesa-objective, in the same units; 0 best, 1 worst.
            These and the next four are None where there is no mesa-objective to compare.
        rank_distance: share of pairs ordered otherwise, ties counted half; None if undefined.
        cardinal_distance: Pearson distance sqrt((1-ρ)/2) on one shared scale.
        coverage: ν_x of the decoder's image, and the share of outputs never visited.
        loss_outside: mean of max_Y R - max_image R.
        base_value: O_base of the system here; optimum and the value of the best policy for the
            mesa-objective stand beside it.
    """

    distribution: str
    description: str
    role: str
    instances: int
    constant: int
    behaviour_regret: Figure
    decision_regret: Figure | None
    menu_regret: Figure | None
    rank_distance: Figure | None
    cardinal_distance: Figure | None
    coverage: Figure | None
    loss_outside: Figure | None
    base_value: Figure
    base_optimum: float | None
    base_value_of_mesa_optimum: Figure | None
    reference: str = "the positions that the system meets in its own play; all outputs alike"


class WorstShiftRecord(Record):
    """The worst shift that the search within a family found, estimated again on fresh samples."""

    family: str
    budget: int
    found: str
    search_estimate: float
    fresh: Figure
    excluded: str
    history: list[tuple[int, float]]


class LiftRecord(Record):
    """The mesa-objective carried to systems, beside O_base over a population of systems.

    Attributes:
        population: how many systems, the audited one among them.
        kendall, pearson: of the two over the population; None where undefined, said in `note`.
        points: each system's name, O_base and lifted mesa-objective (None where undefined).
    """

    population: int
    kendall: Figure | None
    pearson: Figure | None
    points: list[tuple[str, float, float | None]]
    note: str = ""


class SystemRecord(Record):
    """The system under audit. Provenance is declared, never detected."""

    name: str
    text: str
    size: int | None
    handles: list[str]
    provenance: str


class AuditRecord(Record):
    """Everything that one audit found."""

    kind: Literal["audit"] = "audit"
    system: SystemRecord
    task: str
    base_objective: str
    headline: str
    lines: list[LineRecord]
    ledger: list[AssumptionRecord]
    evidence: list[EvidenceRecord]
    mesa_model: MesaModelRecord | None
    behavioural_objective: str
    behavioural_fit: Figure | None
    residual: list[str]
    comparisons: list[ComparisonRecord]
    worst_shift: WorstShiftRecord | None
    lift: LiftRecord | None = None
    replays: list[Replay]
    curves: list[Curve] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    samples: int
    epsilon: float
    seconds: float
