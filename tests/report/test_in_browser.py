"""The page in a real browser: quiet, narrow enough, and its replays can be stepped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mesascope.report import write
from tests.browser import OpenPage, open_page
from tests.report.sample import VARIANTS

pytestmark = pytest.mark.browser
WIDTHS = (380, 1280)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {name: write(make(), folder / f"{name}.html") for name, make in VARIANTS.items()}


def assert_quiet(opened: OpenPage) -> None:
    assert opened.console_errors == opened.page_errors == opened.requests == []


@pytest.mark.parametrize("name", VARIANTS)
def test_quiet_and_not_too_wide(pages: dict[str, Path], name: str) -> None:
    with open_page(pages[name], width=WIDTHS[1]) as opened:
        for width in WIDTHS:
            opened.page.set_viewport_size({"width": width, "height": 900})
            for _ in range(2):  # with every box closed, then with every box open
                assert opened.sideways() == 0
                opened.page.evaluate(
                    "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
                )
            assert opened.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        assert_quiet(opened)


def test_the_first_screen_holds_the_verdict(pages: dict[str, Path]) -> None:
    with open_page(pages["one"], width=1280, height=900) as opened:
        for selector in (
            "h1",
            ".question",
            ".headline",
            ".rests .is-failed",
            ".rests .is-unchecked",
            ".lines tbody tr:last-child .answer",
        ):
            box = opened.page.locator(selector).first.bounding_box()
            assert box is not None, selector
            assert box["y"] + box["height"] <= 900, selector


def test_several_verdicts_stand_side_by_side(pages: dict[str, Path]) -> None:
    with open_page(pages["pair"], width=1280) as opened:
        first, second = (
            opened.page.locator(".verdicts .headline").nth(i).bounding_box() for i in (0, 1)
        )
        assert first is not None
        assert second is not None
        assert abs(first["y"] - second["y"]) < 2
        assert second["x"] > first["x"] + first["width"] / 2
        box = opened.page.locator(".differing").last.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900


@pytest.fixture
def replay(pages: dict[str, Path]) -> Iterator[OpenPage]:
    with open_page(pages["one"]) as opened:
        yield opened


def shown(opened: OpenPage) -> list[bool]:
    frames = opened.page.locator("[data-play]").first.locator("[data-frame]")
    return [frames.nth(i).is_visible() for i in range(frames.count())]


def only(index: int) -> list[bool]:
    return [i == index for i in range(4)]


def test_replays_step(replay: OpenPage) -> None:
    first = replay.page.locator("[data-play]").first
    state = first.locator("output")
    back, on, everything = (first.locator(f"[data-act={name}]") for name in ("back", "on", "all"))
    assert shown(replay) == only(0)
    back.click(force=True)
    assert shown(replay) == only(0)
    on.click()
    on.click()
    assert shown(replay) == only(2)
    assert state.inner_text() == "3 of 4"
    back.click()
    assert shown(replay) == only(1)
    everything.click()
    assert shown(replay) == [True] * 4
    assert state.inner_text() == "all 4"
    everything.click()
    assert shown(replay) == only(1)
    first.focus()
    for key, index in (("ArrowRight", 2), ("End", 3), ("ArrowRight", 3), ("ArrowLeft", 2),
                       ("Home", 0)):  # fmt: skip
        replay.page.keyboard.press(key)
        assert shown(replay) == only(index), key
    # A replay of one frame has nothing to step.
    assert not replay.page.locator("[data-play]").nth(1).locator(".controls").is_visible()
    assert_quiet(replay)


def test_without_the_script_every_frame_stands_in_a_row(
    pages: dict[str, Path], tmp_path: Path
) -> None:
    text = pages["one"].read_text(encoding="utf-8")
    still = tmp_path / "still.html"
    # The policy allows no script but ours, so a changed one does not run.
    still.write_text(text.replace('"use strict";', '"use strict"; '), encoding="utf-8")
    with open_page(still) as opened:
        assert shown(opened) == [True] * 4
        assert not opened.page.locator(".controls").first.is_visible()
        assert any("Content Security Policy" in error for error in opened.console_errors)


def test_on_paper_nothing_is_hidden(replay: OpenPage) -> None:
    replay.page.emulate_media(media="print")
    assert shown(replay) == [True] * 4
    replay.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert replay.page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    replay.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert replay.page.evaluate("document.querySelectorAll('details[open]').length") == 0


def test_the_dark_scheme_is_dark(replay: OpenPage) -> None:
    def ground() -> str:
        return str(
            replay.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        )

    light = ground()
    replay.page.emulate_media(color_scheme="dark")
    assert ground() != light
    line = replay.page.locator(".plot .stroke-ink").first
    assert line.evaluate("(e) => getComputedStyle(e).stroke") == "rgb(233, 229, 220)"
