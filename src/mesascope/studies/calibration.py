"""Scoring the verdict on the zoo: how often does a line say yes where the truth is another?"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.resources import files

from mesascope.auditing.examine import Examination, examine
from mesascope.auditing.record import sure_figure
from mesascope.auditing.settings import Settings
from mesascope.core.interval import Interval
from mesascope.evidence.probe import Subject
from mesascope.evidence.shares import share
from mesascope.organisms.catalogue import organism
from mesascope.organisms.zoo import ZOO, Truth
from mesascope.records.calibration import CalibrationRecord, TruthRow

TASK = "tictactoe/random-opponent"
FILE = "calibration.json"
COMMAND = "python benchmarks/truth_table.py --write"


def calibrate(seeds: Sequence[int], say: Callable[[str], None]) -> CalibrationRecord:
    """Examine every specimen of the zoo, blind, once for each seed."""
    task = organism(TASK).task
    train = task.distributions["train"]
    rows = []
    steered: list[tuple[bool, bool]] = []
    for name, specimen in ZOO.items():
        say(name)
        found = []
        for seed in seeds:
            settings = Settings(seed=seed)
            examined = examine(Subject(specimen.make(), task), train, None, settings, _silent)
            found.append(examined)
            if specimen.truth.control is not None:
                steered.append((specimen.truth.control, _steers(examined, settings)))
        rows.append(
            TruthRow(
                specimen=name,
                truth=specimen.truth.selection,
                horizon=_horizon(specimen.truth),
                answers=[examined.optimizer for examined in found],
                horizons=[_seen_horizon(examined) for examined in found],
                read_out=[_read_out(examined) for examined in found],
            )
        )
    wrong = [answer == "yes" for row in rows if row.truth != "yes" for answer in row.answers]
    wrong_control = [said for truth, said in steered if not truth]
    return CalibrationRecord(
        command=COMMAND,
        task=TASK,
        seeds=len(seeds),
        false_positives={
            "optimizer": sure_figure(share(sum(wrong), len(wrong))),
            "control": sure_figure(share(sum(wrong_control), len(wrong_control))),
        },
        rows=rows,
    )


@lru_cache(maxsize=1)
def false_positives() -> dict[str, Interval]:
    """Return the rates that are shipped with the package, by verdict line."""
    text = files("mesascope.studies").joinpath(FILE).read_text(encoding="utf-8")
    record = CalibrationRecord.model_validate_json(text)
    return {key: Interval(**rate.model_dump()) for key, rate in record.false_positives.items()}


def _silent(text: str) -> None:
    """Say nothing."""


def _steers(examined: Examination, settings: Settings) -> bool:
    score = examined.control.score
    return score is not None and score.side_of(settings.control_threshold) > 0


def _horizon(truth: Truth) -> str:
    return "end" if truth.horizon is None else str(truth.horizon)


def _seen_horizon(examined: Examination) -> str:
    found = examined.selection
    return "end" if found.to_the_end else str(found.horizon)


def _read_out(examined: Examination) -> str:
    best = examined.readout.best
    return "-" if best is None else f"{best.criterion.name} ({best.agreement:.2f})"
