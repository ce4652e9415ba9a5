"""Walks through the pages in Chromium: filters stay, and Back leads the way one came."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Watch

Open = Callable[..., Watch]


#: True once the element stands inside the window.
IN_SIGHT = """place => {
  const box = document.querySelector(place)?.getBoundingClientRect();
  return Boolean(box) && box.top >= 0 && box.bottom <= innerHeight;
}"""


def step(found: Watch, title: str, path: str) -> None:
    """Open a page with the navigation."""
    found.page.locator("[data-testid=stTopNavLinkContainer] a", has_text=title).first.click()
    found.page.wait_for_url(f"**/{path}*")
    found.ready()


def back(found: Watch, wanted: str) -> None:
    """One step back, to a page whose address holds this."""
    found.page.go_back()
    found.page.wait_for_url(lambda url: wanted in url)
    found.ready()


def test_from_today_down_to_the_file_and_back(watch: Open) -> None:
    found = watch("full")
    page = found.open("/?line=Line+3")
    start = page.url
    page.click(".om-row:has-text('Line 3') .om-link")
    page.wait_for_selector("h1:has-text('Late deliveries')")
    found.ready()
    page.click("a:has-text('undo this file')")
    page.wait_for_url("**/data?*batch=1*")
    found.ready()
    page.locator(".om h2:has-text('Inside one file')").wait_for()
    page.wait_for_function(IN_SIGHT, arg=".st-key-inside_undo button")
    page.get_by_role("button", name="Undo batch 1", exact=True).last.click()
    page.wait_for_selector("[role=dialog] >> text=Undo takes out")
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
    found.ready()
    place = "() => document.querySelector('.stMainBlockContainer').insertAdjacentHTML('afterbegin', `%s`)"
    page.evaluate(place % "<div class='st-key-undo_bar' style='height: 90px'></div>")
    assert page.evaluate(IN_SIGHT, ".st-key-undo_bar"), "how far an undo is, however far down it was asked for"
    back(found, "/chart?")
    back(found, "line=Line")
    assert page.url == start
    assert page.get_by_role("button", name="Line: Line 3").count() == 1
    assert len(found.documents) == 1
    found.assert_clean()


def test_the_navigation_keeps_filters_and_one_entry_a_page(watch: Open) -> None:
    found = watch("full")
    page = found.open("/?line=Line+3")
    for title, path in (("Summary", "summary"), ("Charts", "chart"), ("Forecast", "forecast")):
        step(found, title, path)
        assert "Line" in page.url
    for wanted in ("/chart?", "/summary?line=Line", "/?line=Line"):
        back(found, wanted)
    assert page.get_by_role("button", name="Line: Line 3").count() == 1
    found.assert_clean()


def test_from_the_summary_to_a_chart_at_its_grain_and_back(watch: Open) -> None:
    found = watch("full")
    page = found.open("/summary")
    page.click("table.om-summary a:has-text('Late deliveries')")
    page.wait_for_url("**/chart?*grain=month*")
    found.ready()
    back(found, "/summary")
    assert page.locator("table.om-summary").count() == 1
    found.assert_clean()


def test_a_slice_chosen_on_the_chart_filters_today_until_it_is_cleared_there(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=late&slice=line%3ALine+3")
    for part, wanted in (("Line 4", True), ("Line: all", False)):
        page.locator(".st-key-choose_slice input").click()
        page.get_by_role("option", name=part, exact=True).click()
        page.wait_for_function("wanted => location.search.includes('slice=') === wanted", arg=wanted)
        found.ready()
        step(found, "Today", "")
        page.wait_for_url(lambda url: "/chart" not in url)
        found.ready()
        assert ("line=" in page.url) == wanted
        step(found, "Charts", "chart")
        assert "kpi=late" in page.url
    found.assert_clean()
