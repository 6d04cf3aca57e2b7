"""One verb for whatever is brought along: a system on a task, or a policy in an environment."""

from collections.abc import Callable, Sequence
from typing import Any, Unpack, overload

from mesascope.auditing.settings import Settings
from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up
from mesascope.core.objective import BaseObjective
from mesascope.core.system import System
from mesascope.core.task import ShiftFamily, Task
from mesascope.studies.policies import PoliciesResult, audit_policies
from mesascope.studies.policy import PolicyResult, audit_policy
from mesascope.studies.policy_request import PolicyOptions
from mesascope.studies.system import Result, audit_system


@overload
def audit(
    policy: Any,
    env: Task,
    *,
    base: BaseObjective,
    family: ShiftFamily | None = None,
    population: Sequence[System] = (),
    provenance: str | None = None,
    settings: Settings | None = None,
    say: Callable[[str], None] | None = None,
) -> Result: ...


@overload
def audit(policy: list[Any], env: Any, **options: Unpack[PolicyOptions]) -> PoliciesResult: ...


@overload
def audit(policy: Any, env: Any, **options: Unpack[PolicyOptions]) -> PolicyResult: ...


def audit(
    policy: Any,
    env: Any,
    *,
    base: Any = None,
    goals: Any = None,
    shifts: Any = None,
    levels: int | None = None,
    quick: bool = False,
    horizon: int | None = None,
    discount: float | None = None,
    epsilon: float | None = None,
    deterministic: bool = False,
    seed: int | None = None,
    beside: int | None = None,
    trust: bool = False,
    activation: str | None = None,
    normalise: Any = None,
    family: ShiftFamily | None = None,
    population: Sequence[System] = (),
    provenance: str | None = None,
    settings: Settings | None = None,
    say: Callable[[str], None] | None = None,
    **unknown: Any,
) -> Result | PolicyResult | PoliciesResult:
    """Audit a policy in an environment, several that were trained alike, or a system on a task.

    Args:
        policy: the path of a Stable-Baselines3 zip, an ONNX file or a safetensors file of ours;
            `module:function`; a function from a batch of observations, (N, …), to logits, (N, A);
            or a model. Or a list of these, from several seeds of one training: each is then
            played on levels of its own, and intervals are over policies. Or a system, see `env`.
        env: where it was trained: a Gymnasium id, `module:factory`, a function that makes an
            environment, an environment, a vector of them, or one of our worlds by name or as an
            object, which brings goals and shifts of its own. Or a `Task`: then `policy` is a
            system, and what follows is for policies, but for `base`, `say` and the last four.
        base: the base objective, as one goal; the environment's reward unless given. A system's
            is a `BaseObjective`.
        goals: the other candidates: a name such as `reach:ball` and `place:1,1`, several joined
            by semicolons, a function `goal(env)` or `goal(env, info)`, or a goal of
            `mesascope.tasks.gymnasium_envs`; a list of these; or a mapping from names to them.
        shifts: other environments: `NAME=ENV`, a function that makes one, an environment, a list
            of these, or a mapping from names to environments.
        levels: how many are played on each distribution: 40, 64 of our worlds, unless given.
        quick: 12 levels instead.
        horizon: steps per episode; what the environment says unless given.
        discount: γ, of the returns; the one that the policy was trained with, where its file or
            model tells, else .99, unless given.
        epsilon: regret, as a share of the optimum less chance, up to which a policy does well;
            .1 unless given.
        deterministic: audit the policy that takes its likeliest action, as `predict(…,
            deterministic=True)` of Stable-Baselines3 does, instead of drawing one.
        seed: of levels and choices; 0 unless given.
        beside: how many episodes are played side by side at most, which changes nothing but the
            time that it takes; 16 unless given, 1 for what bears no more.
        trust: let a file run code when it is loaded.
        activation: `tanh` or `relu`, where a zip does not say.
        normalise: what observations were normalised by in training: a .npz, a VecNormalize, or
            "none"; a model knows its own, and a .zip that leaves it open is refused without.
        family: of a system: shifts that the search for the worst one may range over.
        population: of a system: others that could have been selected.
        provenance: of a system: where it came from, a sentence for the ledger.
        settings: of a system's audit: thresholds, sample sizes and the seed.
        say: told what is going on.
        **unknown: refused.

    Raises:
        CannotLoad, MalformedProgram: it cannot be read; the message says what would help.
        UnknownName: no such option, environment or goal; did you mean …
        BadRequest: an option is of another kind than expected, or not for what is audited.
        PlayStopped: the policy, the environment or a goal failed; `so_far` keeps what was seen.
        PlayInterrupted: Ctrl-C, a KeyboardInterrupt; `before` and `so_far` keep what was seen.
        SystemFailure, IllegalOutput, StepLimitExceeded: a system misbehaved; says where.
    """
    of_policies = {
        **{"goals": goals, "shifts": shifts, "levels": levels, "quick": quick, "horizon": horizon},
        **{"discount": discount, "epsilon": epsilon, "deterministic": deterministic, "seed": seed},
        **{"beside": beside, "trust": trust, "activation": activation, "normalise": normalise},
    }
    of_systems = {
        **{"family": family, "population": population, "provenance": provenance},
        "settings": settings,
    }
    is_system = isinstance(env, Task)
    taken, others = (of_systems, of_policies) if is_system else (of_policies, of_systems)
    for name in unknown:
        look_up("option", name, {"base": base, **taken, "say": say})
    if odd := [name for name, value in others.items() if not _is_left_out(value)]:
        what, other = ("policies", "a system on a task") if is_system else ("systems", "a policy")
        raise BadRequest(f"{', '.join(odd)}: for {what}, and this is {other}; leave it out")
    options: dict[str, Any] = {name: value for name, value in taken.items() if value is not None}
    if not is_system:
        audited = audit_policies if isinstance(policy, list | tuple) else audit_policy
        found: PolicyResult | PoliciesResult = audited(policy, env, base=base, say=say, **options)
        return found
    if base is None:
        raise BadRequest("base is missing: give the objective that the system was selected by")
    return audit_system(policy, env, base=base, say=say, **options)


def _is_left_out(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, tuple) and not value)
