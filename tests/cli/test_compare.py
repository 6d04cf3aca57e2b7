"""`mesascope compare`: from a file to distances, regret and heat maps; and files that are none."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mesascope.tasks.finite.gridworld import gridworld, rewards
from tests.cli.inside import mesascope, refused
from tests.cli.shell import document

PROCESS = gridworld()
REWARDS = {name: r for name, r in rewards(PROCESS).items() if name in ("sparse", "dense", "path")}


def save(path, **arrays):
    np.savez(path, **({"transition": PROCESS.transition} | arrays))
    return str(path)


@pytest.fixture
def grid(tmp_path):
    return save(tmp_path / "grid.npz", **{f"reward_{name}": r for name, r in REWARDS.items()})


def test_a_comparison_as_json(grid):
    found = document(mesascope("compare", grid, "--pairs", "0", "--json").stdout)
    assert found["distances"]["epic"]["sparse"]["path"] == pytest.approx(0.1602, abs=5e-5)
    assert found["distances"]["dard"]["path"]["sparse"] == pytest.approx(0.304736, abs=5e-7)
    assert set(found["distances"]) == {
        "epic", "dard", "starc-val", "starc-valpotential", "starc-minimal", "npec",
    }  # fmt: skip
    assert all(row["dense"] < 1e-12 for row in (m["sparse"] for m in found["distances"].values()))
    assert found["regret"]["path"]["sparse"] == pytest.approx(
        found["regret"]["path"]["dense"], abs=1e-9
    )
    assert found["bounds"]["starc-val"]["sparse"]["dense"] < 1e-9
    assert found["worst_regret"]["sparse"]["path"] == pytest.approx(0.2022, abs=1e-4)
    assert found["discount"] == 0.99


def test_a_comparison_as_a_table_and_a_page(grid, tmp_path):
    page = tmp_path / "page.html"
    found = mesascope("compare", grid, "--metric", "epic,starc-val", "--report", str(page))
    assert found.returncode == 0, found.stderr
    assert "Correlation with regret on this process" in found.stdout
    assert "true regret" in found.stdout
    text = page.read_text(encoding="utf-8")
    assert "Content-Security-Policy" in text
    assert text.count("<svg") == 4  # two kinds of regret and two metrics


def test_sampled_distances_come_with_intervals_and_a_noise_floor(grid):
    words = ("--samples", "200", "--metric", "epic,dard", "--seed", "3", "--json")
    found = document(mesascope("compare", grid, *words).stdout)
    for name, exact in (("epic", 0.1602), ("dard", 0.304736)):
        inside = found["intervals"][name]["sparse"]["path"]
        floor = found["noise_floor"][name]["sparse"]["dense"]
        assert inside["low"] - floor < exact < inside["high"] + floor
        assert found["distances"][name]["sparse"]["dense"] <= floor


def test_a_discount_is_the_callers_or_the_files(tmp_path):
    path = save(tmp_path / "a.npz", reward_r=np.arange(9.0), discount=0.5)
    words = ("compare", path, "--metric", "none", "--pairs", "0", "--json")
    assert document(mesascope(*words).stdout)["discount"] == 0.5
    assert document(mesascope(*words, "--discount", "0.9").stdout)["discount"] == 0.9


def broken(name, index, value):
    array = {"transition": PROCESS.transition, "reward_r": np.zeros((9, 5))}[name].copy()
    array[index] = value
    return {name: array}


R = {"reward_r": np.arange(9.0)}


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (R | broken("transition", (1, 2, 3), np.nan), "transition[1, 2, 3] is nan"),
        (R | broken("transition", (1, 2, 3), -0.5), "transition[1, 2, 3] is -0.5"),
        (R | {"transition": 2 * PROCESS.transition}, "transition[0, 0] sums to 2"),
        (R | {"transition": np.ones((2, 3))}, "transition has shape (2, 3)"),
        (R | {"transition": np.array([["a"]])}, "transition has"),
        (broken("reward_r", (3, 1), np.inf), "reward_r[3, 1] is inf"),
        (
            {"reward_r": np.zeros(8)},
            "reward_r has shape (8,), and (9,), (9, 5) or (9, 5, 9) is expected",
        ),
        (R | {"coverage": np.zeros((9, 5, 9))}, "coverage is zero everywhere"),
        (R | {"coverage": np.ones((9, 5))}, "coverage has shape (9, 5)"),
        (R | {"initial": np.full(9, 0.2)}, "initial sums to 1.8"),
        (R | {"terminal": np.ones(9)}, "terminal holds every state"),
        (R | {"terminal": [11]}, "terminal[0] is 11"),
        (R | {"discount": 1.5}, "discount is 1.5"),
        (R | {"discount": 1.0}, "go on for ever"),
        (R | {"rewards_r": np.zeros(9)}, "Did you mean 'reward_NAME'"),
        ({}, "holds no rewards"),
    ],
)
def test_malformed_arrays_are_refused_by_name_index_and_value(tmp_path, arrays, words):
    assert words in refused("compare", save(tmp_path / "bad.npz", **arrays))


def test_files_that_are_none_are_refused(tmp_path, grid):
    path = tmp_path / "x.npz"
    assert "there is no such file" in refused("compare", str(path))
    path.write_bytes(b"")
    assert "it is empty" in refused("compare", str(path))
    path.write_bytes(b"no archive at all")
    assert "it is no archive of arrays" in refused("compare", str(path))
    path.write_bytes(Path(grid).read_bytes()[:-900])
    assert "cannot be read as a .npz file" in refused("compare", str(path))
    np.save(tmp_path / "one.npy", np.zeros(3))
    assert "one array without a name" in refused("compare", str(tmp_path / "one.npy"))
    assert "it is a directory" in refused("compare", str(tmp_path))


@pytest.mark.parametrize(
    ("local", "central", "byte", "says"),
    [(6, 8, 1, "is encrypted"), (8, 10, 99, "compression method is not supported")],
)
def test_archives_that_python_cannot_open_are_refused(tmp_path, grid, local, central, byte, says):
    content = bytearray(Path(grid).read_bytes())
    for sign, offset in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = content.find(sign)
        while at >= 0:
            content[at + offset] = byte
            at = content.find(sign, at + 1)
    (tmp_path / "x.npz").write_bytes(content)
    assert says in refused("compare", str(tmp_path / "x.npz"))


def test_pickled_objects_are_not_loaded(tmp_path):
    class Hostile:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    np.savez(tmp_path / "evil.npz", transition=np.array([Hostile()], dtype=object))
    assert "could run code" in refused("compare", str(tmp_path / "evil.npz"))
    assert not (tmp_path / "ran").exists()


def test_an_archive_with_something_else_in_it_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "odd.npz", "w") as archive:
        archive.writestr("transition.npy", b"\x93NUMPY\x01\x00 nonsense")
    assert "cannot be read" in refused("compare", str(tmp_path / "odd.npz"))
    buffer = io.BytesIO()
    np.save(buffer, PROCESS.transition)
    with zipfile.ZipFile(tmp_path / "cut.npz", "w") as archive:
        archive.writestr("transition.npy", buffer.getvalue()[:500])
    assert "cannot be read" in refused("compare", str(tmp_path / "cut.npz"))


def test_many_rewards_become_a_list(tmp_path):
    many = {f"reward_r{i}": np.sin(i + np.arange(9.0)) for i in range(10)}
    found = mesascope(
        "compare", save(tmp_path / "m.npz", **many), "--metric", "none", "--pairs", "0"
    )
    assert "the 40 closest of 90 pairs" in found.stdout


@pytest.mark.parametrize("size", [1e-200, 1e-14, 1e200])
def test_the_unit_of_a_reward_does_not_matter(tmp_path, size):
    plain = np.arange(9.0)[::-1] ** 2
    rewards = {"reward_a": plain, "reward_b": size * plain, "reward_c": -size * plain}
    words = ("--metric", "epic,starc-val", "--pairs", "0", "--json")
    found = document(mesascope("compare", save(tmp_path / "s.npz", **rewards), *words).stdout)
    for metric in ("epic", "starc-val"):
        assert found["distances"][metric]["a"]["b"] < 1e-12
    assert found["distances"]["epic"]["a"]["c"] == pytest.approx(1.0)
    assert found["regret"]["b"]["a"] == pytest.approx(0.0, abs=1e-12)
    assert found["worst_regret"]["b"]["c"] == pytest.approx(1.0)


def test_options_that_make_no_sense_are_refused(grid):
    assert "0 to 10,000 is expected" in refused("compare", grid, "--pairs", "100000000")
    assert "--report is '.'" in refused("compare", grid, "--report", "")
    assert "the seed is -1" in refused("compare", grid, "--seed", "-1")
    assert "Did you mean 'epic'" in refused("compare", grid, "--metric", "epik")
    assert "--samples is -1" in refused("compare", grid, "--samples", "-1")
    assert "discount is -0.1" in refused("compare", grid, "--discount", "-0.1")
    assert "at least 2" in refused("compare", grid, "--samples", "1")


def test_names_cannot_command_the_terminal_or_the_page(tmp_path):
    names = ("\x1b[31m<b>x</b>", "[/x]", "two\nlines", "long" * 80)
    hostile = {f"reward_{name}": np.arange(9.0) * (i - 1) for i, name in enumerate(names)}
    np.savez(tmp_path / "h.npz", transition=PROCESS.transition, **hostile)
    page = tmp_path / "h.html"
    words = ("--metric", "epic", "--pairs", "0", "--report", str(page))
    found = mesascope("compare", str(tmp_path / "h.npz"), *words)
    assert found.returncode == 0, found.stderr
    assert "\x1b" not in found.stdout
    text = page.read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "<b>x</b>" not in text
