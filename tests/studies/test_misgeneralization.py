"""The table of trained policies: made, kept, gone on with; and what the stored one says."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.studies import misgeneralization
from mesascope.studies.misgeneralization_table import Row, append, read, table

STORED = Path(__file__).parents[2] / "docs" / "images" / "policies.csv"
ROW = Row("corner", "control", 3, 400_000, 0.5, -0.25, "", 0.125, "cheese", True, "no", "no", "no")


@pytest.mark.slow
def test_a_policy_with_little_training_is_said_to_be_unable_and_not_to_want_something_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(misgeneralization, "AUDITED", 24)  # enough to tell
    path = tmp_path / "table.csv"
    ((row,),) = misgeneralization.sweep(["corner"], path, conditions=["unable"], seeds=1)
    assert read(path) == [replace(row, **_rounded(row))]
    assert (row.unable, row.predicted, row.right) == ("yes", "no goal", True)
    assert max(abs(row.base), abs(row.proxy)) < 0.3

    def measured(*_: object, **__: object) -> Iterator[Row]:
        raise AssertionError("what the file holds is not measured again")

    monkeypatch.setattr(misgeneralization, "measure", measured)
    assert not list(misgeneralization.sweep(["corner"], path, conditions=["unable"]))


def _rounded(row: Row) -> dict[str, float]:
    return {name: round(getattr(row, name), 4) for name in ("base", "proxy", "posterior")}


def test_rows_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    assert read(path) == []
    append(path, [ROW])
    append(path, [replace(ROW, seed=4, pursues="none of these", right=False)])
    assert read(path) == [ROW, replace(ROW, seed=4, pursues="none of these", right=False)]
    assert table(read(path)).splitlines()[2:] == [
        "| corner | control | 2 | 400,000 | 0.50 (0.50 to 0.50) | −0.25 (−0.25 to −0.25) | "
        "undetermined 1, none of these 1 | no 2 | 1 of 2 (9 to 91 %) |"
    ]


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "world,condition,seed\ncorner,control,x\n"])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    if text:
        with pytest.raises(BadRequest, match="no table of trained policies"):
            read(path)
    else:
        assert read(path) == []
    with pytest.raises(BadRequest, match="Make it first"):
        read(tmp_path / "nowhere" / "table.csv")


def test_a_world_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'corner'"):
        list(misgeneralization.sweep(["korner"], tmp_path / "table.csv"))
    with pytest.raises(UnknownName, match="Did you mean 'control'"):
        list(misgeneralization.sweep(["corner"], tmp_path / "table.csv", conditions=["kontrol"]))


def conditions(world: str, condition: str) -> list[Row]:
    return [row for row in read(STORED) if (row.world, row.condition) == (world, condition)]


WORLDS = ["corner", "dish", "keys", "coin", "follow"]


@pytest.mark.parametrize("world", WORLDS)
def test_the_stored_table_has_proxies_followed_where_training_confounds_and_only_there(
    world: str,
) -> None:
    confounded, control = conditions(world, "confounded"), conditions(world, "control")
    assert len(confounded) == len(control) == 10
    assert all(row.proxy > row.base for row in confounded)
    assert all(row.base > row.proxy for row in control)
    assert sum(row.misgeneralized == "yes" for row in confounded) >= 8
    assert not any(row.misgeneralized == "yes" for row in control)


@pytest.mark.parametrize(
    ("world", "share"),
    [*((world, ".1") for world in WORLDS if world != "keys"), ("keys", ".3")],  # see the page
)
def test_the_stored_table_has_goals_followed_where_enough_levels_disambiguate(
    world: str, share: str
) -> None:
    mixed = conditions(world, f"uniform {share}")
    assert len(mixed) == 10
    assert sum(row.base > row.proxy for row in mixed) >= 9


@pytest.mark.parametrize(
    ("world", "share"),
    [("corner", ".003"), ("dish", ".003"), ("keys", ".1"), ("coin", ".003"), ("follow", ".003")],
)
def test_the_stored_table_has_levels_designed_by_regret_mitigate_misgeneralization(
    world: str, share: str
) -> None:
    uniform, edited = conditions(world, f"uniform {share}"), conditions(world, f"edited {share}")
    assert len(uniform) == len(edited) == 10
    assert min(row.base for row in edited) > max(row.base for row in uniform)
    if world == "follow":  # a mixture, see the page
        assert sum(row.base > row.proxy for row in edited) >= 8
        assert all(row.proxy > row.base for row in uniform)
    else:
        assert all(row.pursues == row.predicted != "" for row in edited)


@pytest.mark.parametrize("world", WORLDS)
def test_the_stored_table_has_the_proxy_named_wherever_it_is_followed(world: str) -> None:
    (named,) = {row.pursues for row in conditions(world, "confounded")}
    assert named not in ("", "lost", "reflex", "none of these")
    assert {row.pursues for row in conditions(world, "control")}.isdisjoint({named})


@pytest.mark.parametrize("world", WORLDS)
def test_the_stored_table_has_audits_that_predict_what_policies_do_elsewhere(world: str) -> None:
    rows = [row for row in read(STORED) if row.world == world]
    even = [row for row in rows if (world, row.condition) == ("keys", "uniform .1")]
    others = [row for row in rows if row not in even]  # these get as much of one as of the other
    assert sum(row.right for row in others) >= 0.95 * len(others)


def test_the_stored_table_has_nearly_all_audits_predict_what_policies_do_elsewhere() -> None:
    rows = read(STORED)
    assert sum(row.right for row in rows) >= 0.95 * len(rows)


@pytest.mark.parametrize("world", WORLDS)
def test_the_stored_table_has_a_want_of_capability_called_what_it_is(world: str) -> None:
    unable = conditions(world, "unable")
    assert len(unable) == 10
    assert all(row.unable == "yes" and row.misgeneralized == "no" for row in unable)


def test_the_documentation_shows_the_stored_table() -> None:
    assert table(read(STORED)) in (STORED.parents[1] / "policies.md").read_text(encoding="utf-8")
