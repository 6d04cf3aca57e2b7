"""From findings to records: plain data, nothing computed."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any

from mesascope.auditing.bridge import Crossing
from mesascope.auditing.examine import Examination
from mesascope.auditing.extract import reading_sentence
from mesascope.auditing.witness import Moment, Witness
from mesascope.auditing.worst_shift import WorstShift
from mesascope.core.assumption import Assumption
from mesascope.core.evidence import Evidence
from mesascope.core.interval import Interval
from mesascope.core.mesa_model import MesaModel
from mesascope.core.task import HasPictures, ShiftFamily
from mesascope.core.verdict import Line
from mesascope.objectives.faithful import Faithfulness
from mesascope.objectives.lift import Agreement, Lifted
from mesascope.records.audit import (
    AssumptionRecord,
    CardRecord,
    ComparisonRecord,
    EvidenceRecord,
    FaithfulnessRecord,
    LiftRecord,
    LineRecord,
    MesaModelRecord,
    WorstShiftRecord,
)
from mesascope.records.figures import Curve, Figure, Frame, Replay


def figure(interval: Interval | None) -> Figure | None:
    """Return an interval as a record."""
    return None if interval is None else sure_figure(interval)


def sure_figure(interval: Interval) -> Figure:
    """Return an interval that is there as a record."""
    return Figure(**{f.name: getattr(interval, f.name) for f in fields(interval)})


def line_record(line: Line) -> LineRecord:
    """Return a line of the verdict."""
    return LineRecord(
        key=line.key,
        question=line.question,
        answer=line.answer,
        sentence=line.sentence,
        score=figure(line.score),
        threshold=line.threshold,
        more_samples=line.more_samples,
        unit=line.unit,
        false_positives=figure(line.false_positives),
    )


def assumption_record(assumption: Assumption) -> AssumptionRecord:
    """Return a line of the ledger."""
    return AssumptionRecord(
        key=assumption.key,
        statement=assumption.statement,
        status=assumption.status,
        figure=assumption.figure,
        supports=list(assumption.supports),
    )


def evidence_record(evidence: Evidence, curves: list[Curve] | None = None) -> EvidenceRecord:
    """Return a finding with its card."""
    card = evidence.card
    return EvidenceRecord(
        card=CardRecord(
            name=card.name,
            measures=card.measures,
            why=card.why,
            example=card.example,
            known_problems=card.known_problems,
            references=card.references,
            needs=list(card.needs),
        ),
        score=figure(evidence.score),
        finding=evidence.finding,
        missing=evidence.missing,
        details=_plain(evidence.details),
        curves=curves or [],
    )


def evidence_records(examination: Examination) -> list[EvidenceRecord]:
    """Return every finding, with the curve of return against budget."""
    return [
        evidence_record(
            evidence,
            _budget_curves(examination) if evidence is examination.budget.evidence else None,
        )
        for evidence in examination.evidence
    ]


def model_record(
    model: MesaModel, examination: Examination, rows: Sequence[Faithfulness]
) -> MesaModelRecord:
    """Return the mesa-model in words."""
    return MesaModelRecord(
        candidates=model.candidates,
        objective=model.objective.name,
        reading=reading_sentence(model, examination.readout),
        decoder="the identity: a candidate is an output",
        standing=model.standing,
        horizon="to the end" if model.horizon is None else f"{model.horizon} plies ahead",
        size=model.size,
        source=model.source,
        faithfulness=[faithfulness_record(row) for row in rows],
    )


def comparison_record(crossing: Crossing, role: str) -> ComparisonRecord:
    """Return one distribution's comparison; what needs a mesa-objective is None without one."""
    found = crossing.comparison
    behaviour = found.behaviour_regret or Interval.exact(0.0)

    def of_model(interval: Interval | None) -> Figure | None:
        return figure(interval) if crossing.has_model else None

    return ComparisonRecord(
        distribution=crossing.distribution.name,
        description=crossing.distribution.description,
        role=role,
        instances=found.instances,
        constant=found.constant,
        behaviour_regret=sure_figure(behaviour),
        decision_regret=of_model(found.decision_regret),
        menu_regret=of_model(found.menu_regret),
        rank_distance=of_model(found.rank_distance),
        cardinal_distance=of_model(found.cardinal_distance),
        coverage=of_model(found.coverage),
        loss_outside=of_model(found.loss_outside),
        base_value=sure_figure(crossing.value),
        base_optimum=crossing.optimum,
        base_value_of_mesa_optimum=figure(crossing.value_of_mesa_optimum),
    )


def worst_shift_record(worst: WorstShift, family: ShiftFamily, excluded: str) -> WorstShiftRecord:
    """Return the worst shift found."""
    return WorstShiftRecord(
        family=family.description,
        budget=worst.tried,
        found=worst.distribution.name,
        search_estimate=worst.search_estimate,
        fresh=sure_figure(worst.fresh or Interval.exact(0.0)),
        excluded=excluded,
        history=list(worst.history),
    )


def replay_record(witness: Witness, task: HasPictures) -> Replay:
    """Return a witness episode as frames."""
    result = {1.0: "won", 0.0: "drawn", -1.0: "lost"}.get(witness.result, f"{witness.result:g}")
    return Replay(
        title=f"{witness.distribution.name}: {result}",
        caption=(
            f"{witness.distribution.description}. The costliest of the episodes looked at; its "
            f"choices give away {witness.cost:.2f} together."
        ),
        frames=[_frame(moment, task) for moment in witness.moments],
    )


def _frame(moment: Moment, task: HasPictures) -> Frame:
    rows = task.picture(moment.instance)

    def under(values: Mapping[Any, Any]) -> list[list[float | None]]:
        cells: list[list[float | None]] = [[None] * len(row) for row in rows]
        for output, value in values.items():
            row, column = task.place(output)
            cells[row][column] = float(value)
        return cells

    values = {"base objective": under(moment.base)}
    if moment.mesa:
        values["mesa-objective"] = under(moment.mesa)
    cost = f"gives away {moment.cost:.2f}" if moment.cost > 1e-9 else "gives away nothing"
    return Frame(rows=rows, caption=cost, chosen=task.place(moment.output), values=values)


def faithfulness_record(row: Faithfulness) -> FaithfulnessRecord:
    """Return one row of the faithfulness table."""
    return FaithfulnessRecord(
        model=row.model,
        size=row.size,
        agreement=sure_figure(row.agreement),
        tie_share=row.tie_share,
        distance=sure_figure(row.distance),
        note=row.note,
    )


def lift_record(found: Agreement, points: Sequence[tuple[Lifted, float]]) -> LiftRecord:
    """Return the comparison over a population of systems."""
    return LiftRecord(
        population=len(points),
        kendall=figure(found.kendall),
        pearson=figure(found.pearson),
        points=[(lifted.system, base, lifted.value) for lifted, base in points],
        note=found.missing,
    )


def _budget_curves(examination: Examination) -> list[Curve]:
    points = [(float(depth), regret) for depth, regret in examination.budget.regret]
    if not points:
        return []
    return [
        Curve(
            title="Regret against the plies it may imagine",
            x_label="plies allowed",
            y_label="normalised regret",
            series={"its choices": points},
        )
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction):
        return float(value)
    return value
