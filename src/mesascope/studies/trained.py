"""Policies trained in a world of levels, audited, and written down: `mesascope run corner`."""

import shlex
import time
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from mesascope.optimizers.policies.checkpoints import from_bytes, to_bytes
from mesascope.optimizers.policies.stage import Stage
from mesascope.optimizers.policies.training import train
from mesascope.organisms.trained import TrainedOrganism
from mesascope.records.policies import PoliciesRecord
from mesascope.records.policy import PolicyAuditRecord
from mesascope.store import RunDirectory
from mesascope.studies.environment import environment
from mesascope.studies.played import LEVELS, play_on
from mesascope.studies.policies import policies_record
from mesascope.studies.policy_record import About, policy_record
from mesascope.studies.run import Watcher
from mesascope.studies.trained_request import TrainedRequest
from mesascope.studies.training_curves import Scorer, Training, gained, told
from mesascope.systems.networks.files import save_network
from mesascope.systems.networks.serving import as_policy
from mesascope.tasks.levels.distribution import distributions

Outcome = PolicyAuditRecord | PoliciesRecord
_QUICK = 24  # levels per distribution


def run_trained(
    request: TrainedRequest | RunDirectory,
    *,
    output: Path | None = None,
    watcher: Watcher | None = None,
) -> tuple[Outcome, RunDirectory]:
    """Train a policy, or several, and audit them, or go on with a run that was cut short.

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
        if isinstance(finished, PolicyAuditRecord | PoliciesRecord):
            return finished, directory
        return _run_in(directory, request, organism, watcher), directory


def _run_in(
    directory: RunDirectory, request: TrainedRequest, organism: TrainedOrganism, watcher: Watcher
) -> Outcome:
    began = time.perf_counter()
    made = _train(directory, request, organism, watcher)
    audits = [
        _audit(directory, request, organism, made, place, watcher)
        for place in range(request.policies)
    ]
    record: Outcome = audits[0]
    if len(audits) > 1:
        record = policies_record(
            audits,
            title=f"{organism.name}: {organism.preset}, {len(audits)} policies",
            story=organism.story,
            config=directory.marker.config,
            began=began,
            training=made.record(organism),
            next_commands=_next(organism, request, directory),
        )
    from mesascope.report.policies import render_audited  # matplotlib is slow to import

    watcher.saying("writing the report")
    directory.write_report(render_audited(record))
    directory.write_result(record)
    return record


def _audit(
    directory: RunDirectory,
    request: TrainedRequest,
    organism: TrainedOrganism,
    made: Training,
    place: int,
    watcher: Watcher,
) -> PolicyAuditRecord:
    """Write one of the policies that were trained, play it, and ask what it wants."""
    began = time.perf_counter()
    network, settings = made.stage.network(place), organism.settings
    seed, several = request.seed + place, request.policies > 1
    save_network(directory.path / request.policy_file(place), network)
    number = f"policy {place + 1} of {request.policies}: " if several else ""

    def say(text: str) -> None:
        watcher.saying(f"{number}{text}")

    played = play_on(
        as_policy(network),
        distributions(organism.world, share=organism.share),
        discount=settings.discount,
        seed=seed,
        levels=_QUICK if request.quick else LEVELS,
        say=say,
    )
    say("asking what it wants")
    training = made.record(organism, place)
    what = f"{settings.kind}, {settings.depth} layers of {settings.width}"
    about = About(
        title=f"{organism.name}: {organism.preset}{f', seed {seed}' if several else ''}",
        story=organism.story,
        policy=f"seed {seed}" if several else what,
        provenance=(
            f"Trained by {organism.optimizer} for {training.steps:,} steps on the reward "
            f"{organism.world.goals[0]!r}: learned, not hard-coded, by the record of this run."
        ),
        world=f"{organism.name}, {organism.world.states} states a level",
        config=directory.marker.config,
        training=training,
        next_commands=() if several else _next(organism, request, directory),
    )
    return policy_record(played, about, seed=seed, began=began, say=say)


def _train(
    directory: RunDirectory, request: TrainedRequest, organism: TrainedOrganism, watcher: Watcher
) -> Training:
    """Train from the last checkpoint on, writing one after every stage."""
    budget = request.budget or organism.budget
    seeds = tuple(range(request.seed, request.seed + request.policies))
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
        return Training(_stage(organism, seeds, checkpoint.state["steps"], resume), before, seen)
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
        seen.append([stage.steps, gained(stage), score(stage)])
        watcher.saying(
            f"training {organism.name}/{organism.preset}  {stage.steps:,} of {budget:,} steps, "
            f"{stage.steps * len(seeds) / max(seconds, 1e-9):,.0f} a second; "
            f"{told(organism, seen[-1])}"
        )
        directory.write_checkpoint(
            {
                "steps": stage.steps,
                "curve": seen,
                "seconds": seconds,
                "training": b64encode(to_bytes(stage)).decode("ascii"),
            }
        )
    return Training(stage, seconds, seen)


def _stage(organism: TrainedOrganism, seeds: tuple[int, ...], steps: int, state: Any) -> Stage:
    return Stage(organism.world, organism.settings, organism.share, seeds, steps, {}, state)


def _next(organism: TrainedOrganism, request: TrainedRequest, directory: RunDirectory) -> list[str]:
    policy = shlex.quote(str(directory.path / request.policy_file(0)))
    other = "control" if organism.preset != "control" else "confounded"
    several = f" --seeds {request.policies}" if request.policies > 1 else ""
    trained_as = f"--env {organism.name} --discount {organism.settings.discount:g}"
    return [
        f"mesascope run {organism.name} --preset {other} --seed {request.seed}{several}",
        f"mesascope audit {policy} {trained_as} --report audit.html",
        f"mesascope probe-levels {policy} {trained_as}",
    ]
