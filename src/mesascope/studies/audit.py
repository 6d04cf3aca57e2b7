"""One verb for whatever is brought along: a system on a task, or a policy in an environment."""

from typing import Any, overload

from mesascope.core.task import Task
from mesascope.studies.policy import PolicyResult, audit_policy
from mesascope.studies.system import Result, audit_system


@overload
def audit(system: Any, where: Task, **options: Any) -> Result: ...


@overload
def audit(system: Any, where: Any, **options: Any) -> PolicyResult: ...


def audit(system: Any, where: Any, **options: Any) -> Result | PolicyResult:
    """Audit a system on a task, or a policy in an environment.

    Args:
        system: a system, as `mesascope.studies.system.audit_system` takes it, or a policy, as
            `mesascope.studies.policy.audit_policy` does.
        where: a `Task`; or an environment: a Gymnasium id, a function that makes one, or one of
            our worlds of levels.
        **options: of the one or the other, such as `base`, `goals` and `shifts`.

    Raises:
        MesascopeError: as the two functions say.
    """
    if isinstance(where, Task):
        return audit_system(system, where, **options)
    return audit_policy(system, where, **options)
