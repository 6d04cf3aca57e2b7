"""A policy trained in a world of levels, audited, and written down: `mesascope run corner`."""

import shlex
import time
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from mesascope.optimizers.policies.checkpoints import from_bytes, to_bytes
from mesascope.optimizers.policies.stage import Stage
from mesascope.optimizers.policies.training import train
from mesascope.organisms.trained import TrainedOrganism
from mesascope.records.policy import PolicyAuditRecord, TrainingRecord
from mesascope.store import RunDirectory
from mesascope.studies.environment import environment
from mesascope.studies.played import LEVELS, play_on
from mesascope.studies.policy_record import About, policy_record
from mesascope.studies.run import Watcher
from mesascope.studies.trained_request import TrainedRequest
from mesascope.studies.training_curves import Scorer, training_record
from mesascope.systems.networks.files import save_network
from mesascope.systems.networks.serving import as_policy
from mesascope.tasks.levels.distribution import distributions

POLICY = "policy.safetensors"
_QUICK = 24  # levels per distribution


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
    played = play_on(
        as_policy(network),
        distributions(organism.world, share=organism.share),
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
        resume = from_bytes(
            b64decode(checkpoint.state["training"]),
            organism.world,
            organism.settings,
            seeds=seeds,
            share=organism.share,
        )
    if resume is not None and checkpoint is not None and checkpoint.state["steps"] >= budget:
        stage = _stage(organism, seeds, checkpoint.state["steps"], resume)
        return stage, training_record(organism, stage.steps, before, seen)
    score = Scorer(organism, request.seed)
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
                "training": b64encode(to_bytes(stage)).decode("ascii"),
            }
        )
    return stage, training_record(organism, stage.steps, seconds, seen)


def _stage(organism: TrainedOrganism, seeds: tuple[int, ...], steps: int, state: Any) -> Stage:
    return Stage(organism.world, organism.settings, organism.share, seeds, steps, {}, state)


def _next(organism: TrainedOrganism, request: TrainedRequest, directory: RunDirectory) -> list[str]:
    policy = shlex.quote(str(directory.path / POLICY))
    other = "control" if organism.preset != "control" else "confounded"
    trained_as = f"--env {organism.name} --discount {organism.settings.discount:g}"
    return [
        f"mesascope run {organism.name} --preset {other} --seed {request.seed}",
        f"mesascope audit {policy} {trained_as} --report audit.html",
        f"mesascope probe-levels {policy} {trained_as}",
    ]
