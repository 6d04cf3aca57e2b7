"""Writing the page that was asked for, so that what was found is told even where that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mesascope.store.atomic import must_be_writable
from mesascope.store.errors import BadRun


def ready(report: Path | None) -> None:
    """Refuse a page that could not be written, before the work for it begins.

    Raises:
        BadRun: it could not.
    """
    if report is not None:
        must_be_writable(report)


@contextmanager
def written(result: Any, report: Path | None) -> Iterator[Path | None]:
    """Write a result's page if one was asked for, run the body, and only then say what failed.

    The body is given where the page is; None if there is none.

    Raises:
        BadRun: the page could not be written.
    """
    failure: BadRun | None = None
    if report is not None:
        try:
            result.report(report)
        except BadRun as error:
            failure = error
    yield None if failure else report
    if failure is not None:
        raise failure
