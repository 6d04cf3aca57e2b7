"""What every made-up record takes: hostile text, and figures that were not measured."""

from mesascope.records.figures import Figure

HOSTILE = (
    '"><script>alert(1)</script>\' onload="alert(2)" $\\frac{1}{$ \u202e\x00 {{7*7}} ]]> 漢字🦊 '
)


def figure(estimate: float, half: float = 0.02, samples: int = 2000) -> Figure:
    if samples == 0:
        return Figure(estimate=estimate, low=estimate, high=estimate)
    return Figure(
        estimate=estimate,
        low=max(0.0, estimate - half),
        high=estimate + half * 1.1,
        samples=samples,
        confidence=0.95,
    )
