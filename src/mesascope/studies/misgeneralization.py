"""Who follows the proxy? Every world, every kind of training levels, ten seeds, each audited.

    python -m mesascope.studies.misgeneralization --csv policies.csv
    python -m mesascope.studies.misgeneralization --csv policies.csv --worlds corner --seeds 3

Each policy is audited on one set of levels; what the audit says is then held against what the
policy does on other levels of the same distribution. Policies that the CSV holds already are not
trained again, so an interrupted sweep goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console

from mesascope.auditing.policies.audit import audit_policy_seen
from mesascope.auditing.policies.held_out import predictions
from mesascope.core.names import look_up
from mesascope.optimizers.policies.training import train
from mesascope.organisms.trained import TRAINED
from mesascope.processes.seen import Seen
from mesascope.records.policy import OnDistributionRecord
from mesascope.studies.misgeneralization_table import (
    CONDITIONS,
    Condition,
    Row,
    append,
    conditions_of,
    read,
    table,
    world_of,
)
from mesascope.studies.played import fresh_levels
from mesascope.studies.table_file import command
from mesascope.systems.networks.network import Network
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.playing.levels import play_levels
from mesascope.tasks.levels.distribution import Distribution, distributions
from mesascope.tasks.levels.world import LevelWorld

AUDITED = 64  # levels of each distribution that the audit sees
HELD_OUT = 64  # others, that it is asked to predict
APART = "apart"

Say = Callable[[str], None]


def sweep(
    worlds: Sequence[str],
    path: Path,
    *,
    conditions: Sequence[str] = (),
    seeds: int = 10,
    say: Say | None = None,
) -> Iterator[list[Row]]:
    """Yield the rows of each condition that the file lacks, once they are in the file.

    Args:
        worlds: by name.
        path: of the CSV.
        conditions: by name; all of them unless given.
        seeds: how many policies of each.
        say: told what is going on.

    Raises:
        BadRequest: the file is no table of this study.
        UnknownName: no such world or condition; did you mean …
    """
    for label in conditions:
        look_up("condition", label, dict.fromkeys(CONDITIONS))
    known = {(row.world, row.condition) for row in read(path)}
    wanted = [(name, *item) for name in worlds for item in conditions_of(name).items()]
    for name, label, condition in wanted:
        if (name, label) not in known and label in (conditions or [label]):
            rows = measure(name, label, condition, seeds=seeds, say=say)
            append(path, rows)
            yield rows


def measure(
    name: str, label: str, condition: Condition, *, seeds: int, say: Say | None = None
) -> list[Row]:
    """Return a row for each seed: policies trained side by side, then audited one by one."""
    tell = say or (lambda text: None)
    world = world_of(name, label)
    budget = max(1, round(TRAINED[name].budget * condition.budget))
    settings = TRAINED[name].settings(condition.settings)
    stages = train(world, settings, seeds=range(seeds), share=condition.share, budget=budget)
    for stage in stages:
        tell(f"{name}, {label}: {stage.steps:,} of {budget:,} steps")
    rows = []
    for seed in range(seeds):
        tell(f"{name}, {label}: policy {seed + 1} of {seeds}")
        row = audited(world, stage.network(seed), condition.share, seed, settings.discount)
        rows.append(Row(name, label, seed, stage.steps, *row))
    return rows


def audited(
    world: LevelWorld, network: Network, share: float, seed: int, discount: float
) -> tuple[float, float, str, float, str, bool, str, str, str]:
    """Audit one policy on some levels and hold that against others; what `Row` has from `base` on.

    The levels are drawn from the seed, so no two policies share them.
    """
    where = {one.name: one for one in distributions(world, share=share)}
    train_levels, apart = next(iter(where.values())), where[APART]

    def play(distribution: Distribution, purpose: str, count: int) -> Seen:
        return play_levels(
            as_policy(network),
            distribution.world,
            fresh_levels(distribution, seed, count, purpose),
            seed=seed,
            discount=discount,
            name=distribution.name,
            description=distribution.description,
            role=distribution.role,
        )

    seen = [play(one, "audit", AUDITED) for one in (train_levels, apart)]
    found = audit_policy_seen(seen, seed=seed)
    (other,) = predictions(found, [play(apart, "held out", HELD_OUT)])
    base, proxy = world.goals
    said = found.distributions[1]
    answers = {line.key: line.answer for line in found.lines}
    return (
        other.capability[base],
        other.capability[proxy],
        said.pursues or "",
        _posterior(said),
        other.predicted or "",
        bool(other.right),
        answers["robust"],
        answers["goal-misgeneralization"],
        answers["capability-failure"],
    )


def _posterior(said: OnDistributionRecord) -> float:
    by_name = {goal.name: goal.posterior for goal in said.goals}
    return by_name.get(said.pursues or "", max(by_name.values()))


def main(
    *, csv: Path, worlds: str = ",".join(TRAINED), conditions: str = "", seeds: int = 10
) -> None:
    """Train and audit the policies of the table that the CSV lacks, and print it.

    Args:
        csv: the table; a condition is added when it is done, so Ctrl-C keeps what is there.
        worlds: names, with commas between.
        conditions: likewise; all of them unless given.
        seeds: policies in each condition.
    """
    console = Console(stderr=True, highlight=False)
    with console.status("starting") as status:
        chosen = [part for part in conditions.split(",") if part]
        for rows in sweep(
            worlds.split(","), csv, conditions=chosen, seeds=seeds, say=status.update
        ):
            console.print(table(rows).splitlines()[-1])
    print(table(read(csv)))


if __name__ == "__main__":
    command(main, "mesascope.studies.misgeneralization")
