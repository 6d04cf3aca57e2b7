"""The tool that keeps shown outputs true, on small texts."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> object:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import shown
    finally:
        sys.path.remove(str(ROOT / "tools"))
    return shown


def text(command: str, body: str, mark: str = "output") -> str:
    return f"# A\n\n<!-- {mark}: {command} -->\n```text\n{body}```\n\nmore\n"


HELLO = "python -c 'print(1); print(2); print(3); print(4)'"


def test_a_block_that_shows_what_is_printed_passes(tool) -> None:
    assert tool.Shown(ROOT).stale(text(HELLO, "1\n2\n3\n4\n")) == []


def test_a_block_that_shows_something_else_is_stale_and_can_be_renewed(tool) -> None:
    shown = tool.Shown(ROOT)
    assert shown.stale(text(HELLO, "1\n2\n5\n4\n")) == [HELLO]
    assert shown.renewed(text(HELLO, "")) == text(HELLO, "1\n2\n3\n4\n")


def test_lines_are_left_out_and_the_place_is_marked(tool) -> None:
    omitting = f"{HELLO} | omit: ^2 .. ^4"
    assert tool.Shown(ROOT).renewed(text(omitting, "")) == text(omitting, "1\n[…]\n4\n")
    to_the_end = f"{HELLO} | omit: ^2 .."
    assert tool.Shown(ROOT).renewed(text(to_the_end, "")) == text(to_the_end, "1\n[…]\n")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("in 0.4 s. On", "in 12.1 s. On", True),
        ("6,510 a second", "710 a second", True),
        ("a b\n  c", "a\nb c", True),
        ("regret 0.034", "regret 0.035", False),
    ],
)
def test_times_rates_and_line_breaks_may_differ(tool, one: str, other: str, same: bool) -> None:
    assert (tool.masked(one) == tool.masked(other)) is same


def test_standard_error_is_shown_where_a_command_fails(tool) -> None:
    command = "python -c 'import sys; sys.exit(\"no such thing\")'"
    assert tool.Shown(ROOT).renewed(text(command, "")) == text(command, "no such thing\n")


def test_a_slow_block_keeps_what_it_shows(tool) -> None:
    slow = text(HELLO, "old\n", "slow output")
    assert tool.Shown(ROOT).stale(slow) == []
    assert tool.Shown(ROOT).renewed(slow) == slow
    assert tool.Shown(ROOT, slow=True).stale(slow) == [HELLO]


def test_a_file_is_shown_as_it_is(tool) -> None:
    shown = tool.Shown(ROOT)
    assert shown.stale(text("examples/leaves.py", "x\n", "file")) == ["examples/leaves.py"]
    assert shown.stale(shown.renewed(text("examples/leaves.py", "", "file"))) == []


def test_an_omission_that_cannot_be_read_is_refused(tool) -> None:
    with pytest.raises(ValueError, match="omit"):
        tool.blocks(text("true | leave: ^2", ""))
