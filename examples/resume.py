"""Stops training, goes on from a checkpoint to the same bits, and audits what was trained."""

from pathlib import Path

import mesascope
from mesascope.optimizers.policies.checkpoints import from_bytes, to_bytes
from mesascope.optimizers.policies.settings import Settings
from mesascope.optimizers.policies.training import train
from mesascope.systems.networks.files import save_network
from mesascope.tasks.mazes.corner import Corner

WORLD = Corner(size=5, horizon=12)
SETTINGS = Settings(width=32, rows=64, steps=16, levels=256)
ASKED = {"seeds": (0, 1), "share": 0.0}  # the cheese is in the corner on every level
CHECKPOINT = Path("checkpoint.safetensors")

if __name__ == "__main__":
    stages = train(WORLD, SETTINGS, **ASKED, budget=60_000)
    CHECKPOINT.write_bytes(to_bytes(next(stages)))
    (*_, uninterrupted) = stages

    state = from_bytes(CHECKPOINT.read_bytes(), WORLD, SETTINGS, **ASKED)
    for stage in train(WORLD, SETTINGS, **ASKED, budget=60_000, resume=state):
        cheese = ", ".join(f"{value:.1f}" for value in stage.returns["cheese"])
        print(f"{stage.steps:,} steps of each seed: {cheese} of the cheese")
    print("the same bits:", to_bytes(stage) == to_bytes(uninterrupted))

    save_network("policy.safetensors", stage.network(0))
    result = mesascope.audit("policy.safetensors", WORLD)
    print(result.record.headline)
