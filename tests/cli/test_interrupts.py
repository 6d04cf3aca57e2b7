"""Ctrl-C at a moment at which Python cannot raise."""

import ctypes
import sys
import time

import pytest

from mesascope.cli.interrupts import keep_interrupts


@pytest.fixture(autouse=True)
def _hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)


def raised_in_a_callback(error: BaseException) -> None:
    def callback() -> None:
        raise error

    ctypes.CFUNCTYPE(None)(callback)()


def test_an_interrupt_in_a_callback_arrives_a_little_later() -> None:
    def interrupted_while_it_sleeps() -> None:
        raised_in_a_callback(KeyboardInterrupt())
        time.sleep(5)

    keep_interrupts()
    with pytest.raises(KeyboardInterrupt):
        interrupted_while_it_sleeps()


def test_other_errors_are_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: told.append(str(lost.exc_value)))
    keep_interrupts()
    raised_in_a_callback(ValueError("something else"))
    assert told == ["something else"]
