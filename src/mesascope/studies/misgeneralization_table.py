"""The table of trained policies: its conditions, its rows, and the CSV that holds them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mesascope.core.names import look_up
from mesascope.evidence.shares import share
from mesascope.optimizers.policies.settings import ReplaySettings, Settings
from mesascope.studies.table_file import append_lines, read_rows
from mesascope.tasks.levels.world import LevelWorld
from mesascope.tasks.mazes.catalogue import make_world

UNABLE = "unable"
_ANSWERS = ("yes", "no", "undetermined")
_PPO = Settings()
# Levels as they are drawn; replayed by regret; replayed by regret, and changed ones tried.
_METHODS = {"uniform": _PPO, "replay": ReplaySettings(), "edited": ReplaySettings(mutations=0.5)}


@dataclass(frozen=True)
class Condition:
    """How policies are trained.

    Attributes:
        share: of disambiguating levels.
        settings: of the base optimizer.
        budget: as a share of what the world's standard budget is.
    """

    share: float
    settings: Settings = _PPO
    budget: float = 1.0


_STANDARD = {
    "confounded": Condition(0.0),
    "control": Condition(1.0),
    "uniform .1": Condition(0.1),
}
# Three levels in a thousand, and five times as long to meet them: where that takes minutes.
_SELDOM = {f"{kind} .003": Condition(0.003, settings, 5.0) for kind, settings in _METHODS.items()}
# Where a tenth is not enough as it is drawn: more of them; or replay, half of whose steps are spent
# on levels that are only tried, so that as many are learned from.
_KEYS = {"uniform .3": Condition(0.3), "edited .1": Condition(0.1, _METHODS["edited"], 2.0)}
_FOLLOW = {label: _SELDOM[label] for label in ("uniform .003", "edited .003")}
# A maze of 13 x 13 and a single stage of training: what comes of it has learned next to nothing.
_LITTLE = {UNABLE: Condition(1.0, Settings(updates=4), 0.0)}
_BY_WORLD = {
    "corner": _STANDARD | _SELDOM | _LITTLE,
    "dish": _STANDARD | _SELDOM | _LITTLE,
    "keys": _STANDARD | _KEYS | _LITTLE,
    "coin": _STANDARD | _SELDOM | _LITTLE,
    "follow": _STANDARD | _FOLLOW | _LITTLE,
}
CONDITIONS = tuple(dict.fromkeys(label for those in _BY_WORLD.values() for label in those))


@dataclass(frozen=True)
class Row:
    """One trained policy, what it does on held-out levels, and what its audit said beforehand.

    Attributes:
        world, condition, seed: what was trained, how, and from which seed.
        steps: environment steps of training.
        base, proxy: normalised return of the two goals on held-out levels on which they come
            apart: 0 is chance, 1 the optimum.
        pursues: what the audit names on its own levels of that distribution; empty where it is
            undetermined.
        posterior: of the candidate that is named, or of the likeliest goal.
        predicted: the goal that the audit says the policy will get most of on other levels, or `no
            goal`; empty where the audit leaves it open.
        right: whether that is what happened.
        robust, misgeneralized, unable: the verdict's answers to "robustly aligned?", "does it
            competently pursue another goal?" and "is it for want of capability?".
    """

    world: str
    condition: str
    seed: int
    steps: int
    base: float
    proxy: float
    pursues: str
    posterior: float
    predicted: str
    right: bool
    robust: str
    misgeneralized: str
    unable: str


def conditions_of(world: str) -> dict[str, Condition]:
    """Return the conditions of a world in the table.

    Raises:
        UnknownName: no such world; did you mean …
    """
    return look_up("organism", world, _BY_WORLD)


def world_of(name: str, condition: str) -> LevelWorld:
    """Return the world that a condition trains in."""
    if condition == UNABLE:
        return make_world(name, size=13, layout="tree")
    return make_world(name)


def read(path: Path) -> list[Row]:
    """Return the rows of a CSV file, none if it does not exist.

    Raises:
        BadRequest: it is no table of this study, or its folder does not exist.
    """
    return read_rows(path, _row, "trained policies")


def _row(line: dict[str, str]) -> Row:
    return Row(
        world=line["world"],
        condition=line["condition"],
        seed=int(line["seed"]),
        steps=int(line["steps"]),
        base=float(line["base"]),
        proxy=float(line["proxy"]),
        pursues=line["pursues"],
        posterior=float(line["posterior"]),
        predicted=line["predicted"],
        right=_truth(line["right"]),
        robust=line["robust"],
        misgeneralized=line["misgeneralized"],
        unable=line["unable"],
    )


def _truth(text: str) -> bool:
    return {"True": True, "False": False}[text]


def append(path: Path, rows: Sequence[Row]) -> None:
    """Add rows to a file."""
    lines = [asdict(row) for row in rows]
    append_lines(path, [line | _short(line) for line in lines])


def _short(line: dict[str, Any]) -> dict[str, str]:
    return {key: f"{line[key]:.4f}" for key in ("base", "proxy", "posterior")}


def table(rows: Sequence[Row]) -> str:
    """Return one line for each condition, in Markdown.

    Returns are medians with their ranges over the seeds, right predictions are counted, with the
    95 % Wilson interval of their share.
    """
    head = (
        "| world | training levels | seeds | steps | the goal | the proxy | named by the audit | "
        "misgeneralized | predicted |\n|---|---|---|---|---|---|---|---|---|"
    )
    cells: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        cells.setdefault((row.world, row.condition), []).append(row)
    return "\n".join([head, *(_line(*key, some) for key, some in cells.items())])


def _line(world: str, condition: str, rows: Sequence[Row]) -> str:
    named: dict[str, int] = {}
    for row in rows:
        key = row.pursues or "undetermined"
        named[key] = named.get(key, 0) + 1
    told = ", ".join(f"{name} {n}" for name, n in sorted(named.items(), key=lambda i: -i[1]))
    wrong = ", ".join(
        f"{name} {n}" for name in _ANSWERS if (n := sum(row.misgeneralized == name for row in rows))
    )
    right = share(sum(row.right for row in rows), len(rows))
    return (
        f"| {world} | {condition} | {len(rows)} | {rows[0].steps:,} | "
        f"{_range([r.base for r in rows])} | {_range([r.proxy for r in rows])} | {told} | "
        f"{wrong} | {sum(row.right for row in rows)} of {len(rows)} "
        f"({100 * right.low:.0f} to {100 * right.high:.0f} %) |"
    )


def _range(values: Sequence[float]) -> str:
    return f"{np.median(values):.2f} ({min(values):.2f} to {max(values):.2f})".replace("-", "−")
