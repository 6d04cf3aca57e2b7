"""A write that the system refuses leaves everything as it was, and says what to do."""

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mesascope.store import BadRun, RunDirectory, write_atomically
from tests.disks import mounted, unwritable
from tests.store.runs import CONFIG, RECORD


def refuse(code: int) -> Callable[..., int]:
    def call(*_: object, **__: object) -> int:
        raise OSError(code, os.strerror(code))

    return call


def test_a_page_outside_of_any_run_is_not_to_be_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "write", refuse(errno.ENOSPC))
    with pytest.raises(BadRun, match="write it to a disk with more room") as caught:
        write_atomically(tmp_path / "page.html", b"a page")
    assert "--resume" not in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("call", ["write", "fsync", "open", "replace", "close"])
def test_a_full_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    run = RunDirectory.create(tmp_path / "run", CONFIG)
    run.write_checkpoint({"n": 1})
    run.write_checkpoint({"n": 2})
    before = {p.name: p.read_bytes() for p in run.path.iterdir()}
    with monkeypatch.context() as patch:
        if call == "replace":
            patch.setattr(Path, "replace", refuse(code))
        elif call == "open":
            # Reading still works on a full disk; making a new file does not.
            plain = os.open

            def no_new_file(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
                return refuse(code)() if flags & os.O_CREAT else plain(path, flags, mode, **more)

            patch.setattr(os, "open", no_new_file)
        elif call == "close":
            plain_close = os.close

            def close(descriptor: int) -> None:
                plain_close(descriptor)
                refuse(code)()

            patch.setattr(os, "close", close)
        else:
            patch.setattr(os, call, refuse(code))
        with pytest.raises(BadRun) as caught:
            run.write_checkpoint({"n": 3, "much": "x" * 2_000_000})
    message = str(caught.value)
    assert "no room to write" in message
    assert "needs 2.0 MB" in message
    assert "mesascope run --resume" in message
    assert "disk with more room" in message
    assert {p.name: p.read_bytes() for p in run.path.iterdir()} == before
    run.write_checkpoint({"n": 3})
    run.close()
    with RunDirectory.open(run.path, write=True) as again:
        found = again.read_checkpoint()
        assert found is not None
        assert found.state == {"n": 3}


def test_short_writes_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: plain(fd, bytes(data[:7])))
    write_atomically(tmp_path / "file", b"longer than seven bytes")
    assert (tmp_path / "file").read_bytes() == b"longer than seven bytes"


def test_ctrl_c_while_writing_leaves_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    write_atomically(tmp_path / "file", b"old")
    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file", b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_file_size_limit_is_told(tmp_path: Path) -> None:
    RunDirectory.create(tmp_path / "run", CONFIG).close()
    script = """
import resource, sys
from pathlib import Path
from mesascope.store import BadRun, RunDirectory
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
with RunDirectory.open(Path(sys.argv[1]), write=True) as run:
    run.write_checkpoint({"n": 1})
    try:
        run.write_checkpoint({"n": 2, "much": "x" * 100_000})
    except BadRun as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "run"], capture_output=True, text=True, check=True
    )
    assert "no room to write" in done.stdout
    assert "needs 100.2 kB" in done.stdout
    found = RunDirectory.open(tmp_path / "run").read_checkpoint()
    assert found is not None
    assert found.state == {"n": 1}
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == [
        "checkpoint.json",
        "lock",
        "run.json",
    ]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with mounted(folder, "size=64k"):
        yield folder


def test_a_small_disk_really_fills(small_disk: Path) -> None:
    with RunDirectory.create(small_disk / "run", CONFIG) as run:
        run.write_checkpoint({"n": 1})
        with pytest.raises(BadRun, match=r"No space left on device\. It needs 60\.\d kB"):
            run.write_checkpoint({"n": 2, "much": "x" * 60_000})
        found = run.read_checkpoint()
        assert found is not None
        assert found.state == {"n": 1}
        run.write_result(RECORD)
    with suppress(OSError), (small_disk / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(b"x" * 4096)
    with pytest.raises(BadRun, match="no room"):
        RunDirectory.create(small_disk / "another", CONFIG)
    assert not (small_disk / "another").exists()
    assert not list(small_disk.glob(".*"))
    with RunDirectory.open(small_disk / "run", write=True) as run:
        assert run.read_result() == RECORD


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS])
def test_a_read_only_place_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    RunDirectory.create(tmp_path / "run", CONFIG).close()
    plain = os.open

    def no_writing(path: str, flags: int, mode: int = 0o777, **more: int) -> int:
        return (
            refuse(code)() if flags & (os.O_CREAT | os.O_RDWR) else plain(path, flags, mode, **more)
        )

    monkeypatch.setattr(os, "open", no_writing)
    assert RunDirectory.open(tmp_path / "run").marker.config == CONFIG
    with pytest.raises(BadRun, match=r"cannot write .*Make .* writable, or copy it"):
        RunDirectory.open(tmp_path / "run", write=True)
    with pytest.raises(BadRun, match=r"cannot write .*another/"):
        RunDirectory.create(tmp_path / "another", CONFIG)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run"]
    monkeypatch.setattr(os, "open", refuse(code))
    with pytest.raises(BadRun, match="cannot read"):
        RunDirectory.open(tmp_path / "run")


def test_a_directory_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    with unwritable(tmp_path) as why, pytest.raises(BadRun, match=rf"cannot write .*{why}"):
        RunDirectory.create(tmp_path / "run", CONFIG)


def test_a_deleted_directory_is_told(tmp_path: Path) -> None:
    run = RunDirectory.create(tmp_path / "run", CONFIG)
    for path in run.path.iterdir():
        path.unlink()
    run.path.rmdir()
    with pytest.raises(BadRun, match=r"is not there.*moved.*start again"):
        run.write_checkpoint({"n": 1})
