"""The page on a policy in a browser: quiet, not too wide, its episodes stepped and played."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from mesascope.report.policies import render_audited
from tests.browser import OpenPage, open_page
from tests.report.policy_variants import VARIANTS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("policies")
    for name in VARIANTS:
        (folder / f"{name}.html").write_text(render_audited(VARIANTS[name]()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in VARIANTS}


@pytest.fixture(scope="module")
def browser(pages: dict[str, Path]) -> Iterator[OpenPage]:
    with open_page(pages["whole"]) as opened:
        yield opened


@pytest.fixture
def played(browser: OpenPage, pages: dict[str, Path]) -> OpenPage:
    browser.page.emulate_media(reduced_motion="no-preference")
    browser.page.set_viewport_size({"width": 1280, "height": 900})
    browser.page.goto(pages["whole"].as_uri())
    return browser


def place(opened: OpenPage) -> str | None:
    return opened.page.locator("[data-agent]").first.get_attribute("transform")


@pytest.mark.browser
@pytest.mark.parametrize("name", VARIANTS)
def test_quiet_and_not_too_wide(browser: OpenPage, pages: dict[str, Path], name: str) -> None:
    browser.page.goto(pages[name].as_uri())
    for width in (380, 1280):
        browser.page.set_viewport_size({"width": width, "height": 900})
        browser.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert browser.sideways() == 0
    assert browser.console_errors == browser.page_errors == browser.requests == []


@pytest.mark.browser
def test_the_first_screen_holds_the_verdict(played: OpenPage) -> None:
    for selector in ("h1", ".headline", ".rests .is-unchecked", ".lines tbody tr:last-child"):
        box = played.page.locator(selector).first.bounding_box()
        assert box is not None, selector
        assert box["y"] + box["height"] <= 900, selector


@pytest.mark.browser
def test_an_episode_is_stepped_and_played(played: OpenPage) -> None:
    scene = played.page.locator("[data-play]").first
    state = scene.locator("output")
    ends = place(played)
    assert state.inner_text() == "step 9 of 9"
    scene.focus()
    played.page.keyboard.press("Home")
    starts = place(played)
    assert (state.inner_text(), starts) == ("step 0 of 9", "translate(143 169) rotate(0)")
    for key, step in (("ArrowLeft", 0), ("ArrowRight", 1), ("End", 9), ("ArrowRight", 9)):
        played.page.keyboard.press(key)
        assert state.inner_text() == f"step {step} of 9", key
    assert place(played) == ends != starts
    button = scene.locator("[data-act=play]")
    pressed = "b => [b.click(), b.textContent, b.click(), b.textContent]"  # in no time at all
    assert button.evaluate(pressed)[1::2] == ["pause", "play"]
    assert state.inner_text() == "step 0 of 9"
    button.focus()
    played.page.keyboard.press("Enter")
    expect(state).to_have_text("step 9 of 9")
    assert place(played) == ends


@pytest.mark.browser
def test_a_film_is_stepped_and_shown_whole_on_paper(
    played: OpenPage, pages: dict[str, Path]
) -> None:
    played.page.goto(pages["films"].as_uri())
    film = played.page.locator("[data-play]").nth(1)
    frames = film.locator("img")

    def seen() -> list[bool]:
        return [frames.nth(i).is_visible() for i in range(3)]

    assert seen() == [True, False, False]
    assert frames.first.evaluate("image => image.naturalWidth") == 1
    film.locator("[data-act=on]").click()
    assert seen() == [False, True, False]
    assert film.locator("output").inner_text() == "step 10 of 20"
    film.press("End")
    assert seen() == [False, False, True]
    played.page.emulate_media(media="print")
    assert seen() == [True] * 3
    played.page.emulate_media(media="screen")


@pytest.mark.browser
def test_less_motion_leaves_stepping(played: OpenPage) -> None:
    button = played.page.locator("[data-act=play]").first
    assert button.is_visible()
    button.click()
    played.page.emulate_media(reduced_motion="reduce")
    expect(button).to_be_hidden()
    played.page.locator("[data-play]").first.press("Home")
    stopped = place(played)
    played.page.locator("[data-act=on]").first.click()
    assert place(played) != stopped


@pytest.mark.browser
def test_on_paper_the_whole_way_is_shown(played: OpenPage) -> None:
    ends = place(played)
    played.page.locator("[data-act=back]").first.click()
    assert place(played) != ends
    played.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert place(played) == ends
    assert played.page.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    played.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert played.page.evaluate("document.querySelectorAll('details[open]').length") == 0


@pytest.mark.browser
def test_without_the_script_the_agent_stands_at_its_end(
    pages: dict[str, Path], played: OpenPage, tmp_path: Path
) -> None:
    text = pages["whole"].read_text(encoding="utf-8")
    still = tmp_path / "still.html"
    # The policy allows no script but ours, so a changed one does not run.
    still.write_text(text.replace('"use strict";', '"use strict"; '), encoding="utf-8")
    ends = place(played)
    played.page.goto(still.as_uri())
    assert not played.page.locator(".controls").first.is_visible()
    assert place(played) == ends
    assert any("Content Security Policy" in error for error in played.console_errors)
