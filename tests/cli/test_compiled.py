"""What is kept of compiled code, and what happens where nothing can be kept."""

import os
from pathlib import Path

import pytest

from mesascope.cli.compiled import keep_compiled

FOLDER = "JAX_COMPILATION_CACHE_DIR"


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "1")
    monkeypatch.setenv(FOLDER, "")
    monkeypatch.delenv(FOLDER)


def test_compiled_code_is_kept_in_the_users_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keep_compiled()
    assert os.environ[FOLDER] == str(tmp_path / "mesascope" / "xla")
    assert (tmp_path / "mesascope" / "xla").is_dir()


def test_a_folder_that_was_chosen_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(FOLDER, "elsewhere")
    keep_compiled()
    assert os.environ[FOLDER] == "elsewhere"
    assert not list(tmp_path.iterdir())


def test_nothing_is_kept_where_no_folder_can_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    keep_compiled()
    assert FOLDER not in os.environ
