"""Open a local page in headless Chromium, and note what it complains of and what it asks for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, sync_playwright

LOCAL = ("file:", "data:", "about:", "blob:")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class OpenPage:
    """A page, and what was seen since before it was loaded.

    Attributes:
        page: playwright's page, to query and click.
        console_errors: messages written to the console as errors.
        page_errors: exceptions that no script caught.
        requests: addresses asked for that are not local. The browser is offline: none is answered.
    """

    page: Page
    console_errors: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def screenshot(self, path: Path, *, whole: bool = True) -> Path:
        """Write a PNG of the whole page, or of what the window shows."""
        self.page.screenshot(path=path, full_page=whole)
        return path

    def sideways(self) -> int:
        """By how many pixels the page is wider than its window; 0 where it fits."""
        root = "document.documentElement"
        return int(self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(message.text)

    def _note_request(self, url: str) -> None:
        if not url.startswith(LOCAL):
            self.requests.append(url)


def chromium() -> str:
    """Return where Chromium is; without it skip the test, or fail it in CI."""
    debian = "/usr/bin/chromium"
    names = ("chromium", "chromium-browser", "google-chrome")
    found = (
        debian if os.access(debian, os.X_OK) else next(filter(None, map(shutil.which, names)), None)
    )
    if found is None:
        reason = "no Chromium here: on Debian, apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)  # who has no browser can still run the other tests
    return found


@contextmanager
def open_page(path: Path, width: int = 1280, height: int = 900) -> Iterator[OpenPage]:
    """Open a local HTML file, offline, in a window of `width` by `height` CSS pixels."""
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            context = browser.new_context(
                viewport={"width": width, "height": height}, offline=True, service_workers="block"
            )
            page = context.new_page()
            opened = OpenPage(page)
            page.on("console", opened._note_console)
            page.on("pageerror", lambda error: opened.page_errors.append(str(error)))
            page.on("request", lambda request: opened._note_request(request.url))
            page.on("websocket", lambda socket: opened._note_request(socket.url))
            page.goto(path.resolve().as_uri(), wait_until="load")
            yield opened
        finally:
            browser.close()
