"""Asking a policy what to do: with or without a memory, sampled or at its best, and checked."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from mesascope.core.errors import BadRequest, IllegalOutput, MesascopeError, SystemFailure
from mesascope.core.policy import Policy, RecurrentPolicy

AnyPolicy = Policy | RecurrentPolicy
Draws = np.random.Generator | Sequence[np.random.Generator]  # one for all rows, or one for each


def is_recurrent(policy: AnyPolicy) -> bool:
    """Return whether a policy carries a memory from step to step."""
    return isinstance(policy, RecurrentPolicy)


class Chooser:
    """A policy at work on several episodes side by side, its memory included.

    Attributes:
        actions: how many there are.
        remembers: whether the policy has a memory, of as many rows as were begun.
    """

    def __init__(
        self,
        policy: AnyPolicy,
        *,
        actions: int,
        sample: bool = True,
    ) -> None:
        """Take a policy.

        Args:
            policy: with or without a memory.
            actions: how many there are to choose from.
            sample: draw from the policy's distribution; else its most probable action, the first
                of several.

        Raises:
            BadRequest: it is neither kind of policy.
        """
        if not callable(policy) and not is_recurrent(policy):
            raise BadRequest(
                f"a {type(policy).__name__} is no policy: expected policy(observations) -> logits, "
                "or an object with reset(count), step(observations, carry) and "
                "forget(carry, ended). Wrap it in one of the two"
            )
        self.actions = actions
        self.remembers = is_recurrent(policy)
        self._policy = policy
        self._sample = sample
        self._carry: Any = None

    def start(self, count: int) -> None:
        """Begin `count` episodes."""
        if isinstance(self._policy, RecurrentPolicy):
            policy = self._policy
            self._carry = _guarded(lambda: policy.reset(count))

    def forget(self, ended: Bool[np.ndarray, " n"]) -> None:
        """Begin anew in the rows where an episode ended."""
        if isinstance(self._policy, RecurrentPolicy):
            policy = self._policy
            self._carry = _guarded(lambda: policy.forget(self._carry, ended))

    def choose(
        self, observations: np.ndarray, draws: Draws, alive: Bool[np.ndarray, " n"] | None = None
    ) -> Int[np.ndarray, " n"]:
        """Return an action for each observation.

        Args:
            observations: (N, …).
            draws: what the choices are drawn by. With one for each row, a row depends on no other.
            alive: the rows that matter; what the policy says in others is not looked at.

        Raises:
            SystemFailure: the policy raised; the original error is the cause.
            IllegalOutput: what it returned is no row of logits for each observation.
        """
        rows = np.ones(len(observations), bool) if alive is None else alive
        logits = checked(self._ask(observations), len(observations), self.actions, rows)
        logits = np.where(rows[:, None], logits, 0.0)
        if self._sample:  # Gumbel's trick: the largest of logit and noise is a draw
            logits = logits + _noise(draws, logits.shape, rows)
        return logits.argmax(axis=1)

    def _ask(self, observations: np.ndarray) -> Any:
        policy = self._policy
        if isinstance(policy, RecurrentPolicy):
            recurrent = policy
            answer = _guarded(lambda: recurrent.step(observations, self._carry))
            if not isinstance(answer, tuple) or len(answer) != 2:
                raise IllegalOutput(
                    f"the policy's step returned a {type(answer).__name__}; expected the logits "
                    "and the memory afterwards, a pair"
                )
            logits, self._carry = answer
            return logits
        return ask(policy, observations)


def ask(policy: Policy, observations: np.ndarray) -> Any:
    """Return whatever a policy without a memory answers, not looked at yet.

    Raises:
        SystemFailure: it raised; the original error is the cause.
    """
    return _guarded(lambda: policy(observations))


def _noise(
    draws: Draws, shape: tuple[int, ...], rows: Bool[np.ndarray, " n"]
) -> Float[np.ndarray, "n a"]:
    """Return Gumbel noise; with a generator for each row, in `rows` alone."""
    if isinstance(draws, np.random.Generator):
        return draws.gumbel(size=shape)
    noise = np.zeros(shape)
    for row in np.flatnonzero(rows):
        noise[row] = draws[int(row)].gumbel(size=shape[1])
    return noise


def _guarded(call: Callable[[], Any]) -> Any:
    """Return what somebody's code answers; what it raises becomes a typed error."""
    try:
        return call()
    except MesascopeError:
        raise
    except (Exception, SystemExit) as error:
        raise SystemFailure(
            f"the policy raised {type(error).__name__}: {error}. Try it on one observation of the "
            "environment's own"
        ) from error


def checked(
    answer: Any, count: int, actions: int, rows: Bool[np.ndarray, " n"] | None = None
) -> Float[np.ndarray, "n a"]:
    """Return a policy's answer as logits, (N, A), if that is what it is.

    -inf is a logit: such an action is never chosen.

    Raises:
        IllegalOutput: of another shape, not numbers, not a number, or no action that can be chosen.
    """
    if hasattr(answer, "detach"):  # a tensor of torch that may have a gradient
        answer = answer.detach()
    try:
        logits = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise IllegalOutput(
            f"the policy answered with {_shown(answer)}, which are no numbers; "
            f"expected logits of shape ({count}, {actions})"
        ) from error
    if logits.shape != (count, actions):
        actions_alone = (
            " It looks like actions: return a logit for each action instead, such as 0 for the "
            "action and -inf for the others."
        )
        meant = {
            (count,): actions_alone,
            (1, actions): " It looks like the answer to one observation: answer each in the batch.",
        }.get(logits.shape, "")
        if logits.ndim == 2 and logits.shape[0] == count and 1 < logits.shape[1] < actions:
            meant = f" ?actions={logits.shape[1]} behind an environment's id gives the first alone."
        raise IllegalOutput(
            f"the policy answered with an array of shape {logits.shape} to {count} observations; "
            f"expected a logit for each of {actions} actions, ({count}, {actions}).{meant}"
        )
    looked_at = logits if rows is None else logits[rows]
    bad = np.isnan(looked_at) | (looked_at == np.inf)
    if bad.any():
        raise IllegalOutput(
            f"the policy answered with {looked_at[bad.any(axis=1)][0].tolist()}; logits are numbers"
            " below infinity. Look for a division by zero, or weights that training broke"
        )
    if len(looked_at) and (looked_at == -np.inf).all(axis=1).any():
        raise IllegalOutput(
            "the policy gave every action the logit -inf, so that none can be chosen; give at "
            "least one a number"
        )
    return logits


def probabilities(
    logits: Float[np.ndarray, "*n a"], *, sample: bool = True
) -> Float[np.ndarray, "*n a"]:
    """Return what is chosen how often: the softmax, or 1 for the first of the largest."""
    if not sample:
        return np.eye(logits.shape[-1])[logits.argmax(axis=-1)]
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


def _shown(answer: Any) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."
