"""Writing the page that was asked for, so that what was found is told even where that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mesascope.store.errors import BadRun


@contextmanager
def written(result: Any, report: Path | None) -> Iterator[None]:
    """Write a result's page if one was asked for, run the body, and only then say what failed.

    Raises:
        BadRun: the page could not be written.
    """
    failure: BadRun | None = None
    if report is not None:
        try:
            result.report(report)
        except BadRun as error:
            failure = error
    yield
    if failure is not None:
        raise failure
