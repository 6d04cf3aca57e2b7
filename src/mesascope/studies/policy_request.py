"""What a caller asks the audit of a policy to be, and how that is written down."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, TypedDict

from mesascope.core.errors import BadRequest
from mesascope.core.names import look_up
from mesascope.core.randomness import check_seed
from mesascope.records.run import ConfigRecord
from mesascope.tasks.gymnasium_envs.goals import Goal
from mesascope.tasks.gymnasium_envs.make import is_environment
from mesascope.tasks.gymnasium_envs.shift import Shift
from mesascope.tasks.gymnasium_envs.written import written

_MOST_LEVELS = 10_000  # all of a distribution are held in memory, with their graphs


class PolicyOptions(TypedDict, total=False):
    """The keywords of `mesascope.audit` for policies, which tells of each."""

    base: Any
    goals: Any
    shifts: Any
    levels: int | None
    quick: bool
    horizon: int | None
    discount: float | None
    epsilon: float | None
    deterministic: bool
    seed: int | None
    beside: int | None
    trust: bool
    activation: str | None
    normalise: Any
    say: Callable[[str], None] | None


@dataclass(frozen=True)
class PolicyRequest:
    """What the caller asked for, None where something is filled in.

    The attributes are the options of `mesascope.audit`.

    Raises:
        BadRequest: something could not be played or judged, which is told before anything is.
    """

    base: Any = None
    goals: Any = None
    shifts: Any = None
    levels: int | None = None
    quick: bool = False
    horizon: int | None = None
    discount: float | None = None
    epsilon: float | None = None
    deterministic: bool = False
    seed: int | None = None
    beside: int | None = None
    trust: bool = False
    activation: str | None = None
    normalise: Any = None

    def __post_init__(self) -> None:
        for name in ("levels", "horizon", "seed", "beside"):
            if not _is(Integral, given := getattr(self, name)):
                raise BadRequest(f"{name} is {given!r}; a whole number is expected")
        for name in ("quick", "deterministic", "trust"):
            if not isinstance(given := getattr(self, name), bool):
                raise BadRequest(f"{name} is {given!r}; True or False is expected")
        if self.levels is not None and not 1 <= self.levels <= _MOST_LEVELS:
            raise BadRequest(
                f"{self.levels} levels were asked for; at least 1 and at most {_MOST_LEVELS} are "
                "expected"
            )
        if self.beside is not None and self.beside < 1:
            raise BadRequest(f"beside is {self.beside}; at least 1 episode is played at a time")
        if not _is(Real, self.discount) or not 0.0 <= (self.discount or 0.0) <= 1.0:
            raise BadRequest(f"the discount is {self.discount!r}; a number from 0 to 1 is expected")
        if not _is(Real, self.epsilon) or (self.epsilon is not None and not 0 < self.epsilon < 1):
            raise BadRequest(f"epsilon is {self.epsilon!r}; a number between 0 and 1 is expected")
        check_seed(self.seed or 0)

    @property
    def given(self) -> dict[str, Any]:
        """Return the options that were given, by name."""
        values = {field.name: (getattr(self, field.name), field.default) for field in fields(self)}
        return {name: value for name, (value, default) in values.items() if value is not default}

    def config(self, policy: str, env: str, where: str, filled: Mapping[str, Any]) -> ConfigRecord:
        """Return what was asked for and what was filled in, to be written down.

        Args:
            policy, env: texts of what was given.
            where: what the environment is called.
            filled: what was done by name, whether it was given or not.
        """
        given, filled = self.given, {"activation": None, "normalise": None, **filled}
        return ConfigRecord(
            command="audit",
            organism=where,
            preset="-",
            seed=self.seed or 0,
            given={"policy": policy, "env": env, **_plain(given)},
            defaulted=_plain({name: one for name, one in filled.items() if name not in given}),
        )


def request_of(options: Mapping[str, Any]) -> PolicyRequest:
    """Return the request that options make, None standing for what is not given.

    Raises:
        UnknownName: there is no such option; did you mean …
        BadRequest: one is of another kind than it should be.
    """
    known = {field.name: None for field in fields(PolicyRequest)}
    for name in options:
        look_up("option", name, known)
    given: dict[str, Any] = {}
    for name, value in options.items():
        if value is not None:
            given[name] = tuple(value) if isinstance(value, Iterator) else value
    return PolicyRequest(**given)


def _is(kind: type, value: Any) -> bool:
    return value is None or (isinstance(value, kind) and not isinstance(value, bool))


def _plain(value: Any) -> Any:
    """Return what was given as plain data, in texts that name it again where there are any."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Real):
        return int(value) if isinstance(value, Integral) else float(value)
    if isinstance(value, Goal):
        return value.name
    if isinstance(value, Shift):
        return f"{value.name}={value.description}"
    if isinstance(value, Mapping):
        return {
            str(name): one.description if isinstance(one, Shift) else _plain(one)
            for name, one in value.items()
        }
    if isinstance(value, Iterable) and not callable(value) and not is_environment(value):
        return [_plain(one) for one in value]
    return written(value)
