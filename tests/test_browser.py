"""The browser helper sees what it is there to see."""

from pathlib import Path

import pytest

from tests.browser import open_page

pytestmark = pytest.mark.browser


def write(folder: Path, body: str) -> Path:
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><title>t</title>{body}", encoding="utf-8")
    return page


def test_a_quiet_page_leaves_no_notes(tmp_path: Path) -> None:
    inline = "<h1 id=x>∞ quiet</h1><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"
    with open_page(write(tmp_path, inline), width=390) as opened:
        assert opened.page.inner_text("#x") == "∞ quiet"
        assert opened.page.viewport_size == {"width": 390, "height": 900}
        assert opened.console_errors == opened.page_errors == opened.requests == []
        assert opened.sideways() == 0
        shot = opened.screenshot(tmp_path / "shot.png")
    assert shot.read_bytes().startswith(b"\x89PNG")


def test_a_noisy_page_is_noted(tmp_path: Path) -> None:
    body = (
        "<div style='width:500px'>wide</div><img src='http://example.invalid/a.png'>"
        "<script>console.error('said'); console.log('not this'); throw new Error('thrown')</script>"
    )
    with open_page(write(tmp_path, body), width=390) as opened:
        assert "said" in opened.console_errors
        assert "not this" not in opened.console_errors
        assert [e for e in opened.page_errors if "thrown" in e]
        assert opened.requests == ["http://example.invalid/a.png"]
        assert opened.sideways() > 100


def test_without_chromium_the_test_is_skipped_but_fails_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get"), open_page(tmp_path / "none.html"):
        pass
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get"), open_page(tmp_path / "none.html"):
        pass
