"""What a caller asks the training of a policy to be, and how that is written down."""

from dataclasses import asdict, dataclass

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import check_seed
from mesascope.optimizers.policies.training import MOST_STEPS
from mesascope.organisms.trained import TrainedOrganism, trained_organism
from mesascope.records.run import ConfigRecord

MOST_SEEDS = 100


@dataclass(frozen=True)
class TrainedRequest:
    """What the caller asked for; None where the preset decides.

    Attributes:
        organism, preset: what to train; `corner/control` names both.
        seed: of training and of every sample.
        budget: environment steps.
        share: of disambiguating levels in training.
        seeds: how many policies are trained side by side, from `seed` on.
        quick: fewer levels in the audit.
    """

    organism: str
    preset: str | None = None
    seed: int = 0
    budget: int | None = None
    share: float | None = None
    seeds: int | None = None
    quick: bool = False

    def __post_init__(self) -> None:
        if self.budget is not None and not 1 <= self.budget <= MOST_STEPS:
            raise BadRequest(
                f"--budget is {self.budget} steps; a number from 1 to {MOST_STEPS} is expected"
            )
        if self.seeds is not None and not 1 <= self.seeds <= MOST_SEEDS:
            raise BadRequest(
                f"--seeds is {self.seeds}; a number of policies from 1 to {MOST_SEEDS} is expected"
            )
        check_seed(self.seed)
        check_seed(self.seed + self.policies - 1)

    @property
    def policies(self) -> int:
        """How many policies are trained."""
        return 1 if self.seeds is None else self.seeds

    def policy_file(self, place: int) -> str:
        """Return the name of the file that one of the policies is written to."""
        if self.policies == 1:
            return "policy.safetensors"
        return f"policy-seed{self.seed + place}.safetensors"

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
            "seeds": self.policies,
            "settings": asdict(organism.settings),
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
