"""A Chromium in which tests use a page as a person does: no test may leave an error in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Download, Page, sync_playwright

import needs

MILLISECONDS = 10_000
"""What one step may take before the test fails."""


@contextmanager
def browsers() -> Iterator[Browser]:
    """A browser for some tests."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=needs.BROWSER)
        yield browser
        browser.close()


class Form:
    """A review form in a window of its own."""

    def __init__(self, browser: Browser, path: Path, **window: Any) -> None:
        self.context = browser.new_context(accept_downloads=True, reduced_motion="reduce", **window)
        self.context.set_default_timeout(MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console", lambda told: self.errors.append(told.text) if told.type == "error" else None
        )
        self.address = path.absolute().as_uri()
        self.page.goto(self.address)

    def close(self) -> None:
        """Close the window, with nothing fetched and no error left in it."""
        fetched = [url for url in self.requests if not url.startswith((self.address, "blob:"))]
        self.context.close()
        assert fetched == []
        assert self.errors == []

    def rate(self, key: str, place: int) -> None:
        """Choose a rating of a criterion by its place."""
        self.page.locator(f'[id="rate-{key}"] input[type=radio]').nth(place).check()

    def write(self, selector: str, text: str) -> None:
        """Type into a control."""
        control = self.page.locator(selector)
        control.press_sequentially(text)

    def shown(self) -> list[str]:
        """The criteria that the page shows, in its order."""
        script = "all => all.filter(one => one.checkVisibility()).map(one => one.id.slice(5))"
        return self.page.locator("[data-criterion]").evaluate_all(script)  # type: ignore[no-any-return]

    def missing(self) -> list[tuple[str, str]]:
        """What is listed as missing: the control's id, and the words."""
        script = "all => all.map(one => [one.hash.slice(1), one.textContent])"
        items = self.page.locator("[data-missing] a").evaluate_all(script)
        return [(target, told) for target, told in items]

    def progress(self) -> str:
        """How far the page says the review is."""
        return " ".join(self.page.locator(".progress p").inner_text().split())

    def told(self) -> str:
        """The message that is shown, with its lines."""
        return self.page.locator("[data-message]").inner_text()

    def open(self, path: Path) -> str:
        """Open a review; what the page says then."""
        self.page.evaluate("document.querySelector('[data-message-title]').textContent = ''")
        self.page.set_input_files("#file", path)
        self.page.locator("[data-message-title]:not(:empty)").wait_for()
        return self.told()

    def save(self, folder: Path) -> Path:
        """Save the review as it stands; the file."""
        with self.page.expect_download() as waiting:
            self.page.locator(".bar [data-save]").click()
        return keep(waiting.value, folder)


def keep(download: Download, folder: Path) -> Path:
    """Put a download where a person's would be."""
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def document(path: Path) -> dict[str, Any]:
    """A saved review."""
    value = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value
