"""Figures as they are written down: every number with its interval and where it came from."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict


class Record(BaseModel):
    """The base of every record: closed to unknown fields, frozen, plain data throughout."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _plain(value: Any) -> Any:
    """Let only what JSON can say pass."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    raise ValueError(f"{type(value).__name__} is not plain data")


PlainData = Annotated[Any, AfterValidator(_plain)]


class Figure(Record):
    """An estimate and its interval. `samples` is 0 where the figure is exact."""

    estimate: float
    low: float
    high: float
    samples: int = 0
    confidence: float = 1.0


class Curve(Record):
    """A curve for a plot: one or more named series over the same kind of axis."""

    title: str
    x_label: str
    y_label: str
    x_log: bool = False
    series: dict[str, list[tuple[float, float]]]
    marks: dict[str, float] = {}


class Frame(Record):
    """One picture of a replay: a grid of short texts, and what is written under it.

    Attributes:
        rows: the cells, as texts; any rectangle.
        chosen: the cell (row, column) that the next move fills, if any.
        values: a number under each cell, for each named objective; None where there is none.
    """

    rows: list[list[str]]
    caption: str
    chosen: tuple[int, int] | None = None
    values: dict[str, list[list[float | None]]] = {}


class Replay(Record):
    """A witness: frames to step through, and what they show."""

    title: str
    caption: str
    frames: list[Frame]


Answer = Literal["yes", "no", "undetermined", "not applicable"]
Status = Literal["declared", "checked", "failed", "unchecked"]
Standing = Literal["declared", "extracted", "inferred"]
