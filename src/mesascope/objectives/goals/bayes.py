"""Bayesian inverse reinforcement learning over the weights of features, by Hamiltonian sampling."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS

from mesascope.core.errors import BadRequest
from mesascope.core.randomness import stream
from mesascope.objectives.goals.choices import AS_IF, Choices
from mesascope.objectives.goals.features import features_of
from mesascope.processes import Process
from mesascope.processes.precision import in_float64
from mesascope.processes.soft import soft_quality, soft_values

_R_HAT = 1.01  # Vehtari et al., *Rank-normalization, folding, and localization*, 2021
_PER_CHAIN = 100  # effective draws, the same source
_PREDICTIVE = 400  # draws that the predictive policy averages


@dataclass(frozen=True)
class Sampling:
    """How to draw.

    Attributes:
        chains: how many, 2 at least, so that they can disagree.
        warmup: steps of each chain before its step size is settled.
        draws: steps of each chain after that, 4 at least.
        seed: the same one gives the same draws.
        progress: whether to show a bar.
    """

    chains: int = 4
    warmup: int = 500
    draws: int = 500
    seed: int = 0
    progress: bool = False

    def __post_init__(self) -> None:
        if self.chains < 2 or self.warmup < 1 or self.draws < 4:
            raise BadRequest(
                f"chains is {self.chains}, warmup {self.warmup} and draws {self.draws}; at least 2 "
                "chains, 1 step of warmup and 4 draws are expected"
            )


@dataclass(frozen=True, eq=False)
class RewardDraws:
    """Draws from the posterior of a reward that is linear in features.

    Attributes:
        weights: θ[chain, draw, k]; the reward φ·θ is in nats: its soft-optimal policy has β = 1.
        scale: the prior's standard deviation of each weight.
        policy: E[π(a | s) | choices], the mean over draws.
        choices: what was observed.
        r_hat: split R-hat of each weight; 1 where the chains agree.
        effective: how many independent draws each weight's are worth.
        divergences: steps of the sampler that lost their way.
    """

    weights: Float[np.ndarray, "c n k"]
    scale: Float[np.ndarray, " k"]
    policy: Float[np.ndarray, "s a"]
    choices: Choices
    r_hat: Float[np.ndarray, " k"]
    effective: Float[np.ndarray, " k"]
    divergences: int

    @property
    def mean(self) -> Float[np.ndarray, " k"]:
        """The posterior mean of each weight."""
        return self.weights.mean(axis=(0, 1))

    def interval(self, level: float = 0.95) -> Float[np.ndarray, "2 k"]:
        """Return the ends of the central credible interval of each weight.

        Raises:
            BadRequest: the level is not between 0 and 1.
        """
        if not 0.0 < level < 1.0:
            raise BadRequest(f"level is {level}; a number between 0 and 1 is expected")
        tail = (1.0 - level) / 2.0
        return np.quantile(self.weights, [tail, 1.0 - tail], axis=(0, 1))

    @property
    def converged(self) -> bool:
        """Whether the draws can be taken for the posterior."""
        return not self._faults

    @property
    def sentence(self) -> str:
        """Whether the sampler converged; if not, why, and what to do."""
        if self.converged:
            return (
                f"The chains agree: split R-hat is at most {self.r_hat.max():.3f}, each weight has "
                f"{self.effective.min():.0f} effective draws or more, and no step diverged."
            )
        return f"Not converged: {'; '.join(self._faults)}. Draw more, or warm up longer."

    @property
    def _faults(self) -> list[str]:
        faults = []
        wanted = _PER_CHAIN * self.weights.shape[0]
        # Written so that nan, from chains that never moved, is a fault too.
        if not (self.r_hat <= _R_HAT).all():
            faults.append(f"split R-hat is {self.r_hat.max():.3f} ({_R_HAT} at most is expected)")
        if not (self.effective >= wanted).all():
            faults.append(
                f"there are {self.effective.min():.0f} effective draws ({wanted} are expected)"
            )
        if self.divergences:
            faults.append(f"{self.divergences} steps diverged (none is expected)")
        return faults


@in_float64
def draw_rewards(
    process: Process,
    data: Any,
    features: Any,
    *,
    scale: float = 3.0,
    choices: float = AS_IF,
    sampling: Sampling | None = None,
) -> RewardDraws:
    """Draw reward weights from their posterior with the No-U-Turn sampler.

    The prior of each weight is normal with mean 0 and standard deviation `scale` divided by the
    root mean square of its feature over the choices of the states that can be reached, so that it
    does not depend on the feature's unit. The likelihood is that of the choices under the
    soft-optimal policy, conditional on the states. (Hoffman & Gelman, *The No-U-Turn sampler*,
    JMLR 15, 2014; Ramachandran & Amir, *Bayesian inverse reinforcement learning*, IJCAI 2007.)

    Args:
        process, data, choices: as in `infer_goal`.
        features: φ, of shape (S, K) or (S, A, K).
        scale: of the prior, in nats.
        sampling: how to draw; four chains of 500 steps each, after as many of warmup, unless given.

    Raises:
        BadArray: an array does not fit the process.
        BadRequest: a scale that is not above 0.
    """
    if not 0.0 < scale < np.inf:
        raise BadRequest(f"scale is {scale}; a number above 0 is expected")
    how = sampling or Sampling()
    phi = features_of(process, features)
    seen = Choices.of(process, data, choices)
    live = process.reachable & ~process.terminal
    size = np.sqrt((phi[live] ** 2).mean(axis=(0, 1)))
    spread = scale / np.where(size > 0.0, size, 1.0)
    going_on, unit = jnp.asarray(process.going_on), jnp.asarray(phi * spread)
    counts = jnp.asarray(seen.counts)

    def log_policy(z: Float[Array, " k"]) -> Float[Array, "s a"]:
        r = unit @ z
        return jax.nn.log_softmax(soft_quality(going_on, r, soft_values(going_on, r)))

    def potential(z: Float[Array, " k"]) -> Float[Array, ""]:
        return 0.5 * z @ z - (counts * log_policy(z)).sum()

    rng = stream(how.seed, "reward draws")
    sampler = MCMC(
        NUTS(potential_fn=potential),
        num_warmup=how.warmup,
        num_samples=how.draws,
        num_chains=how.chains,
        chain_method="vectorized",
        progress_bar=how.progress,
    )
    sampler.run(
        jax.random.PRNGKey(int(rng.integers(2**31))),
        init_params=jnp.asarray(rng.standard_normal((how.chains, unit.shape[-1]))),
        extra_fields=("diverging",),
    )
    z = np.asarray(sampler.get_samples(group_by_chain=True))
    flat = z.reshape(-1, z.shape[-1])
    some = jnp.asarray(flat[:: max(1, len(flat) // _PREDICTIVE)])
    policy = lax.map(lambda one: jnp.exp(log_policy(one)), some).mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):  # of chains that never moved
        r_hat, effective = split_gelman_rubin(z), effective_sample_size(z)
    return RewardDraws(
        z * spread,
        spread,
        np.asarray(policy),
        seen,
        np.asarray(r_hat),
        np.asarray(effective),
        int(np.asarray(sampler.get_extra_fields()["diverging"]).sum()),
    )
