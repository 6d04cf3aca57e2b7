"""What to write down for whatever names, makes or is something, so that it is found again."""

from functools import partial
from pathlib import PurePath
from typing import Any

from mesascope.tasks.gymnasium_envs.layers import bare
from mesascope.tasks.gymnasium_envs.make import is_environment

_LONGEST = 200  # characters of what a thing says of itself


def written(thing: Any) -> str:
    """Return a text for a thing, the same in every process.

    A function or class is `module:function`, with `?key=value` where it is a `partial`; anything
    else is what it says of itself in a line, an environment with what it was made with, or else its
    class.
    """
    if isinstance(thing, str | PurePath):
        return str(thing)
    if isinstance(thing, partial):
        named = [f"{key}={value}" for key, value in thing.keywords.items()]
        given = "&".join([*map(repr, thing.args), *named])
        return f"{written(thing.func)}?{given}" if given else written(thing.func)
    if hasattr(thing, "__qualname__"):
        return f"{getattr(thing, '__module__', None) or 'builtins'}:{thing.__qualname__}"
    text = str(thing)
    if is_environment(thing):
        text += "".join(f", {key}={value}" for key, value in _made_with(thing).items())
    if not text or " at 0x" in text or "\n" in text or len(text) > _LONGEST:
        return written(type(thing))
    return text


def _made_with(env: Any) -> dict[str, Any]:
    """Return the arguments that Gymnasium made an environment with."""
    told = getattr(getattr(bare(env), "spec", None), "kwargs", None)
    return told if isinstance(told, dict) else {}
