"""Packages that are installed only on request, imported when they are needed."""

import importlib
from typing import Any

from mesascope.core.errors import MissingExtra

_EXTRA = {"gymnasium": "gymnasium", "minigrid": "minigrid"}


def need(module: str) -> Any:
    """Return a module of Gymnasium or MiniGrid.

    Raises:
        MissingExtra: its package is not installed; the message names the extra.
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise MissingExtra(
            f"{package} is needed for this and is not installed; "
            f"pip install 'mesascope[{_EXTRA[package]}]'"
        ) from error
