"""The page of one KPI in a real Chromium: what only a browser shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser.conftest import Watch
from tests.pages.stores import HOSTILE, HOSTILE_LINE, slice_address

Open = Callable[..., Watch]

POINTS = ".js-plotly-plot .scatterlayer .trace:last-of-type .points path"


@pytest.mark.parametrize("store", ["full", "empty", "defined", "one_point"])
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_the_page_is_clean_on_every_store(watch: Open, store: str, width: int, theme: str) -> None:
    found = watch(store, width=width, theme=theme)
    page = found.open("/chart?kpi=scrap")
    if store != "empty":
        page.wait_for_selector(".js-plotly-plot")
    found.assert_clean()


def test_a_deep_link_is_framed_also_for_the_first_visitor_of_a_new_server(watch: Open, fresh_server: str) -> None:
    """Streamlit would run a file of the folder pages alone until some session has called st.navigation."""
    found = watch("full", base=fresh_server)
    page = found.open("/chart?kpi=scrap")
    page.wait_for_selector("[data-testid=stTopNavLink]")
    found.ready()
    assert page.inner_text(".om h1") == "Scrap rate"
    assert page.eval_on_selector(".om h1", "node => getComputedStyle(node).fontSize") == "28px"
    assert page.locator("[data-testid=stSidebarNav]").count() == 0
    found.assert_clean()


def test_hostile_names_are_text_on_the_chart_too(watch: Open) -> None:
    found = watch("full")
    page = found.open(f"/chart?kpi=hostile&slice={quote(slice_address(HOSTILE_LINE))}")
    page.wait_for_selector(".js-plotly-plot")
    assert page.text_content(".om h1") == HOSTILE
    assert HOSTILE_LINE in str(page.text_content(".om-eyebrow"))
    page.locator(POINTS).nth(20).hover(force=True)
    page.wait_for_selector(".hoverlayer .hovertext")
    assert "<i>all</i>" in str(page.text_content(".hoverlayer .hovertext"))
    assert page.locator("img[src*='evil'], .js-plotly-plot a").count() == 0
    found.assert_clean()


def test_the_hover_speaks_in_words(watch: Open) -> None:
    page = watch("full").open("/chart?kpi=late&slice=line:Line%203")
    page.wait_for_selector(".js-plotly-plot")
    page.locator(POINTS).last.hover(force=True)
    page.wait_for_selector(".hoverlayer .hovertext")
    words = str(page.text_content(".hoverlayer .hovertext"))
    assert "orders · limits" in words
    assert "◆ above the upper limit" in words


def test_a_click_on_a_point_shows_the_rows_behind_it(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=changeover&span=30")
    page.wait_for_selector(".js-plotly-plot")
    before = page.inner_text(".om h2:has-text('Rows behind')")
    page.locator(POINTS).nth(3).click(force=True)
    page.wait_for_function(
        "before => [...document.querySelectorAll('.om h2')].some("
        "node => node.innerText.startsWith('Rows behind') && node.innerText !== before)",
        arg=before,
    )
    found.assert_clean()


def test_another_kpi_is_in_the_address_and_back_returns(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=late")
    page.locator(".st-key-choose_kpi input").click()
    page.get_by_role("option", name="Scrap rate").click()
    page.wait_for_function("document.querySelector('.om h1').textContent === 'Scrap rate'")
    assert "kpi=scrap" in page.url
    page.go_back()
    page.wait_for_function("document.querySelector('.om h1').textContent === 'Late deliveries'")
    assert len(found.documents) == 1
    found.assert_clean()


def test_the_trail_leads_back_to_today(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=late")
    page.click(".om-eyebrow a")
    page.wait_for_selector(".om-row")
    assert len(found.documents) == 1
    found.assert_clean()


def test_the_table_behind_the_chart_can_be_downloaded(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=late")
    page.click("text=Show the table behind this chart")
    page.wait_for_selector(".st-key-chart_table [data-testid=stDataFrame]")
    found.ready()
    with page.expect_download() as waiting:
        page.click("[data-testid=stDownloadButton] button")
    content = Path(waiting.value.path()).read_bytes()
    assert waiting.value.suggested_filename == "late.csv"
    assert content.startswith(b"\xef\xbb\xbfPeriod,Value,late orders,orders,")


def test_the_chart_has_a_text_alternative(watch: Open) -> None:
    page = watch("full").open("/chart?kpi=late&slice=line:Line%203")
    page.wait_for_selector(".js-plotly-plot")
    figure = page.get_by_role("figure").first
    assert "above the upper limit" in str(figure.get_attribute("aria-label"))


def test_the_chart_follows_a_change_of_theme(watch: Open) -> None:
    """Tokens: the concern hue is #B84A06 on light and #FA7A33 on dark."""
    page = watch("full").open("/chart?kpi=late&slice=line:Line%203")
    page.wait_for_selector(".js-plotly-plot")
    assert page.locator(".js-plotly-plot path[style*='rgb(184, 74, 6)']").count() > 0
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector(".js-plotly-plot path[style*='rgb(250, 122, 51)']", state="attached")
