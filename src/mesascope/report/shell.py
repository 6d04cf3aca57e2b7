"""What every page of a report shares: its templates, its own files, and its content policy."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mesascope.report import format as form


def _clean(value: Any) -> Any:
    """Spell out what cannot be printed, in every text that enters the page."""
    return form.printable(value) if type(value) is str else value


@cache
def environment() -> Environment:
    """Return the templates, with the formats that they may use."""
    made = Environment(
        loader=PackageLoader("mesascope.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": form.number,
        "brief": form.brief,
        "short": form.short,
        "count": form.count,
        "seconds": form.seconds,
        "interval": form.interval,
        "basis": form.basis,
        "sample": form.sample,
        "in_words": form.in_words,
        "prose": form.prose,
        "items": form.items,
    }
    return made


@cache
def asset(name: str) -> Markup:
    """Return a file of our own, which goes into the page as it is."""
    return Markup(files("mesascope.report").joinpath(name).read_text(encoding="utf-8"))


def _digest(text: str) -> str:
    """Return what a content policy calls an inline block that it allows."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def policy(*, images: bool = False) -> str:
    """Return a page's content policy: our own style and script, and nothing else at all.

    Args:
        images: allow pictures that stand in the page itself.
    """
    return (
        "default-src 'none'; "
        f"style-src 'sha256-{_digest(asset('style.css'))}'; "
        f"script-src 'sha256-{_digest(asset('play.js'))}'; "
        f"{'img-src data:; ' if images else ''}"
        "base-uri 'none'; form-action 'none'"
    )
