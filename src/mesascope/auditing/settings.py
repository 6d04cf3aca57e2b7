"""How an audit is set: thresholds, sample sizes and the seed. All of it is recorded."""

from dataclasses import dataclass

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import check_seed


@dataclass(frozen=True)
class Settings:
    """The knobs of an audit.

    Attributes:
        seed: of every sample that the audit draws.
        epsilon: regret, in units of what is at stake, up to which two objectives agree.
        episodes: per distribution, for regrets and values.
        instances: distinct instances for the detectors.
        readout_instances: of those, how many are used to name the objective; the rest is held
            out for faithfulness.
        control_episodes: with and without feedback.
        selection_threshold: share of decisions that imagination must change.
        control_threshold: what feedback must be worth, in units of the result.
        agreement: what a structure or a model must predict to count.
        shift_budget: members of the family that the adversarial search may try.
        shift_questions: what the system may ask the world during that search, about; one that
            asks a great deal is tried on fewer members, and at least on `fewest_shifts`.
        fewest_shifts: see there.
        shift_episodes: per member tried.
        fresh_episodes: for the worst member, afterwards.
    """

    seed: int = 0
    epsilon: float = 0.05
    episodes: int = 500
    instances: int = 48
    readout_instances: int = 16
    control_episodes: int = 600
    selection_threshold: float = 0.1
    control_threshold: float = 0.2
    agreement: float = 0.9
    shift_budget: int = 60
    shift_questions: int = 20_000_000
    fewest_shifts: int = 10
    shift_episodes: int = 12
    fresh_episodes: int = 400

    def __post_init__(self) -> None:
        check_seed(self.seed)
        least = {"shift_budget": 0, "readout_instances": 1, "instances": 1}
        counts = ("episodes", "control_episodes", "shift_episodes", "fresh_episodes")
        for name, low in {**dict.fromkeys(counts, 2), **least}.items():
            if getattr(self, name) < low:
                given = getattr(self, name)
                raise BadRequest(f"{name} = {given} is too few for an audit; give at least {low}")
