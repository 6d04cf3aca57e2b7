"""Audits that several tests look at: each is made once, with small samples."""

from functools import cache

from mesascope.auditing.settings import Settings
from mesascope.core.system import System
from mesascope.organisms.organism import Organism
from mesascope.organisms.tictactoe import tictactoe
from mesascope.organisms.zoo import ZOO
from mesascope.studies.system import Result, audit_system
from mesascope.systems.programs.system import ProgramSystem
from tests.elsewhere import elsewhere

SMALL = Settings(
    episodes=240,
    instances=40,
    readout_instances=6,
    control_episodes=120,
    shift_budget=12,
    fresh_episodes=400,
)
STORIES = (
    ("sub(lost, mean(self))", "random-opponent"),
    ("sub(won, max(self))", "diverse"),
    ("sub(line, max(self))", "diverse"),
    ("add(add(lost, lost), add(block, centre))", "standard"),
    ("opaque-minimax", "random-opponent"),
    ("corner", "random-opponent"),
    ("1", "random-opponent"),
)


@cache
def organism(preset: str) -> Organism:
    return tictactoe(preset)


def system(name: str) -> System:
    return ZOO[name].make() if name in ZOO else ProgramSystem.of(name)


@cache
def audited(name: str, preset: str) -> Result:
    result: Result = elsewhere(_audit, name, preset)
    return result


def _audit(name: str, preset: str) -> Result:
    found = organism(preset)
    return audit_system(
        system(name),
        found.task,
        base=found.base,
        family=found.family,
        population=found.population,
        settings=SMALL,
    )
