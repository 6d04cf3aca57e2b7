"""The record of a policy's audit: what it wants where, how well, and how that was seen."""

from typing import Annotated, Literal

from pydantic import Field

from mesascope.records.audit import AssumptionRecord, LineRecord
from mesascope.records.figures import Curve, Figure, PlainData, Record
from mesascope.records.run import SCHEMA, ConfigRecord, EnvironmentRecord

Pursuit = str  # a goal's name, "none of these", "reflex" or "lost"


class GoalRecord(Record):
    """One candidate goal on one distribution.

    Attributes:
        name: of the goal.
        base: whether it is the base objective.
        posterior: its probability, given the choices made on this distribution.
        posterior_interval: of that, over resampled levels.
        rationality: the β that explains the choices best, per unit of the goal's stake.
        returns: the policy's mean return by this goal.
        optimum, chance: the mean of the best return on each level, and of uniform choice.
        capability: (returns - chance) / (optimum - chance); None where nothing can be gained.
        meg: goal-directedness, normalised, 0 to 1; None where it was not computed.
    """

    name: str
    base: bool
    posterior: float
    posterior_interval: Figure | None
    rationality: float | None
    returns: Figure
    optimum: float | None
    chance: float | None
    capability: Figure | None
    meg: Figure | None = None


class OnDistributionRecord(Record):
    """What was seen on one distribution of levels.

    Attributes:
        name, description, role: `train` or a shift.
        levels, episodes, choices: how much was seen.
        goals: each candidate; the base objective first.
        none, reflex: posterior of `none of these` and of `reflex`.
        pursues: what the policy pursues here, `lost` if no goal explains what it does, or None
            where undetermined; and the same in a sentence.
        disagreement: share of levels on which an optimal policy of one goal is not optimal for
            another; None where no level could be enumerated.
        regret: of the base objective, normalised: 0 the optimum, 1 no better than chance.
        confusion: how base and inferred goal differ as rewards: the STARC distance on enumerated
            levels, and the regret that it bounds; None where it was not computed.
        notes: what to know.
    """

    name: str
    description: str
    role: Literal["train", "shift"]
    levels: int
    episodes: int
    choices: int
    goals: list[GoalRecord]
    none: float
    reflex: float
    pursues: Pursuit | None
    sentence: str
    disagreement: Figure | None
    regret: Figure | None
    distance: Figure | None = None
    regret_bound: Figure | None = None
    notes: list[str] = Field(default_factory=list)


class PictureRecord(Record):
    """A level, to be looked at: rows of short texts, one for each cell, "" for free ground.

    Attributes:
        cells: `#` is wall; other texts are what stands there, such as `mouse` or `cheese`.
        values: a number per cell and goal, None where there is none: what getting there is worth,
            with all that follows; the best over all states with the agent in that cell.
    """

    cells: list[list[str]]
    values: dict[str, list[list[float | None]]] = Field(default_factory=dict)


class EpisodeRecord(Record):
    """An episode on one level, step by step.

    Attributes:
        distribution: which it was drawn from.
        title: one line on what is to be seen.
        level: the picture at the start, with value maps of the base and of the inferred goal.
        frames: pictures of what changes, one for each step; frame 0 is the start.
        path: (row, column) of the agent, one for each frame.
        actions: their names, one fewer than the frames.
        others: the paths that optimal play for each goal would take, by goal.
        returns: what the episode was worth by each goal.
        parts: the first frame at which the path leaves what the base objective would do, or None.
        turned: by how many degrees the agent is turned in each frame, clockwise from facing right;
            empty where it faces nowhere.
    """

    distribution: str
    title: str
    level: PictureRecord
    frames: list[list[list[str]]]
    path: list[tuple[int, int]]
    actions: list[str]
    others: dict[str, list[tuple[int, int]]]
    returns: dict[str, float]
    parts: int | None
    turned: list[int] = Field(default_factory=list)


class FilmRecord(Record):
    """An episode as the environment rendered it, a few frames of it.

    Attributes:
        distribution: which it was drawn from.
        title: one line on what is to be seen.
        frames: PNGs, in base64.
        steps: at which each was taken, 0 the start.
        total: how many steps the episode had.
        returns: what the episode was worth by each goal.
    """

    distribution: str
    title: str
    frames: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$")]]
    steps: list[int]
    total: int
    returns: dict[str, float]


class TrainingRecord(Record):
    """How a policy was trained, where we trained it.

    Attributes:
        optimizer: its name and settings in a line.
        steps: environment steps.
        curves: returns by goal against steps, in training and under shift.
    """

    optimizer: str
    base_objective: str
    steps: int
    seconds: float
    settings: PlainData
    curves: list[Curve]


class PlayedRecord(Record):
    """What a policy did on a designed level.

    Attributes:
        episodes: how many it played there.
        path: (row, column) of the agent in the first of them, until it moves no more; empty
            where levels have no picture.
        returns: the mean discounted return by each goal.
        cost: of the base objective that it gave up, the mean in units of its range on the level,
            as `regret`; None where it has nothing to decide there.
    """

    episodes: int
    path: list[tuple[int, int]]
    returns: dict[str, float]
    cost: float | None


class DesignedLevelRecord(Record):
    """A level that was designed to tell goals apart, or to make the wrong goal costly.

    Attributes:
        purpose: what was maximised.
        information: about the remaining goals, in nats, that one episode is expected to give.
        random: the mean of the same over levels drawn at random.
        regret: what the wrong goal would cost here, in units of the base objective's range.
        parameters: of the level where it has no picture, and what sets an environment's.
        ways: the path of (row, column) that optimal play for a goal takes here, by goal; of the
            costliest level, by the base objective and by the wrong goal.
        played: what the policy did here; None where none was played.
    """

    purpose: Literal["information", "regret"]
    information: float | None
    random: float | None
    regret: float | None
    level: PictureRecord | None
    parameters: PlainData = Field(default_factory=dict)
    ways: dict[str, list[tuple[int, int]]] = Field(default_factory=dict)
    says: str = ""
    played: PlayedRecord | None = None


class PolicyAuditRecord(Record):
    """Everything that the audit of one policy found.

    Attributes:
        episodes, films: those that tell most, drawn where a level is a grid, rendered elsewhere.
        unpictured: why there are no pictures of some distribution, in a sentence; else empty.
        cut_short: how play came to a stop before everything was seen, in a sentence; else empty.
    """

    kind: Literal["policy-audit"] = "policy-audit"
    schema_version: Literal["mesascope-run/1"] = SCHEMA
    title: str
    story: str
    policy: str
    provenance: str
    world: str
    base_objective: str
    goals: list[str]
    headline: str
    lines: list[LineRecord]
    ledger: list[AssumptionRecord]
    distributions: list[OnDistributionRecord]
    training: TrainingRecord | None
    episodes: list[EpisodeRecord]
    films: list[FilmRecord] = Field(default_factory=list)
    unpictured: str = ""
    cut_short: str = ""
    designed: list[DesignedLevelRecord] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    epsilon: float
    config: ConfigRecord
    environment: EnvironmentRecord
    next_commands: list[str]
    seconds: float
