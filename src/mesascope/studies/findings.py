"""What a search found, as a record; and what to try next."""

import shlex
from collections.abc import Mapping
from dataclasses import asdict

from mesascope.core.optimizer import Progress
from mesascope.organisms.catalogue import CATALOGUE
from mesascope.organisms.organism import ChargeCurve, Organism
from mesascope.records.figures import Curve
from mesascope.records.run import DiscoveryRecord, ReignRecord, SearchRecord, SweepRecord
from mesascope.studies.request import Request


def search_record(
    organism: Organism,
    progress: Progress,
    sweep: Mapping[str, Progress],
    identical: list[str],
    seconds: float,
) -> SearchRecord:
    """Return the search as it went: the timeline, the winner, and who could have won instead."""
    assert progress.best is not None
    curves = organism.charge_curves([progress, *sweep.values()])
    return SearchRecord(
        optimizer=organism.optimizer.name,
        base_objective=organism.base.name,
        evaluations=progress.evaluations,
        budget=progress.budget,
        seconds=seconds,
        discoveries=[DiscoveryRecord(**asdict(found)) for found in progress.discoveries],
        winner=progress.best.source,
        unidentifiable=identical,
        curves=[_drawn(curve) for curve in curves],
        sweep=[
            SweepRecord(
                charge=charge,
                winner=other.best.source,
                wins_as=other.best.kind,
                behaviour=other.best.behaviour,
            )
            for charge, other in sweep.items()
            if other.best is not None
        ],
        reigns=[reign for curve in curves for reign in _reigns(curve)],
    )


def _drawn(curve: ChargeCurve) -> Curve:
    """Return the best of each kind by charge; a curve ends where it is out of the running."""
    floor = max(points[0][1] for points in curve.best_of_kind.values()) - 1.0
    shown = {
        kind: [point for point in points if point[1] >= floor]
        for kind, points in curve.best_of_kind.items()
    }
    return Curve(
        title=f"Best of each kind by {curve.charge}",
        x_label=curve.charge,
        y_label="base objective",
        x_log=True,
        series={kind: points for kind, points in shown.items() if points},
        marks={"in force": curve.rate} if curve.rate else {},
    )


def _reigns(curve: ChargeCurve) -> list[ReignRecord]:
    return [
        ReignRecord(
            charge=curve.charge, in_force=curve.rate, rate=rate, winner=source, wins_as=kind
        )
        for rate, source, kind in curve.stretches
    ]


def _another(organism: Organism) -> str:
    """Return the preset that the catalogue lists after this one."""
    presets = list(CATALOGUE[organism.name].presets)
    return presets[(presets.index(organism.preset) + 1) % len(presets)]


def next_commands(organism: Organism, request: Request, winner: str) -> list[str]:
    """Return commands that a reader may want next."""
    task = f"{organism.name}/{organism.preset}"
    return [
        f"mesascope score {shlex.quote(winner)} --opponent perfect",
        f"mesascope audit {shlex.quote(winner)} --task {task} --report audit.html",
        f"mesascope run {organism.name} --preset {_another(organism)} --seed {request.seed}",
        "mesascope organisms",
    ]
