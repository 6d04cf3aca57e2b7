"""`mesascope probe-levels`: levels that tell the goals of a policy apart, as small pictures."""

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mesascope.cli.page import ready, written
from mesascope.cli.printable import named, printable
from mesascope.records.policy import DesignedLevelRecord
from mesascope.records.probes import NeededRecord, ProbeRecord
from mesascope.report.looks import AGENT, SHAPES, agent_on, looks_of, things_on

_BAR = 24


def probe_levels_command(
    policy: str | None,
    *,
    env: str,
    goals: str | None = None,
    asked: dict[str, Any] | None = None,
    varied: dict[str, Any] | None = None,
    reading: dict[str, Any] | None = None,
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Design levels for a policy, play it on them, and print what came of it.

    Args:
        policy: a policy's file, or None to design levels alone.
        env: the name of a world of mazes, or what names an environment.
        goals: those that remain: names with commas between, or an environment's, with semicolons.
        asked: settings of the search, as `ProbeSettings` has them.
        varied: of an environment, as `Varied` has them.
        reading: how the policy's file is read, see `load_policy`.
        report: where the page is written.
        json: print the record instead.
    """
    ready(report)
    from mesascope.studies.probe_levels import probe_levels
    from mesascope.studies.probing.settings import ProbeSettings

    settings = ProbeSettings(**(asked or {}))
    # What the policy prints is not our output.
    with _progress(quiet=json) as say, redirect_stdout(sys.stderr):
        loaded = None if policy is None else _load(policy, reading or {})
        told = {"name": policy or "", "settings": settings, "say": say}
        result = probe_levels(loaded, env, goals, **told, **(varied or {}))
    with written(result, report) as page:
        if json:
            print(result.record.model_dump_json())
        else:
            _tell(result.record, page)
    if result.failure is None:
        return 0
    print(f"mesascope: {printable(str(result.failure))}", file=sys.stderr)
    return 2


def _load(policy: str, reading: dict[str, Any]) -> Any:
    from mesascope.systems.policies.load import load_policy

    return load_policy(policy, **reading)


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """Show on standard error how the search goes."""
    console = Console(stderr=True, highlight=False)
    if quiet or not console.is_terminal:
        yield None
        return
    with console.status("Designing levels; Ctrl-C keeps the best so far") as status:

        def say(what: str, tried: int, best: float) -> None:
            best_so_far = "" if math.isnan(best) else f", best {best:.3f}"
            status.update(f"{what}: {tried:,} levels{best_so_far}")

        yield say


def _tell(record: ProbeRecord, report: Path | None) -> None:
    console = Console(highlight=False)
    against = f" against {printable(record.policy)}" if record.policy else ""
    head = f"Levels of {printable(record.world)}, designed{against}"
    console.print(Text(head, style="bold"))
    how = "all levels were scored" if record.exact else f"{record.tried:,} levels were scored"
    stop = "; stopped early, these are the best so far" if record.stopped else ""
    console.print(Text(f"{how} in {record.seconds:.1f} s{stop}", style="dim"))
    signs = _signs(record)
    telling = [level for level in record.designed if level.purpose == "information"]
    console.print()
    goals = ", ".join(map(printable, record.goals))
    console.print(Text.assemble(("what tells apart", "bold"), f"  {goals}"))
    console.print(Columns([_pictured(level, signs, _nats(level)) for level in telling], padding=2))
    if telling and telling[0].random is not None:
        console.print(f"A random level of the shifted distribution: {telling[0].random:.3f} nats.")
    for level in record.designed:
        if level.purpose == "regret":
            console.print()
            costs = f"  pursuing {printable(record.wrong)}"
            console.print(Text.assemble(("what costs the most", "bold"), costs))
            console.print(_pictured(level, signs, f"regret {level.regret or 0.0:.3f}"))
            console.print(Text(printable(level.says)))
            if level.played is not None and level.played.cost is not None:
                console.print(f"The policy itself gave up {level.played.cost:.3f} of that.")
    if signs:
        meaning = "  ".join(f"{sign} {printable(thing)}" for thing, sign in signs.items())
        console.print(Text(f"█ wall  {meaning}", style="dim"))
    console.print()
    console.print(Text(printable(record.says), style="bold"))
    console.print(_posterior(record))
    for line in record.needed:
        console.print(
            Text(
                f"A planner for {printable(line.goal)} is told in {line.designed.estimate:.1f} "
                f"episodes; on random levels of the shift in {line.random.estimate:.1f}, and in "
                f"{line.rare.estimate:.1f} where one in fifty is of the shift.{_missed(line)}"
            )
        )
    for note in record.notes:
        console.print(Text(f"• {printable(note)}"))
    if report is not None:
        console.print(Text(f"Report  {printable(str(report))}"), soft_wrap=True)


def _missed(line: NeededRecord) -> str:
    if line.told == 1.0:
        return ""
    return f" On one of these kinds it was told in {line.told:.0%} of the runs: at least so many."


def _nats(level: DesignedLevelRecord) -> str:
    return f"{level.information or 0.0:.3f} nats"


def _pictured(level: DesignedLevelRecord, signs: dict[str, str], caption: str) -> Padding:
    """Return a level as a picture of one sign a cell, twice as wide as high."""
    set_by = ", ".join(f"{name}={value}" for name, value in level.parameters.items())
    said = [Text(caption), *([Text(printable(set_by), style="dim")] if set_by else [])]
    cells = [] if level.level is None else level.level.cells
    rows = [Text("".join(_sign(cell, signs) for cell in row), no_wrap=True) for row in cells]
    return Padding(Group(*said, *rows), (0, 2, 1, 0))


def _signs(record: ProbeRecord) -> dict[str, str]:
    """Return the signs of what stands on the levels: the shapes that the report has for them."""
    looks = looks_of(record.goals, things_on(record.designed))
    signs = {name: SHAPES[look.shape] for name, look in looks.things.items()}
    return signs | dict.fromkeys(agent_on(record.designed), AGENT)


def _sign(cell: str, signs: dict[str, str]) -> str:
    if cell == "#":
        return "██"
    if not cell:
        return "· "
    if cell not in signs:  # several things in one cell
        free = (sign for sign in SHAPES if sign not in signs.values())
        signs[cell] = next(free, SHAPES[0])
    return signs[cell] + " "


def _posterior(record: ProbeRecord) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for heading in ("goal", "before", "after"):
        table.add_column(heading, justify="left" if heading == "goal" else "right")
    table.add_column("", no_wrap=True)
    for name, share in record.before.items():
        if record.after is None:
            table.add_row(named(name), f"{share:.3f}", "–", "")
            continue
        now = record.after[name]
        full = round(_BAR * now)
        bar = Text("█" * full + "·" * (_BAR - full), style="dim")
        table.add_row(named(name), f"{share:.3f}", f"{now:.3f}", bar)
    return table
