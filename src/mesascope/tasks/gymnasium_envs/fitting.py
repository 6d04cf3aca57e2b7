"""An environment fitted to the policy that will play in it, or refused before it does."""

from functools import partial
from typing import Any

from mesascope.core.interface import UNKNOWN, Interface
from mesascope.tasks.gymnasium_envs.make import is_environment, make_environment
from mesascope.tasks.gymnasium_envs.vectors import is_vector


def fitted(make_env: Any, interface: Interface) -> Any:
    """Return what gives the environment as a policy takes it; the same thing where none is known.

    The environment is made once to find out. Of a vector whose environments have to be wrapped to
    fit, the first one is returned.

    Args:
        make_env: makes an environment; or an environment, a vector of them, or what names one.
        interface: what is known of the policy.

    Raises:
        BadRequest: the observations or actions are others than the policy's; says what would help.
        MesascopeError: it cannot be made, as `make_environment` says.
    """
    if interface == UNKNOWN:
        return make_env
    named = isinstance(make_env, partial) and make_env.func is make_environment
    maker = make_env if named else partial(make_environment, make_env)
    maker = partial(maker, interface=interface)
    env = maker()
    if is_vector(make_env):
        plain = make_environment(make_env).observation_space
        return make_env if plain.shape == env.observation_space.shape else env
    if is_environment(make_env):
        return env
    if isinstance(maker.args[0], str) and hasattr(env, "close"):
        env.close()
    return maker
