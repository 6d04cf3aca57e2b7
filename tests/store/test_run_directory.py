"""A run directory keeps what was written, and says what is wrong when it cannot."""

import json
import os
import random
import shutil
import struct
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mesascope.store import BadRun, DirectoryInUse, PathTaken, RunDirectory
from mesascope.store.location import default_paths
from mesascope.store.sealed import seal, unseal
from tests.store.runs import CONFIG, RECORD


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return RunDirectory.create(tmp_path / "run", CONFIG)


def test_what_is_written_comes_back(run: RunDirectory) -> None:
    assert run.read_checkpoint() is None
    assert run.read_result() is None
    state = {"values": [0.1 + 0.2, 5e-324, -0.0, 1e308], "name": "\ud800<é>\0", "n": 2**80}
    run.write_checkpoint(state)
    run.write_result(RECORD)
    run.write_report("<!doctype html>")
    again = RunDirectory.open(run.path)
    assert again.marker == run.marker
    assert again.marker.config == CONFIG
    found = again.read_checkpoint()
    assert found is not None
    assert found.warnings == ()
    assert found.state == state
    assert str(found.state["values"][2]) == "-0.0"
    assert again.read_result() == RECORD
    assert json.loads((run.path / "result.json").read_text())["seconds"] == RECORD.seconds
    assert not list(run.path.glob(".*"))


@given(st.integers(0, 2**64 - 1))
def test_every_finite_float_survives_bit_for_bit(bits: int) -> None:
    (value,) = struct.unpack("d", struct.pack("Q", bits))
    if value - value == 0:
        back = unseal(seal({"x": value}), Path("x"), "")["x"]
        assert struct.pack("d", back) == struct.pack("d", value)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"a": [{"b": float("inf")}]}, r"state\.a\[0\]\.b is inf"),
        ({"a": {1: 2}}, r"state\.a has the key 1"),
        ({"a": {1, 2}}, r"state\.a is of type set"),
    ],
)
def test_what_json_would_change_is_refused(
    run: RunDirectory, state: dict[str, object], message: str
) -> None:
    run.write_checkpoint({"good": True})
    with pytest.raises((TypeError, ValueError), match=message):
        run.write_checkpoint(state)
    found = run.read_checkpoint()
    assert found is not None
    assert found.state == {"good": True}


def test_every_cut_and_every_flipped_byte_is_noticed(run: RunDirectory) -> None:
    run.write_result(RECORD)
    path = run.path / "result.json"
    whole = path.read_bytes()
    chance = random.Random(0)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(BadRun, match=r"result\.json is damaged: it.*--resume"):
            run.read_result()
    for _ in range(300):
        broken = bytearray(whole)
        broken[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(broken)
        with pytest.raises(BadRun, match="damaged"):
            run.read_result()


def test_a_damaged_checkpoint_gives_way_to_the_one_before(run: RunDirectory) -> None:
    for n in range(3):
        run.write_checkpoint({"n": n})
    path = run.path / "checkpoint.json"
    path.write_bytes(path.read_bytes().replace(b'"n":2', b'"n":7'))
    found = run.read_checkpoint()
    assert found is not None
    assert found.state == {"n": 1}
    assert "checkpoint.json is damaged: it was changed" in found.warnings[0]
    assert "checkpoint.previous.json" in found.warnings[0]
    # The damaged one does not take the place of the whole one before it.
    run.write_checkpoint({"n": 8})
    path.write_bytes(b"")
    found = run.read_checkpoint()
    assert found is not None
    assert found.state == {"n": 1}
    (run.path / "checkpoint.previous.json").write_bytes(b"{")
    with pytest.raises(BadRun, match=r"checkpoint\.json is damaged: it is empty.*Start again"):
        run.read_checkpoint()


def test_a_checkpoint_of_another_run_is_refused(run: RunDirectory, tmp_path: Path) -> None:
    other = RunDirectory.create(
        tmp_path / "other", CONFIG.model_copy(update={"seed": 4, "given": {"seed": 4}})
    )
    other.write_checkpoint({"n": 1})
    shutil.copy(other.path / "checkpoint.json", run.path)
    with pytest.raises(BadRun, match="belongs to another run"):
        run.read_checkpoint()


def test_one_writer_at_a_time(run: RunDirectory) -> None:
    with pytest.raises(DirectoryInUse, match=rf"in use by process {os.getpid()} on .*resume"):
        RunDirectory.open(run.path, write=True)
    reader = RunDirectory.open(run.path)
    with pytest.raises(BadRun, match="reading only"):
        reader.write_checkpoint({"n": 0})
    run.close()
    with pytest.raises(BadRun, match="reading only"):
        run.write_result(RECORD)
    (run.path / f".checkpoint.json.{os.getpid()}-0123abcd.tmp").write_text("left by a kill")
    (run.path / ".notes.tmp").write_text("not ours")
    with RunDirectory.open(run.path, write=True) as again:
        again.write_checkpoint({"n": 0})
    assert [p.name for p in run.path.glob(".*")] == [".notes.tmp"]


def test_nothing_that_exists_is_written_into(run: RunDirectory, tmp_path: Path) -> None:
    with pytest.raises(PathTaken, match="already holds a run"):
        RunDirectory.create(run.path, CONFIG)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.tex").write_text("x")
    with pytest.raises(PathTaken, match=r"other files \(thesis\.tex\)"):
        RunDirectory.create(foreign, CONFIG)
    assert [p.name for p in foreign.iterdir()] == ["thesis.tex"]
    with pytest.raises(PathTaken, match="is a file"):
        RunDirectory.create(foreign / "thesis.tex", CONFIG)
    with pytest.raises(BadRun, match=r"cannot write|cannot read"):
        RunDirectory.create(foreign / "thesis.tex" / "run", CONFIG)
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    with pytest.raises(PathTaken, match="symbolic link"):
        RunDirectory.create(dangling, CONFIG)
    assert not (tmp_path / "nowhere").exists()
    assert not list(tmp_path.glob(".*"))


def test_an_empty_directory_and_a_link_to_one_will_do(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "lock").touch()  # a creation that was killed
    link = tmp_path / "link"
    link.symlink_to(real)
    with pytest.raises(BadRun, match="its run never began"):
        RunDirectory.open(link)
    RunDirectory.create(link, CONFIG).close()
    assert RunDirectory.open(link).path == real


def test_what_is_no_run_is_said_to_be_none(run: RunDirectory, tmp_path: Path) -> None:
    with pytest.raises(BadRun, match="there is no"):
        RunDirectory.open(tmp_path / "absent")
    with pytest.raises(BadRun, match="is a file"):
        RunDirectory.open(run.path / "run.json")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "a").touch()
    with pytest.raises(BadRun, match=r"no run\.json.*mesascope run"):
        RunDirectory.open(tmp_path / "foreign")
    marker = run.path / "run.json"
    whole = marker.read_bytes()
    newer = whole.replace(b"mesascope-run/1", b"mesascope-run/9")
    for content, message in {
        newer: r"'mesascope-run/9', and this version reads 'mesascope-run/1'.*upgrade",
        whole[:-9]: "cut short",
        whole.replace(b'"seed": 3', b'"seed": 4'): "changed",
        seal({"schema_version": "mesascope-run/1"}): "no marker of a run",
        b"[" * 100_000: "cut short",
        b"": "is empty",
    }.items():
        marker.write_bytes(content)
        with pytest.raises(BadRun, match=message):
            RunDirectory.open(run.path)


def test_links_and_directories_in_the_place_of_files_are_refused(
    run: RunDirectory, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("untouched")
    for name in ("checkpoint.json", "result.json", "report.html"):
        (run.path / name).symlink_to(secret)
    for act in (
        lambda: run.write_checkpoint({"n": 1}),
        lambda: run.write_result(RECORD),
        lambda: run.write_report("x"),
        run.read_checkpoint,
        run.read_result,
    ):
        with pytest.raises(BadRun, match="symbolic link"):
            act()
    assert secret.read_text() == "untouched"
    (run.path / "report.html").unlink()
    (run.path / "report.html").mkdir()
    with pytest.raises(BadRun, match="it is a directory"):
        run.write_report("x")


def test_a_result_of_another_shape_is_damaged(run: RunDirectory) -> None:
    (run.path / "result.json").write_bytes(seal({"schema_version": "mesascope-run/1"}))
    with pytest.raises(BadRun, match=r"does not fit the schema \(title: Field required\)"):
        run.read_result()


def test_default_places_are_free_and_safe(tmp_path: Path) -> None:
    first, second = (RunDirectory.create_default(CONFIG, base=tmp_path) for _ in range(2))
    assert first.path == tmp_path / "mesascope-runs" / "tictactoe-standard-seed3"
    assert second.path == tmp_path / "mesascope-runs" / "tictactoe-standard-seed3-2"
    (hostile,) = islice(default_paths("../../etc", "<p>/\0", 0, tmp_path), 1)
    assert hostile == tmp_path / "mesascope-runs" / "etc-p-seed0"


def test_a_killed_creation_is_swept_up_later(tmp_path: Path) -> None:
    old, new = (tmp_path / f".run.{n}-0123abcd.new" for n in (1, 2))
    old.mkdir()
    new.mkdir()
    os.utime(old, (0, 0))
    RunDirectory.create(tmp_path / "run", CONFIG).close()
    assert not old.exists()
    assert new.exists()


def test_a_moved_run_goes_on(run: RunDirectory, tmp_path: Path) -> None:
    run.write_checkpoint({"n": 1})
    run.close()
    shutil.move(run.path, tmp_path / "elsewhere")
    with pytest.raises(BadRun, match="there is no"):
        RunDirectory.open(run.path, write=True)
    with RunDirectory.open(tmp_path / "elsewhere", write=True) as moved:
        found = moved.read_checkpoint()
        assert found is not None
        assert found.state == {"n": 1}
        assert "elsewhere" in moved.resume_command
