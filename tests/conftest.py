"""What every test shares: array shapes are checked at run time, and examples do not vary."""

import matplotlib
from hypothesis import settings
from jaxtyping import install_import_hook

matplotlib.use("svg")

# Annotated shapes and dtypes are checked in these packages. Compiled code lives elsewhere.
install_import_hook(
    [
        "mesascope.core",
        "mesascope.processes",
        "mesascope.objectives",
        "mesascope.evidence",
        "mesascope.auditing",
    ],
    "beartype.beartype",
)

# No deadline: the first call of a compiled function includes its compilation.
settings.register_profile("fixed", deadline=None, derandomize=True)
settings.load_profile("fixed")
