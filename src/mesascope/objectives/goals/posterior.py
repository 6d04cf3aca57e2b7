"""Which of several rewards an agent pursues: Bayes' rule over candidates, and over none of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.special
from jaxtyping import Float

from mesascope.core.errors import BadRequest, UnknownName
from mesascope.objectives.goals.choices import AS_IF, Choices
from mesascope.objectives.goals.predictors import log_mean_exp, log_mixture
from mesascope.objectives.goals.rational import RATIONALITY, log_policies
from mesascope.processes import Process, check

NONE = "none of these"


@dataclass(frozen=True, eq=False)
class Posterior:
    """What choices say about which reward they pursue.

    Attributes:
        names: of the candidates, and `none of these` last.
        prior: of each name.
        probability: of each name, given the choices.
        log_evidence: the log-probability of the choices under each name, β averaged over.
        rationality: β, the points over which the prior is uniform.
        log_likelihood: of the choices, for each candidate and β.
        log_policies: log π[c, b, s, a], what each candidate predicts at each β.
        choices: what was observed.
    """

    names: tuple[str, ...]
    prior: Float[np.ndarray, " n"]
    probability: Float[np.ndarray, " n"]
    log_evidence: Float[np.ndarray, " n"]
    rationality: Float[np.ndarray, " b"]
    log_likelihood: Float[np.ndarray, "c b"]
    log_policies: Float[np.ndarray, "c b s a"]
    choices: Choices

    @property
    def candidates(self) -> tuple[str, ...]:
        """The names of the candidates."""
        return self.names[:-1]

    @property
    def rationality_posterior(self) -> Float[np.ndarray, "c b"]:
        """P(β | choices, candidate)."""
        return np.asarray(scipy.special.softmax(self.log_likelihood, axis=1))

    def of(self, name: str) -> float:
        """Return the posterior probability of a name.

        Raises:
            UnknownName: there is no such candidate.
        """
        return float(self.probability[self._place(name)])

    def log_bayes_factor(self, first: str, second: str) -> float:
        """Return the log of how many times as likely the choices are under the first name.

        Raises:
            UnknownName: there is no such candidate.
        """
        i, j = self._place(first), self._place(second)
        return float(self.log_evidence[i] - self.log_evidence[j])

    def log_odds(self, first: str, second: str) -> float:
        """Return log P(first | choices) / P(second | choices); infinite where a prior is 0.

        Raises:
            UnknownName: there is no such candidate.
        """
        prior = self.prior[self._place(first)], self.prior[self._place(second)]
        if not all(prior):
            return float(np.inf * np.sign(prior[0] - prior[1])) if any(prior) else float("nan")
        return self.log_bayes_factor(first, second) + float(np.log(prior[0] / prior[1]))

    def predictive(self, name: str) -> Float[np.ndarray, "s a"]:
        """Return E[π(a | s) | choices, candidate], averaged over β.

        Raises:
            UnknownName: there is no such candidate; `none of these` predicts nothing in particular.
        """
        i = self._place(name, self.candidates)
        return np.einsum("b,bsa->sa", self.rationality_posterior[i], np.exp(self.log_policies[i]))

    @property
    def sentence(self) -> str:
        """The most probable name and how much was seen."""
        best = int(self.probability.argmax())
        return (
            f"{self.names[best]} has posterior probability {self.probability[best]:.3g}, "
            f"{self.choices.words}."
        )

    def _place(self, name: str, among: tuple[str, ...] | None = None) -> int:
        names = self.names if among is None else among
        if name not in names:
            raise UnknownName(f"there is no candidate {name!r}; there are {', '.join(names)}")
        return names.index(name)


def infer_goal(
    process: Process,
    data: Any,
    rewards: Mapping[str, Any],
    *,
    prior: Mapping[str, float] | None = None,
    rationality: Any = RATIONALITY,
    choices: float = AS_IF,
) -> Posterior:
    """Return the posterior over candidate rewards, and over none of them.

    A candidate predicts the choices of the soft-optimal policies for β times its reward, β unknown
    with a prior that is uniform over the given points, once the reward has been freed of shaping
    and divided by its stake (see `rational`). So the posterior is invariant to positive multiples
    and shaping of any candidate, and to constants where no episode ends. `none of these` is a
    device, which wants nothing (see `predictors`). Choices are conditioned on the states that they
    were made in. (Ramachandran & Amir, *Bayesian inverse reinforcement learning*, IJCAI 2007.)

    Args:
        process: where.
        data: `Trajectories`, or a policy of shape (S, A), of which `choices` choices are taken to
            have been seen.
        rewards: the candidates by name, each of any shape.
        prior: of the candidates, and of `none of these`, which has none where it is left out; all
            names are equally probable unless given.
        rationality: β, of shape (B,).
        choices: how many choices of a policy are taken to have been seen.

    Raises:
        BadArray: an array does not fit the process.
        BadRequest: no candidates, or one that is called `none of these`.
        UnknownName: the prior names no candidate, or leaves one out.
    """
    if not rewards or NONE in rewards:
        raise BadRequest(
            f"the candidates are {list(rewards)}; at least one is expected, and none may be called "
            f"{NONE!r}, which stands for none of them"
        )
    names = (*rewards, NONE)
    before = _prior(prior, names)
    seen = Choices.of(process, data, choices)
    tables = log_policies(process, list(rewards.values()), rationality)
    # A choice that was never made costs nothing, even one of probability 0.
    made = seen.counts > 0.0
    likelihood = tables[:, :, made] @ seen.counts[made]
    evidence = np.append(log_mean_exp(likelihood), log_mixture(seen.counts))
    with np.errstate(divide="ignore"):
        joint = evidence + np.log(before)
    after = np.asarray(scipy.special.softmax(joint))
    grid = np.asarray(rationality, dtype=np.float64)
    return Posterior(names, before, after, evidence, grid, likelihood, tables, seen)


def _prior(given: Mapping[str, float] | None, names: tuple[str, ...]) -> Float[np.ndarray, " n"]:
    if given is None:
        return np.full(len(names), 1.0 / len(names))
    wrong = set(given).symmetric_difference(names) - {NONE}
    if wrong:
        raise UnknownName(
            f"the prior names {sorted(given)}, and the candidates are {sorted(names[:-1])}: give "
            f"one number for each, and one for {NONE!r} if it is not to be 0"
        )
    return check.measure("prior", [given.get(name, 0.0) for name in names], (len(names),))
