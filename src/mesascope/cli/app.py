"""The program itself, and the options that its commands share."""

from typing import Annotated

from cyclopts import App, Parameter

import mesascope

app = App(
    name="mesascope",
    help=(
        "An instrument for inner alignment: find the optimizer inside a learned system, read out "
        "what it wants, and hold that against what it was selected for."
    ),
    version=mesascope.__version__,
    suppress_keyboard_interrupt=False,  # `guarded` says so and exits with 130
)

Json = Annotated[bool, Parameter(negative="", help="Print one JSON document on standard output.")]
Seed = Annotated[int, Parameter(help="Of every random choice; the same seed, the same result.")]
