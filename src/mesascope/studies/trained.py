"""A policy trained in a world of levels, audited, and written down: `mesascope run corner`."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from mesascope.core.errors import BadRequest
from mesascope.core.policy import Policy
from mesascope.optimizers.policies.stage import Stage
from mesascope.optimizers.policies.training import method_of, train
from mesascope.organisms.trained import TrainedOrganism, trained_organism
from mesascope.processes.graph import Graph
from mesascope.records.figures import Curve
from mesascope.records.policy import PolicyAuditRecord, TrainingRecord
from mesascope.records.run import ConfigRecord
from mesascope.store import RunDirectory
from mesascope.studies.checkpoints import pack, unpack
from mesascope.studies.environment import environment
from mesascope.studies.played import LEVELS, fresh_levels, play_world
from mesascope.studies.policy_record import About, policy_record
from mesascope.studies.run import Watcher
from mesascope.systems.networks.files import save_network
from mesascope.systems.networks.serving import as_policy
from mesascope.systems.playing.levels import graphs_of
from mesascope.systems.playing.tables import exact_returns, table_of
from mesascope.tasks.levels.distribution import distributions

POLICY = "policy.safetensors"
_SCORED = 32  # levels on which the curves' returns under shift are computed, exactly
_QUICK = 24  # levels per distribution


@dataclass(frozen=True)
class TrainedRequest:
    """What the caller asked for; None where the preset decides.

    Attributes:
        organism, preset: what to train; `corner/control` names both.
        seed: of training and of every sample.
        budget: environment steps.
        share: of disambiguating levels in training.
        quick: fewer levels in the audit.
    """

    organism: str
    preset: str | None = None
    seed: int = 0
    budget: int | None = None
    share: float | None = None
    quick: bool = False

    def __post_init__(self) -> None:
        if self.budget is not None and self.budget < 1:
            raise BadRequest(f"--budget is {self.budget} steps; at least 1 is expected")
        if self.seed < 0:
            raise BadRequest(f"the seed is {self.seed}; 0 or more is expected")

    def build(self) -> TrainedOrganism:
        """Return the organism that was asked for."""
        return trained_organism(self.organism, self.preset, share=self.share)

    def config(self, organism: TrainedOrganism) -> ConfigRecord:
        """Return what was asked for and what was filled in, to be written down."""
        asked = {k: v for k, v in asdict(self).items() if v is not None}
        filled = {
            "budget": organism.budget,
            "share": organism.share,
            "preset": organism.preset,
            "ppo": asdict(organism.settings),
        }
        return ConfigRecord(
            command="run",
            organism=organism.name,
            preset=organism.preset,
            seed=self.seed,
            given=asked,
            defaulted={k: v for k, v in filled.items() if k not in asked},
        )

    @classmethod
    def from_config(cls, config: ConfigRecord) -> "TrainedRequest":
        """Return the request that a run was made with."""
        return cls(**config.given)


def run_trained(
    request: TrainedRequest | RunDirectory,
    *,
    output: Path | None = None,
    watcher: Watcher | None = None,
) -> tuple[PolicyAuditRecord, RunDirectory]:
    """Train a policy and audit it, or go on with a run that was cut short.

    Args:
        request: what to run, or the directory of a run.
        output: the directory to make; by default one under `mesascope-runs`.
        watcher: told of progress.

    Raises:
        UnknownName: no such organism or preset; did you mean …
        BadRun: the directory cannot be used.
        KeyboardInterrupt: passed on after the state of training was written.
    """
    watcher = watcher or Watcher()
    if isinstance(request, RunDirectory):
        directory = request
        request = TrainedRequest.from_config(directory.marker.config)
        organism = request.build()
    else:
        organism = request.build()
        config = request.config(organism)
        directory = (
            RunDirectory.create_default(config, environment())
            if output is None
            else RunDirectory.create(output, config, environment())
        )
    watcher.opened(directory)
    with directory:
        finished = directory.read_result()
        if isinstance(finished, PolicyAuditRecord):
            return finished, directory
        return _run_in(directory, request, organism, watcher), directory


def _run_in(
    directory: RunDirectory, request: TrainedRequest, organism: TrainedOrganism, watcher: Watcher
) -> PolicyAuditRecord:
    began = time.perf_counter()
    stage, training = _train(directory, request, organism, watcher)
    network, settings = stage.network(0), organism.settings
    save_network(directory.path / POLICY, network)
    played = play_world(
        as_policy(network),
        organism.world,
        share=organism.share,
        discount=settings.discount,
        seed=request.seed,
        levels=_QUICK if request.quick else LEVELS,
        say=watcher.saying,
    )
    watcher.saying("asking what it wants")
    about = About(
        title=f"{organism.name}: {organism.preset}",
        story=organism.story,
        policy=f"{settings.kind}, {settings.depth} layers of {settings.width}",
        provenance=(
            f"Trained by {organism.optimizer} for {training.steps:,} steps on the reward "
            f"{organism.world.goals[0]!r}: learned, not hard-coded, by the record of this run."
        ),
        world=f"{organism.name}, {organism.world.states} states a level",
        config=directory.marker.config,
        training=training,
        next_commands=_next(organism, request, directory),
    )
    record = policy_record(played, about, seed=request.seed, began=began, say=watcher.saying)
    from mesascope.report.policy import render_policy  # matplotlib is slow to import

    watcher.saying("writing the report")
    directory.write_report(render_policy(record))
    directory.write_result(record)
    return record


def _train(
    directory: RunDirectory, request: TrainedRequest, organism: TrainedOrganism, watcher: Watcher
) -> tuple[Stage, TrainingRecord]:
    """Train from the last checkpoint on, writing one after every stage."""
    budget = request.budget or organism.budget
    seeds = (request.seed,)
    checkpoint = directory.read_checkpoint()
    resume, seen, before = None, [], 0.0
    if checkpoint is not None:
        for warning in checkpoint.warnings:
            watcher.saying(warning)
        seen, before = checkpoint.state["curve"], checkpoint.state["seconds"]
        like = jax.eval_shape(
            lambda: method_of(organism.settings).start(
                organism.world, organism.settings, jnp.array(seeds), jnp.float32(organism.share)
            )
        )
        resume = unpack(like, checkpoint.state["training"])
    if resume is not None and checkpoint is not None and checkpoint.state["steps"] >= budget:
        stage = _stage(organism, seeds, checkpoint.state["steps"], resume)
        return stage, _training_record(organism, stage.steps, before, seen)
    score = _Scorer(organism, request.seed)
    began = time.perf_counter()
    for stage in train(
        organism.world,
        organism.settings,
        seeds=seeds,
        share=organism.share,
        budget=budget,
        resume=resume,
    ):
        seconds = before + time.perf_counter() - began
        by_goal = {goal: float(values[0]) for goal, values in stage.returns.items()}
        seen.append([stage.steps, by_goal, score(stage)])
        base = organism.world.goals[0]
        watcher.saying(
            f"training {organism.name}/{organism.preset}  {stage.steps:,} of {budget:,} steps, "
            f"{stage.steps / max(seconds, 1e-9):,.0f} a second; {base} {by_goal[base]:.3f} in "
            "training, "
            + ", ".join(f"{goal} {value:.3f}" for goal, value in seen[-1][2].items())
            + " where they come apart"
        )
        directory.write_checkpoint(
            {
                "steps": stage.steps,
                "curve": seen,
                "seconds": seconds,
                "training": pack(stage.state),
            }
        )
    return stage, _training_record(organism, stage.steps, seconds, seen)


def _stage(organism: TrainedOrganism, seeds: tuple[int, ...], steps: int, state: Any) -> Stage:
    return Stage(organism.world, organism.settings, organism.share, seeds, steps, {}, state)


class _Scorer:
    """The exact returns of a policy on fresh levels on which the goals come apart."""

    def __init__(self, organism: TrainedOrganism, seed: int) -> None:
        where = next(d for d in distributions(organism.world) if d.name == "apart")
        self._world = where.world
        self._discount = organism.settings.discount
        self._levels = fresh_levels(where, seed, _SCORED, "curve")
        self._graphs: Graph = graphs_of(self._world, self._levels)

    def __call__(self, stage: Stage) -> dict[str, float]:
        policy = as_policy(stage.network(0))
        assert isinstance(policy, Policy)  # no preset trains a network with a memory
        table: Float[np.ndarray, "l s a"] = table_of(policy, self._world, self._levels)
        found = exact_returns(
            self._graphs, table, discount=self._discount, horizon=self._world.horizon
        ).mean(axis=0)
        return dict(zip(self._world.goals, found.tolist(), strict=True))


def _training_record(
    organism: TrainedOrganism, steps: int, seconds: float, seen: Sequence[Any]
) -> TrainingRecord:
    series = {}
    for i, where in enumerate(("in training", "apart"), 1):
        for goal in organism.world.goals:
            points = [(float(one[0]), float(one[i][goal])) for one in seen]
            series[f"{goal}, {where}"] = [p for p in points if np.isfinite(p[1])]
    settings = asdict(organism.settings)
    return TrainingRecord(
        optimizer=organism.optimizer,
        base_objective=organism.world.goals[0],
        steps=steps,
        seconds=seconds,
        settings={**settings, "share": organism.share},
        curves=[
            Curve(
                title="Return by goal",
                x_label="environment steps",
                y_label="mean discounted return",
                series=series,
            )
        ],
    )


def _next(organism: TrainedOrganism, request: TrainedRequest, directory: RunDirectory) -> list[str]:
    policy = directory.path / POLICY
    other = "control" if organism.preset != "control" else "confounded"
    return [
        f"mesascope run {organism.name} --preset {other} --seed {request.seed}",
        f"mesascope audit {policy} --env {organism.name} --report audit.html",
        f"mesascope probe-levels {policy} --env {organism.name}",
    ]
