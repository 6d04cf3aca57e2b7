"""Handles of somebody else's making may raise, or hand over what is no structure."""

from types import SimpleNamespace

import pytest

from mesascope.core.errors import SystemFailure
from mesascope.evidence.shown import shown_structure
from tests.evidence.orchard import FORKS, LENGTH, Orchard, OrchardWorld


def broken(*_: object) -> object:
    raise ZeroDivisionError("no")


def system(**handles: object) -> SimpleNamespace:
    return SimpleNamespace(name="mine", respond=broken, **handles)


def test_a_handle_that_raises_is_named() -> None:
    with pytest.raises(SystemFailure, match="`structure` handle of 'mine' raised ZeroDivision"):
        shown_structure(system(structure=broken))


def test_what_is_no_structure_is_refused() -> None:
    with pytest.raises(SystemFailure, match="a structure has `kind`"):
        shown_structure(system(structure=lambda: 3))


@pytest.mark.parametrize("handle", ["rerun", "candidates"])
def test_a_structure_that_raises_is_named(handle: str) -> None:
    made = SimpleNamespace(kind="rule", text="?", size=1, rerun=broken, candidates=broken)
    shown = shown_structure(system(structure=lambda: made))
    assert shown is not None
    orchard = Orchard(tuple(range(FORKS**LENGTH)))
    with pytest.raises(SystemFailure, match=f"`{handle}` handle of 'mine'"):
        getattr(shown, handle)(orchard, OrchardWorld(orchard))


def test_without_the_handle_there_is_nothing() -> None:
    assert shown_structure(system()) is None
