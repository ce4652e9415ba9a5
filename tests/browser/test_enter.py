"""Enter in a real Chromium: by keyboard alone, on a phone, with hostile names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import Watch
from tests.pages import stores
from tests.pages.stores import HOSTILE

Open = Callable[..., Watch]


def opened(watch: Open, store: str = "full@enter", *, back: int = 1, **how: object) -> tuple[Watch, Page]:
    """The page for a day before the stores' first, which holds no number yet."""
    found = watch(store, **how)
    day = (stores.start() - dt.timedelta(days=back)).date()
    return found, found.open(f"/enter?day={day}")


def focused(page: Page) -> str:
    """What a screen reader would call the element that has the keyboard."""
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"))


def tab_to(page: Page, name: str, *, back: bool = False, most: int = 40) -> None:
    """Press Tab (or Shift+Tab) until the element of this name has the keyboard."""
    for _ in range(most):
        if focused(page).strip() == name:
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not reach {name!r}")


def test_numbers_are_entered_by_keyboard_alone(watch: Open) -> None:
    """No click at all: Tab to the first field, type, Tab, type, Tab on to Save, Enter."""
    found, page = opened(watch)
    tab_to(page, "Late deliveries Line 3, late orders")
    page.keyboard.type("160")
    page.keyboard.press("Tab")
    assert focused(page) == "Late deliveries Line 3, orders"
    page.keyboard.type("900")
    page.keyboard.press("Tab")
    found.ready()
    assert focused(page) == "Late deliveries Line 4, late orders", "a rerun does not take the keyboard away"
    tab_to(page, "Note for this entry (optional)")
    page.keyboard.type("typed without a mouse")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 record loaded at")
    found.ready()  # until then the old, filled line still stands beside the fresh one
    assert page.get_by_label("Late deliveries Line 3, late orders").input_value() == ""
    found.assert_clean()


def test_the_enter_key_goes_on_to_the_next_field_and_a_phone_shows_numbers(watch: Open) -> None:
    found, page = opened(watch, back=4)
    first = page.get_by_label("Late deliveries Line 3, late orders")
    assert first.get_attribute("inputmode") == "decimal"
    first.click()
    for text in ("160", "900"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        found.ready()
    assert focused(page) == "Late deliveries Line 4, late orders"
    assert page.get_by_label("Late deliveries Line 3, orders").input_value() == "900"
    page.locator(".st-key-enter_lines input").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.innerText === 'Save'")
    found.assert_clean()


def test_what_is_unusual_is_confirmed_by_keyboard(watch: Open) -> None:
    found, page = opened(watch, back=2)
    tab_to(page, "Scrap rate, counted")
    page.keyboard.type("700")
    page.keyboard.press("Tab")
    page.keyboard.type("2000")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is outside its usual range")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing was saved.")
    tab_to(page, "It is right", back=True)
    page.keyboard.press("Space")
    page.wait_for_selector("text=1 line to save.")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 record loaded at")
    found.assert_clean()


def test_names_are_text_a_mistake_is_said_at_its_line_and_a_phone_shows_both_counts(watch: Open) -> None:
    found, page = opened(watch, back=3)
    names = page.eval_on_selector_all("[data-testid=stText]", "nodes => nodes.map(node => node.textContent)")
    assert any(HOSTILE in name for name in names)
    assert page.locator("img[src*='evil']").count() == 0
    page.get_by_label("Changeover time, min").fill("3 x")
    page.keyboard.press("Tab")
    page.wait_for_selector("[class*=st-key-enter_line_] >> text=“x” is not a number")
    found.turn(390, "light")
    boxes = [
        page.get_by_label(f"Late deliveries Line 3, {part}", exact=True).bounding_box()
        for part in ("late orders", "orders")
    ]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 2
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"] + 1
    found.assert_clean()
