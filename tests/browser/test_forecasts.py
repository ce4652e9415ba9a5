"""All forecasts in Chromium: links that stay in the session, and work that can be stopped while the page is used."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Watch
from tests.cases import in_soak

Open = Callable[..., Watch]


def test_a_row_leads_to_its_forecast_within_the_session_and_back(watch: Open) -> None:
    found = watch("full")
    page = found.open("/forecasts?category=Moulding")
    documents = len(found.documents)
    assert page.locator(".om-row .om-link").all_inner_texts() == ["Scrap rate"]
    assert page.locator(".om-row .om-sparkline path[fill-opacity]").count() == 3, "three ranges, drawn"
    page.click(".om-row a:has-text('Scrap rate')")
    page.wait_for_url("**/forecast?*kpi=scrap*")
    page.wait_for_selector(".js-plotly-plot")
    page.go_back()
    page.wait_for_selector(".om-row a:has-text('Scrap rate')")
    assert "category=Moulding" in page.url
    assert len(found.documents) == documents, "no document was loaded again"
    found.assert_clean()


@in_soak
def test_parts_scroll_in_themselves_on_a_phone(watch: Open) -> None:
    found = watch("full", width=390, theme="dark")
    page = found.open("/forecast?kpi=late&parts=line")
    page.wait_for_function("document.querySelectorAll('.st-key-parts tbody tr').length === 3")
    found.ready()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth <= window.innerWidth")
    assert page.evaluate("(() => { const panel = document.querySelector('.st-key-parts .om-panel'); "
                         "return panel.scrollWidth > panel.clientWidth; })()")  # fmt: skip
    found.assert_clean()
