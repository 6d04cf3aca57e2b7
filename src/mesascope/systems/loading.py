"""Loading a system that is named as `module:attribute`."""

from mesascope.core.loading import load_attribute
from mesascope.core.system import System
from mesascope.systems.functions import as_system


def load_system(text: str) -> System:
    """Import a system named as `module:attribute`, such as `mybot:play` or `bots.deep:Agent`.

    This executes code: the module's, and later the system's own. Load only what you trust. The
    current directory is searched first, as `python -m` does. The attribute may be a function, a
    class (called without arguments), or an object; a dot reaches into it.

    Raises:
        CannotLoad: no such module, the module raised, no such attribute, or nothing that can
            answer; the message says which.
    """
    return as_system(load_attribute(text), text.strip())
