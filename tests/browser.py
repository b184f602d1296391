"""A real browser for tests: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from orchestration.core.settings import ROOT

ARTEFACTS = ROOT / "test-artefacts"
_PATIENCE_MILLISECONDS = 90_000
_WIDTH, _HEIGHT = 1600, 1000
# Nothing is downloaded, and no display is needed.
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def page() -> Iterator[Page]:
    """Yield an empty page; where the test fails, keep what it showed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=_FLAGS)
        opened = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT})
        opened.set_default_timeout(_PATIENCE_MILLISECONDS)
        expect.set_options(timeout=_PATIENCE_MILLISECONDS)
        try:
            yield opened
        except BaseException:
            keep(opened, "failed")
            raise
        finally:
            browser.close()


def keep(shown: Page, name: str, *, whole: bool = False) -> None:
    """Keep a picture of what is in sight, or of all, as an artefact of the tests."""
    ARTEFACTS.mkdir(exist_ok=True)
    path = ARTEFACTS / f"{name}.png"
    shown.screenshot(path=path, animations="disabled", full_page=whole)


def _chromium() -> str:
    """Return where Chromium is. Skip the test where it is not; in CI it must be."""
    wanted = os.environ.get("FAST_DAU_CHROMIUM") or "chromium"
    if found := shutil.which(wanted):
        return found
    reason = (
        f"no browser {wanted!r}: install Debian's with `apt-get install chromium`, or "
        "name one in FAST_DAU_CHROMIUM"
    )
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
