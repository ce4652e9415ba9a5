"""The Summary in Chromium: links that stay in the session, one sheet of paper, a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Watch
from tests.cases import cases

Open = Callable[..., Watch]


def test_a_row_leads_to_its_chart_within_the_session(watch: Open) -> None:
    found = watch("full")
    page = found.open("/summary")
    documents = len(found.documents)
    page.click("table.om-summary a:has-text('Scrap rate')")
    page.wait_for_selector("h1:has-text('Scrap rate')")
    found.ready()
    assert "kpi=scrap" in page.url
    assert len(found.documents) == documents, "no document was loaded again"
    found.assert_clean()


@pytest.mark.parametrize("theme", cases(["dark"], ["light", "dark"]))
def test_it_prints_on_one_sheet_in_ink_on_white(watch: Open, theme: str) -> None:
    """Dark is the theme that has to be left for it."""
    found = watch("full", theme=theme)
    page = found.open("/summary")
    sheet = page.pdf(prefer_css_page_size=True)
    assert re.findall(rb"/Count (\d+)", sheet) == [b"1"]
    width, height = (float(x) for x in re.search(rb"/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)", sheet).groups())  # type: ignore[union-attr]
    assert (round(width), round(height)) == (842, 595), "A4 landscape, in points"
    page.emulate_media(media="print")
    assert not page.is_visible("[data-testid=stHeader]")
    assert page.is_visible("table.om-summary")
    assert page.eval_on_selector(".om h1", "node => getComputedStyle(node).color") == "rgb(22, 25, 29)", "the ink token"
    found.assert_clean()


def test_it_fits_every_width_and_stays_a_table(watch: Open) -> None:
    found = watch("full")
    page = found.open("/summary")
    for width in (1440, 1024, 768, 390):
        found.turn(width, "light")
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
        assert page.evaluate("(() => { const sheet = document.querySelector('.om-sheet'); "
                             "return sheet.scrollWidth <= sheet.clientWidth; })()")  # fmt: skip
        assert page.get_by_role("row").count() == 4 + 4 + 1, "KPIs, their areas, and the head"
        assert page.get_by_role("columnheader", name="In a sentence").count() + (width <= 1180) >= 1
    found.assert_clean()


@pytest.mark.parametrize("theme", cases(["dark"], ["light", "dark"]))
def test_on_a_phone_rows_become_cards(watch: Open, theme: str) -> None:
    found = watch("full", width=390, theme=theme)
    page = found.open("/summary")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    first = page.locator("table.om-summary tbody tr:not(.om-grouprow)").first
    assert first.evaluate("node => getComputedStyle(node).display") == "grid"
    assert not page.is_visible("td.om-todate >> nth=0")
    found.assert_clean()


def test_what_is_chosen_goes_along_to_other_pages(watch: Open) -> None:
    found = watch("full")
    page = found.open("/summary?category=Moulding")
    page.click("[data-testid=stTopNavLinkContainer] >> text=Today")
    page.wait_for_url(lambda url: "/summary" not in url)
    found.ready()
    assert page.locator(".om-row .om-link, .om-tile .om-link").all_inner_texts() == ["Scrap rate"]
    assert "category=Moulding" in page.url, "the address says it, so the view is a link"
    found.assert_clean()
