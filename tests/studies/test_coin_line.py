"""The sweep of the coin line: known cells, a file that grows cell by cell, a figure."""

import csv
from itertools import islice, product
from pathlib import Path

import pytest
from scipy.stats import binomtest

from mesascope.core.errors import BadRequest
from mesascope.studies.coin_line import cells, measure, sweep
from mesascope.studies.coin_line_curves import draw_curves
from mesascope.studies.coin_line_figure import draw_table
from mesascope.studies.coin_line_table import Cell, Row, read

KNOWN = {0.0: 0.807, 0.02: 0.348, 0.1: 0.090, 0.5: 0.0}  # P(right | learned), L = 4, width 32
SHIPPED = Path("docs/images/coin-line.csv")
TINY = [Cell(epsilon, length=2, width=2) for epsilon in (0.0, 0.5)]


def row(epsilon: float, length: int, capable: int, right: int) -> Row:
    return Row(epsilon, length, 32, 0.5, 100, 2_000, 0, capable, right)


@pytest.mark.parametrize("epsilon", KNOWN)
def test_the_table_shipped_has_the_known_cells(epsilon: float) -> None:
    found = {row.cell: row for row in read(SHIPPED)}[Cell(epsilon)]
    assert (found.runs, found.steps) == (512, 2_000)
    assert found.goal is not None
    assert found.goal.estimate == pytest.approx(KNOWN[epsilon], abs=0.04)


def test_the_table_shipped_is_whole_and_its_shares_are_those_of_its_counts() -> None:
    assert [row.cell for row in read(SHIPPED)] == cells()
    with SHIPPED.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            for name, total in (("capable", "runs"), ("right", "capable")):
                shown = [line[f"{name}_{end}"] for end in ("share", "low", "high")]
                if int(line[total]) == 0:
                    assert shown == ["", "", ""]
                    continue
                test = binomtest(int(line[name]), int(line[total]))
                ends = test.proportion_ci(method="wilson")
                expected = (test.statistic, ends.low, ends.high)
                assert [float(x) for x in shown] == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize("epsilon", KNOWN)
def test_fresh_runs_agree_with_the_known_cells(epsilon: float) -> None:
    # 64 runs of another seed: what they say at 99.9 % must reach within .04 of the known share.
    found = measure(Cell(epsilon), runs=64, seed=1)
    assert found.capable >= 60
    ends = binomtest(found.right, found.capable).proportion_ci(0.999)
    assert ends.low - 0.04 <= KNOWN[epsilon] <= ends.high + 0.04


def test_an_interrupted_sweep_goes_on_where_it_was(tmp_path: Path) -> None:
    path, whole = tmp_path / "table.csv", tmp_path / "whole.csv"
    assert len(list(sweep(TINY, whole, runs=4, steps=3))) == 2
    stopped = list(islice(sweep(TINY, path, runs=4, steps=3), 1))
    assert [row.cell for row in read(path)] == [row.cell for row in stopped] == TINY[:1]
    assert [row.cell for row in sweep(TINY, path, runs=4, steps=3)] == TINY[1:]
    assert path.read_bytes() == whole.read_bytes()
    assert list(sweep(TINY, path, runs=4, steps=3)) == []
    with pytest.raises(BadRequest, match=r"'steps': 3.*'steps': 9.*Name another file"):
        list(sweep(TINY, path, runs=4, steps=9))


def test_files_that_are_no_table_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    for text in ("a,b\n1,2\n", "epsilon,scale\n0,half\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(BadRequest, match=r"other\.csv is no table of the coin line"):
            list(sweep(TINY, path))
    with pytest.raises(BadRequest, match="no folder"):
        read(tmp_path / "missing" / "table.csv")
    with pytest.raises(BadRequest, match="0 runs"):
        measure(TINY[0], runs=0)


def test_the_curves_show_every_length_scale_and_width_and_leave_out_what_is_missing(
    tmp_path: Path,
) -> None:
    rows = [
        Row(epsilon, length, width, 0.25, 100, 2_000, 0, 0 if width == 64 else 100, 30)
        for length, width, epsilon in product((3, 8), (16, 64), (0.0, 0.1))
    ]
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    draw_curves(rows, first)
    draw_curves(rows, second)
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text(encoding="utf-8")
    for shown in ("L = 3<", "L = 8<", "σ = 0.25<", ">width 16<", ">width 64<"):
        assert shown in text


def test_the_figure_shows_shares_intervals_and_what_is_missing(tmp_path: Path) -> None:
    rows = [row(0.0, 4, 100, 35), row(0.5, 4, 0, 0), row(0.0, 3, 50, 50)]
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    draw_table(rows, first)
    draw_table(rows, second)
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text(encoding="utf-8")
    for shown in (">.35<", ">.26–.45<", ">none<", ">.50<"):
        assert shown in text
