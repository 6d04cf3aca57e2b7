"""Importing whatever is named as `module:attribute`."""

import importlib
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from mesascope.core.errors import CannotLoad
from mesascope.core.names import unknown_name


def load_attribute(text: str) -> Any:
    """Import whatever is named as `module:attribute`, which executes the module's code.

    The current directory is searched first, as `python -m` does.

    Raises:
        CannotLoad: no such module, the module raised, or no such attribute.
    """
    module_name, colon, path = text.strip().partition(":")
    parts = path.split(".")
    if module_name.endswith(".py") or "/" in module_name:
        raise CannotLoad(
            f"{text!r} names a file; name the module as Python imports it from the current "
            f"directory: '{Path(module_name).stem}:{path or 'function'}'"
        )
    if not colon or not all(p.isidentifier() for p in (*module_name.split("."), *parts)):
        raise CannotLoad(f"cannot read {text!r}: expected 'module:attribute', such as 'mybot:play'")
    found: Any = _import(module_name)
    for part in parts:
        found = _attribute(found, part, module_name)
    return found


def _import(name: str) -> ModuleType:
    here = str(Path.cwd())
    if not {here, ""} & set(sys.path):
        sys.path.insert(0, here)
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise CannotLoad(
                f"the module {name!r} was found but imports {error.name!r}, which was not: "
                f"{error}. Install it in this environment"
            ) from error
        raise CannotLoad(
            f"no module {error.name!r}: looked in {here} and wherever Python looks. Run from the "
            "directory that holds it, or install its package in this environment"
        ) from error
    except (Exception, SystemExit) as error:
        raise CannotLoad(
            f"the module {name!r} was found but raised {type(error).__name__} on import: {error}. "
            f"Try: python -c 'import {name}'"
        ) from error


def _attribute(owner: Any, name: str, module: str) -> Any:
    try:
        return getattr(owner, name)
    except AttributeError as error:
        public = [n for n in dir(owner) if not n.startswith("_") and _callable(owner, n)]
        raise CannotLoad(f"in {module!r}: {unknown_name('attribute', name, public)}") from error


def _callable(owner: Any, name: str) -> bool:
    return callable(inspect.getattr_static(owner, name, None))
