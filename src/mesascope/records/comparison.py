"""What `mesascope compare` found, written down."""

from typing import Literal

from mesascope.records.figures import Figure, Record

Table = dict[str, dict[str, float]]


class MetricRecord(Record):
    """A metric: what it measures, and why it bounds no regret, where it does not."""

    name: str
    measure: str
    sound: bool
    no_bound: str | None = None


class PredictionRecord(Record):
    """How well a metric predicts regret on this process, over random pairs of rewards.

    Attributes:
        correlation: Pearson's, of distance and regret; None where either is constant.
        bands: for distances up to each of the given ones, the median and the 95th percentile of
            regret, and how many pairs there were.
    """

    correlation: Figure | None
    bands: list[tuple[float, float, float, int]]


class ComparisonRecord(Record):
    """Distances, bounds and regrets between rewards. Rows (outer) are meant, columns optimised.

    Attributes:
        source: the file.
        states, actions, discount: the process.
        rewards: their names.
        metrics: what was measured.
        distances: by metric, from the row to the column.
        intervals: by metric, where the distances were sampled.
        noise_floor: by metric, where sampled: what equal rewards would have scored.
        bounds: by metric, an upper bound on `worst_regret`.
        regret: of the policy that is uniform over the actions that are optimal for the column,
            judged by the row, in units of the row's range of returns.
        regret_ties: the same with ties broken for and against the row.
        worst_regret: the most that any improvement by the column can cost the row.
        calibration: by metric.
        notes: what to know of this process and coverage.
    """

    kind: Literal["comparison"] = "comparison"
    source: str
    states: int
    actions: int
    discount: float
    rewards: list[str]
    metrics: list[MetricRecord]
    distances: dict[str, Table]
    intervals: dict[str, dict[str, dict[str, Figure]]]
    noise_floor: dict[str, Table]
    bounds: dict[str, Table]
    regret: Table
    regret_ties: dict[str, Table]
    worst_regret: Table | None
    calibration: dict[str, PredictionRecord]
    calibration_pairs: int
    samples: int
    seed: int
    notes: list[str]
