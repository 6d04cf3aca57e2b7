"""How often the verdict's lines were wrong on systems of known truth."""

from typing import Literal

from mesascope.records.figures import Figure, Record


class TruthRow(Record):
    """One specimen: what there is to find, and what was found, once for every seed."""

    specimen: str
    truth: str
    horizon: str
    answers: list[str]
    horizons: list[str]
    read_out: list[str]


class CalibrationRecord(Record):
    """The truth table, and what follows from it.

    Attributes:
        command: what makes the table again.
        task: where the specimens were examined.
        seeds: how many times each.
        false_positives: by verdict line, the share of "yes" among examinations of specimens whose
            truth is not "yes".
        rows: the table.
    """

    kind: Literal["calibration"] = "calibration"
    command: str
    task: str
    seeds: int
    false_positives: dict[str, Figure]
    rows: list[TruthRow]
