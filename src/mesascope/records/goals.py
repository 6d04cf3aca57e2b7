"""What `mesascope goals` found, written down."""

from typing import Literal

from mesascope.records.figures import Figure, Record

Rationality = float | Literal["inf", "-inf"]


class AgencyRecord(Record):
    """Agent or device?

    Attributes:
        agent, device: their posterior probabilities; each was given one half before.
        evidence: the log-probability of the choices under each candidate and each device, in nats.
        says: the same in a sentence.
    """

    agent: float
    device: float
    evidence: dict[str, float]
    says: str


class UndecidedRecord(Record):
    """Two candidates that the choices do not tell apart, and what would.

    Attributes:
        first, second: their names.
        equivalent: whether no choice in this process ever can.
        state: where the fewest choices would tell; None where none would.
        needed: that number of choices.
        change: what to change in the process where no state tells, and what that would give.
    """

    first: str
    second: str
    equivalent: bool
    state: int | None
    needed: int | None
    change: str | None


class WeightRecord(Record):
    """A weight of a feature: its posterior mean and 95 % credible interval, in nats."""

    mean: float
    low: float
    high: float


class GoalsRecord(Record):
    """What a policy, or trajectories, say about the goal behind them.

    Attributes:
        source: the file.
        states, actions, discount: the process.
        observed: what was given: a policy, or trajectories.
        choices: how many choices were seen, or are taken to have been seen of a policy.
        rewards: the candidates.
        meg: maximum entropy goal-directedness towards each candidate, and towards the `unknown`
            utility that predicts the behaviour best, in nats; linear in the features where those
            were given, of states otherwise.
        meg_bound: what it can be at most.
        meg_normalised: the same divided by the bound.
        intervals, noise: from trajectories: the interval of each, and what aimless behaviour that
            was seen as often would score up to at its level.
        rationality: β of each candidate; below 0 it is avoided; `inf` for exactly optimal.
        attained: whether finite rewards attain the value for the unknown utility.
        utility: the unknown utility, in nats; (S,) or (S, A).
        posterior: of each candidate, and of `none of these`.
        log_evidence: of each, in nats.
        agency: agent or device; None where there are no candidates.
        undecided: the candidates that the choices leave, most probable first.
        pairs: of these.
        identified: the same in a sentence.
        weights: where features were given and trajectories or a policy drawn from.
        sampler: whether the sampler of the weights converged.
        notes: what to know.
    """

    kind: Literal["goals"] = "goals"
    source: str
    states: int
    actions: int
    discount: float
    observed: Literal["policy", "trajectories"]
    choices: float
    rewards: list[str]
    meg: dict[str, float]
    meg_bound: float
    meg_normalised: dict[str, float]
    intervals: dict[str, Figure]
    noise: dict[str, float]
    rationality: dict[str, Rationality]
    attained: bool
    utility: list[float] | list[list[float]]
    posterior: dict[str, float]
    log_evidence: dict[str, float]
    agency: AgencyRecord | None
    undecided: list[str]
    pairs: list[UndecidedRecord]
    identified: str | None
    weights: list[WeightRecord]
    sampler: str | None
    notes: list[str]
    seed: int
