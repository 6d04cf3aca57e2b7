"""Weights are opened by a torch alone that runs no code in them."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from mesascope.core.errors import CannotLoad
from mesascope.systems.policies import load_policy
from tests.systems.policies.models import need_extras, save_model

need_extras("torch", "stable_baselines3")


@pytest.mark.parametrize("version", ["2.5.1+cpu", "1.13.0", "of our own"])
def test_a_torch_that_would_run_code_in_weights_is_not_asked(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    _, path = save_model(tmp_path, "PPO")
    asked: list[Any] = []
    monkeypatch.setattr(torch, "load", lambda *given, **_: asked.append(given))
    monkeypatch.setattr(torch, "__version__", version)
    with pytest.raises(CannotLoad, match=r"CVE-2025-32434.*not opened.*torch>=2\.6"):
        load_policy(path)
    assert not asked


def test_the_extra_asks_for_a_torch_that_is_safe() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    assert "torch>=2.6" in project["optional-dependencies"]["sb3"]
