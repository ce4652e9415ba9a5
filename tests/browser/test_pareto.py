"""The Pareto page in a real Chromium: what only a browser shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch
from tests.cases import cases, in_soak
from tests.pages.stores import HOSTILE

#: Each page is opened by test_every_page, and tests/pages/test_pareto looks at what stands on it.
pytestmark = in_soak

Open = Callable[..., Watch]

BARS = ".st-key-pareto_chart .js-plotly-plot .barlayer .point path"
TITLE = "title => document.querySelector('.om h1').textContent.replaceAll('\\u00a0', ' ') === title"
RECENT = "/pareto?period=28d&compare=previous"


def wait_for_title(page: Page, title: str) -> None:
    page.wait_for_function(TITLE, arg=title)


#: What next to nothing looks like is told in tests/pages; in a browser only in a long run.
STORES = ["pareto:full", *cases([], ["pareto:no_events", "pareto:one_event"])]


@pytest.mark.parametrize("store", STORES)
def test_the_page_is_clean_on_every_store(watch: Open, store: str) -> None:
    found = watch(store)
    page = found.open("/pareto")
    if store == "pareto:full":
        page.wait_for_selector(".om-changetable")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out sideways"
    found.turn(390, "dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nor on a phone"
    found.assert_clean()


def test_a_click_on_a_bar_goes_down_and_back_returns(watch: Open) -> None:
    found = watch("pareto:full")
    page = found.open(RECENT)
    page.wait_for_selector(BARS)
    found.ready()
    page.locator(BARS).first.click(force=True)
    page.wait_for_selector(".om-headline nav >> text=Reason: Short shot")
    assert "slice=category" in page.url
    page.wait_for_selector(".om h2:has-text('Rows behind Short shot')")
    page.locator("[data-testid=stDataFrame]").last.wait_for()
    page.go_back()
    wait_for_title(page, "Five of eleven reasons make 86 % of stops.")
    assert len(found.documents) == 1
    found.assert_clean()


def test_the_other_bar_opens_its_members(watch: Open) -> None:
    found = watch("pareto:full")
    page = found.open(RECENT)
    page.wait_for_selector(BARS)
    found.ready()
    page.locator(BARS).last.click(force=True)
    page.wait_for_selector(".om-ranked .om-h2:has-text('In Other (2)')")
    assert HOSTILE in page.locator(".om-ranked").last.inner_text()
    page.click("text=hide them")
    page.wait_for_selector("text=show them")
    found.assert_clean()


def test_a_name_is_reached_by_keyboard(watch: Open) -> None:
    found = watch("pareto:full")
    page = found.open(RECENT)
    page.wait_for_selector(".om-changetable a")
    link = page.locator(".om-changetable a", has_text="Burn mark")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".om-headline nav >> text=Reason: Burn mark")
    assert len(found.documents) == 1
    found.assert_clean()


def test_a_phone_gets_lying_bars_in_place_of_the_chart(watch: Open) -> None:
    found = watch("pareto:full", width=390)
    page = found.open(RECENT)
    page.wait_for_selector(".om-phone .om-bar")
    assert not page.locator(".st-key-pareto_chart").is_visible()
    widths = [box["width"] for box in (bar.bounding_box() for bar in page.locator(".om-phone .om-fill").all()) if box]
    assert widths[0] > 300
    assert widths == sorted(widths, reverse=True)
    assert abs(widths[1] / widths[0] - 281 / 452) < 0.02
    page.locator(".om-phone .om-bar a").nth(1).click()
    page.wait_for_selector(".om-headline nav >> text=Reason: Flash")
    found.assert_clean()


def test_the_period_is_chosen_in_its_popover(watch: Open) -> None:
    found = watch("pareto:full")
    page = found.open(RECENT)
    page.click(".st-key-pareto_period button")
    page.locator(".st-key-choose_period input").click()
    page.get_by_role("option", name="All", exact=True).click()
    page.wait_for_function("document.querySelector('.om-eyebrow').textContent.includes('2,521 stops')")
    assert "period=all" in page.url
    found.assert_clean()


def test_the_table_can_be_downloaded(watch: Open) -> None:
    found = watch("pareto:full")
    page = found.open(RECENT)
    page.click("text=Table and CSV")
    page.wait_for_selector(".st-key-pareto_table [data-testid=stDataFrame]")
    found.ready()
    with page.expect_download() as waiting:
        page.click(".st-key-pareto_table [data-testid=stDownloadButton] button")
    content = Path(waiting.value.path()).read_bytes()
    assert waiting.value.suggested_filename == "pareto-stops.csv"
    assert content.startswith(b"\xef\xbb\xbfReason,Count,Share,Running share,")


def test_hostile_names_are_text_in_the_chart(watch: Open) -> None:
    found = watch("pareto:full")
    page = found.open(f"{RECENT}&by=line")
    page.wait_for_selector(BARS)
    page.locator(BARS).nth(2).hover(force=True)
    page.wait_for_selector(".hoverlayer .hovertext")
    assert "<img src=x" in str(page.text_content(".hoverlayer .hovertext"))
    assert page.locator("img[src*='evil']").count() == 0
    found.assert_clean()
