"""What every test shares: array shapes are checked at run time, and examples do not vary."""

import signal
from pathlib import Path

import matplotlib
from hypothesis import settings
from jaxtyping import install_import_hook

matplotlib.use("svg")

_SOURCE = Path(__file__).parents[1] / "src"
_CHECKED = (
    "core",
    "processes",
    "objectives",
    "evidence",
    "auditing",
)  # compiled code lives elsewhere


def _with_shapes() -> list[str]:
    """Return the modules whose annotations have shapes: checks elsewhere find what mypy finds."""
    return [
        ".".join(path.relative_to(_SOURCE).with_suffix("").parts)
        for package in _CHECKED
        for path in sorted((_SOURCE / "mesascope" / package).rglob("*.py"))
        if "from jaxtyping import" in path.read_text(encoding="utf-8")
    ]


# Annotated shapes and dtypes are checked at run time.
install_import_hook(_with_shapes(), "beartype.beartype")

# A suite that was started in the background ignores Ctrl-C, and so would what it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: the first call of a compiled function includes its compilation.
settings.register_profile("fixed", deadline=None, derandomize=True)
settings.load_profile("fixed")
