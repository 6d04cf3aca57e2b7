"""The peers of the sparse benchmark solve the same problem to the same error."""

import pytest

from benchmarks.sparse import WORLDS, _hold_together, work


@pytest.mark.parametrize("world", WORLDS)
def test_every_method_finds_the_same(world: str) -> None:
    methods = (
        "plan",
        "dense",
        "scipy plan",
        "soften",
        "scipy soften",
        "evaluate",
        "scipy evaluate",
    )
    rows = [work(world, 100, method) for method in methods]
    _hold_together(rows)
    assert all(len(row["probes"]) > 90 for row in rows)


def test_a_difference_is_noticed() -> None:
    rows = [work("random", 100, method) for method in ("plan", "scipy plan")]
    rows[0]["probes"][3] += 1.0
    with pytest.raises(AssertionError, match="plan and scipy plan differ by 1"):
        _hold_together(rows)
