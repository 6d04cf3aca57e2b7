"""What is said beside `--resume`, held against what the run was started with."""

from pathlib import Path
from typing import Any

from mesascope.cli.given import option, was_given
from mesascope.core.errors import BadRequest
from mesascope.records.run import ConfigRecord
from mesascope.store import RunDirectory


def check_resumed(directory: RunDirectory, organism: str | None, asked: dict[str, Any]) -> None:
    """Refuse what disagrees with a run: it goes on as it was started, whatever is said now.

    Args:
        directory: of the run.
        organism: as it was named, perhaps with a preset, as in `corner/control`.
        asked: options by name; those that are None, empty or False were not given.

    Raises:
        BadRequest: naming every option that disagrees, and what the run has in its place.
    """
    family, _, inner = (organism or "").partition("/")
    given = {"organism": family, "preset": inner, "opponent": asked.pop("opponents", None)}
    given |= {name: value for name, value in asked.items() if value is not None}
    there = _started_with(directory.marker.config, directory.path)
    told = []
    for name, value in given.items():
        if not was_given(value):
            continue
        value = value.resolve() if isinstance(value, Path) else value
        if value != there.get(name):
            told.append(f"{_said(name, value)} ({_meant(name, there)})")
    if inner and asked.get("preset") not in (None, inner):
        told.append(f"{organism} beside --preset {asked['preset']}")
    if told:
        raise BadRequest(
            f"{', '.join(told)}: that is not how the run in {directory.path} was started, and it "
            "can only go on as it was. Leave out what disagrees, or start a new run without "
            "--resume"
        )


def _started_with(config: ConfigRecord, path: Path) -> dict[str, Any]:
    """Return what is in force in a run, by the names of the options."""
    there = {**config.defaulted, **config.given, "output": path}
    there |= {"organism": config.organism, "preset": config.preset, "seed": config.seed}
    return there | {"opponent": tuple(there.pop("opponents", None) or ())}


def _said(name: str, value: Any) -> str:
    """Return an option as it is written."""
    if name == "organism":
        return str(value)
    if value is True:
        return option(name)
    values = value if isinstance(value, tuple) else (value,)
    return " ".join(f"{option(name)} {one}" for one in values)


def _meant(name: str, there: dict[str, Any]) -> str:
    value = there.get(name)
    return f"the run has {_said(name, value)}" if was_given(value) else "the run has none"
