import numpy as np
import pytest

from mesascope.core.randomness import stream


def draw(*key: int | str) -> list[int]:
    seed, *purpose = key
    return stream(int(seed), *purpose).integers(0, 2**62, 8).tolist()


def test_the_same_seed_and_purpose_repeat() -> None:
    assert draw(1, "search", 3) == draw(1, "search", 3)


@pytest.mark.parametrize("other", [(2, "search", 3), (1, "search", 4), (1, "audit", 3), (1,)])
def test_another_seed_or_purpose_is_another_stream(other: tuple[int | str, ...]) -> None:
    assert draw(1, "search", 3) != draw(*other)


def test_the_numbers_do_not_change_between_versions() -> None:
    # Results published with a seed rest on this.
    assert stream(0, "pinned", 1).integers(0, 1000, 4).tolist() == [109, 847, 275, 548]


def test_streams_are_uniform_and_uncorrelated() -> None:
    a, b = stream(0, "a").random(20_000), stream(0, "b").random(20_000)
    assert abs(a.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03
