"""Packages that are installed only on request, imported when a policy needs them."""

import importlib
from typing import Any

from mesascope.core.errors import MissingExtra


def need(module: str, extra: str) -> Any:
    """Return a module.

    Raises:
        MissingExtra: its package is not installed; the message names the extra.
    """
    package = module.partition(".")[0]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] != package:
            raise
        raise MissingExtra(
            f"{package} is needed for this and is not installed; pip install 'mesascope[{extra}]'"
        ) from error
