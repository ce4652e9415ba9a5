"""Every page in Chromium, full, empty and with one point, on a screen and on a phone: nothing fails, nothing is fetched
from elsewhere, nothing is wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from opsmetrics.ui.frame import PAGES
from tests.browser.conftest import Watch

Open = Callable[..., Watch]
ADDRESSES = [address for _, _, address in PAGES]


def fits(found: Watch) -> bool:
    """True where no part of the page is wider than the screen."""
    return bool(found.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("store", ["full", "defined", "empty", "one_point"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_on_a_screen(watch: Open, address: str, store: str) -> None:
    found = watch(store)
    found.open(f"/{address}")
    assert found.page.locator(".om h1").count() == 1, "one headline"
    assert fits(found)
    found.assert_clean()


@pytest.mark.parametrize("address", ADDRESSES)
def test_on_a_phone_in_the_dark(watch: Open, address: str) -> None:
    found = watch("full", width=390, theme="dark")
    found.open(f"/{address}")
    assert fits(found)
    found.assert_clean()


def test_every_page_is_reached_by_the_keyboard(watch: Open) -> None:
    found = watch("full")
    page = found.open("/")
    for _, title, address in PAGES[1:]:
        link = page.locator("[data-testid=stTopNavLinkContainer] a", has_text=title).first
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{address}*")
        found.ready()
    found.assert_clean()
