"""Making an environment from whatever names one: an id, a factory, a module's factory, itself."""

import ast
import importlib
from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any, get_args

from mesascope.core.errors import BadRequest, MesascopeError, UnknownName
from mesascope.core.interface import UNKNOWN, Interface
from mesascope.core.loading import load_attribute
from mesascope.core.names import unknown_name
from mesascope.tasks.gymnasium_envs.errors import EnvironmentFailed
from mesascope.tasks.gymnasium_envs.extras import need
from mesascope.tasks.gymnasium_envs.layers import bare
from mesascope.tasks.gymnasium_envs.observation import (
    Observation,
    check_shape,
    observe_as,
    wrapped_in,
)
from mesascope.tasks.gymnasium_envs.vectors import is_vector, singles_of

_OBSERVATIONS = get_args(Observation)
Environment = Any  # a gymnasium.Env; Gymnasium is an extra


def make_environment(
    what: str | Callable[..., Environment] | Environment,
    *,
    observation: Observation = "auto",
    shape: tuple[int, ...] | None = None,
    actions: int | None = None,
    interface: Interface = UNKNOWN,
    **kwargs: Any,
) -> Environment:
    """Return a Gymnasium environment with discrete actions.

    Args:
        what: an id such as `MiniGrid-Empty-6x6-v0`, with `?key=value&…` for arguments if wanted;
            `module:factory`, which executes that module's code; a factory; or an environment. Of
            a vector of environments it is the first.
        observation: what of a MiniGrid observation is given: see `observe_as`.
        shape: of the observations that MiniGrid is to give.
        actions: give only the first so many, such as 3 for the moves of MiniGrid.
        interface: what is known of the policy that will play: MiniGrid gives what it takes unless
            another observation is asked for, and what it cannot play in is refused.
        **kwargs: for the environment.

    Raises:
        UnknownName: no environment has this id; says what was meant, perhaps.
        MissingExtra: Gymnasium or MiniGrid is not installed.
        CannotLoad: no such module or factory.
        EnvironmentFailed: the environment could not be made.
        BadRequest: its actions are not discrete, its observations or actions are not those of the
            policy, or it is a vector whose single environments cannot be reached.
    """
    if isinstance(what, str):
        name, told = read_environment(what)
        given: dict[str, Any] = {"observation": observation, "shape": shape, "actions": actions}
        if set(told) & set(given):  # an option in the text is this function's, not the maker's
            given |= {key: told.pop(key) for key in set(told) & set(given)}
            _check(given)
            return make_environment(
                lambda **kw: _made(name, kw), **given, interface=interface, **(told | kwargs)
            )
        env = _made(name, told | kwargs)
    elif is_environment(what):
        env = what
        if kwargs:
            raise BadRequest(
                f"{what} is made already, so that {', '.join(kwargs)} came too late; give its id "
                "or a function that makes it"
            )
    elif callable(what):
        env = _call(what, kwargs, getattr(what, "__qualname__", repr(what)))
    else:
        raise BadRequest(
            f"a {type(what).__name__} is no environment; give a Gymnasium id, 'module:factory', a "
            "function that makes one, or the environment"
        )
    env = singles_of(env)[0] if is_vector(env) else env
    few = _few_actions(env, actions)
    _check_actions(env, few, interface.actions)
    seen = observe_as(few, observation, interface.shapes if shape is None else (tuple(shape),))
    check_shape(few, tuple(seen.observation_space.shape), interface.shapes)
    return seen


def _check(given: dict[str, Any]) -> None:
    """Refuse options in an environment's text that are of another kind than they should be."""
    shape, actions, observation = given["shape"], given["actions"], given["observation"]
    numbers = isinstance(shape, tuple) and all(isinstance(size, int) for size in shape)
    for name, value, fits, kind in (
        ("shape", shape, shape is None or numbers, "a tuple such as (7,7,3)"),
        ("actions", actions, actions is None or type(actions) is int, "a number such as 3"),
        ("observation", observation, observation in _OBSERVATIONS, " or ".join(_OBSERVATIONS)),
    ):
        if not fits:
            raise BadRequest(f"{name}={value!r} was given with the environment; {kind} is expected")


def called(what: Any) -> str:
    """Return what to call whatever names, makes or is an environment."""
    if isinstance(what, str):
        return what
    spec = getattr(what, "spec", None) if is_environment(what) else None
    inner = what.func if isinstance(what, partial) else what
    return str(getattr(spec, "id", None) or getattr(inner, "__name__", type(what).__name__))


def is_environment(thing: Any) -> bool:
    """Return whether something is an environment rather than a way to make one."""
    return not isinstance(thing, type) and all(
        hasattr(thing, name) for name in ("reset", "step", "action_space", "observation_space")
    )


def read_environment(text: str) -> tuple[str, dict[str, Any]]:
    """Return the id and arguments of `ENV_ID?key=value&key=value`.

    A value is read as Python's number, text, truth value or tuple; anything else is text.

    Raises:
        BadRequest: an argument has no `=`.
    """
    name, _, query = text.strip().partition("?")
    arguments = {}
    for part in filter(None, query.split("&")):
        key, equals, value = part.partition("=")
        if not equals or not key.isidentifier():
            raise BadRequest(
                f"cannot read the argument {part!r} of {name!r}; write it as key=value, several "
                "joined by &, such as 'MiniGrid-Empty-8x8-v0?max_steps=50'"
            )
        try:
            arguments[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            arguments[key] = value
    return name, arguments


def actions_of(env: Environment) -> tuple[str, ...]:
    """Return the names of an environment's actions, which are numbers where it has no names.

    Raises:
        BadRequest: the actions are not discrete.
    """
    space = env.action_space
    if not hasattr(space, "n") or getattr(space, "shape", None) != ():
        raise BadRequest(
            f"the actions of {env} are {space}; only Discrete actions can be audited. Wrap the "
            "environment so that an action is one of a few, as gymnasium.wrappers."
            "TransformAction can"
        )
    named: Any = getattr(bare(env), "actions", None)
    is_enum = isinstance(named, type) and issubclass(named, IntEnum)
    names = {int(a): str(a.name) for a in named} if is_enum else {}
    start = int(getattr(space, "start", 0))
    return tuple(names.get(a, str(a)) for a in range(start, start + int(space.n)))


def _made(name: str, kwargs: dict[str, Any]) -> Environment:
    _, colon, factory = name.partition(":")
    if colon and all(part.isidentifier() for part in factory.split(".")):
        return _call(load_attribute(name), kwargs, name)
    gymnasium = need("gymnasium")
    if name.startswith(("MiniGrid", "BabyAI")):
        need("minigrid")
    if name.startswith("mesascope/"):
        importlib.import_module("mesascope.tasks.gymnasium_envs.confounded").register()
    if not colon and name not in gymnasium.registry:
        if "minigrid" in name.lower():
            need("minigrid")
        raise _no_environment(name, list(gymnasium.registry))
    return _call(lambda **kw: gymnasium.make(name, **kw), kwargs, name)


def _no_environment(name: str, known: list[str]) -> UnknownName:
    """Return the error for an id that is not registered; of a long list, what is near."""
    from mesascope.tasks.mazes.catalogue import WORLDS

    message = str(unknown_name("environment", name, [*WORLDS, *known]))
    shown, _, _ = message.partition(" There is: ")
    return UnknownName(
        f"{shown} {len(known)} are registered; list them with gymnasium.pprint_registry(), or "
        "write 'module:factory' for one of your own"
    )


def _call(maker: Callable[..., Any], kwargs: dict[str, Any], name: str) -> Environment:
    try:
        env = maker(**kwargs)
    except MesascopeError:
        raise
    except (Exception, SystemExit) as error:
        given = f" with {kwargs}" if kwargs else ""
        raise EnvironmentFailed(
            f"{name} could not be made{given}: {type(error).__name__}: {error}. Try it in Python"
        ) from error
    if not is_environment(env):
        raise BadRequest(
            f"{name} made a {type(env).__name__}, which is no Gymnasium environment; expected "
            "reset, step, action_space and observation_space"
        )
    return env


def _few_actions(env: Environment, count: int | None) -> Environment:
    there = len(actions_of(env))
    if count is None or count == there:
        return env
    if not 1 <= count <= there:
        raise BadRequest(f"the first {count} actions were asked for, and {env} has {there}")
    gymnasium = need("gymnasium")
    start = int(env.action_space.start)
    space = gymnasium.spaces.Discrete(count, start=start)
    return wrapped_in(need("gymnasium.wrappers").TransformAction, env, int, space)


def _check_actions(env: Environment, few: Environment, chosen: int | None) -> None:
    """Refuse a policy that chooses among more or fewer actions than there are."""
    names, there = actions_of(env), len(actions_of(few))
    if chosen is None or chosen == there:
        return
    remedy = "Give the environment that it was trained in"
    if chosen < len(names):
        first = ", ".join(names[:chosen])
        remedy = (
            f"If they are the first {chosen} ({first}), write ?actions={chosen} behind its id, "
            f"or in Python give make_environment(env, actions={chosen})"
        )
    elif chosen == len(names):
        remedy = f"Leave out ?actions={there}"
    raise BadRequest(
        f"the policy chooses among {chosen} actions, and {env} has {there}"
        f"{'' if there == len(names) else ' of ' + str(len(names))}. {remedy}"
    )
