"""The page of one KPI in a real Chromium: what only a browser shows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

from playwright.sync_api import Browser, Page

from tests.browser.conftest import Watch
from tests.pages.stores import HOSTILE, HOSTILE_LINE, slice_address

Open = Callable[..., Watch]

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"


def today() -> str:
    """The day as of which the charts are shown."""
    return f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"


#: The id of a verdict, by which `verify` finds it.
ID = "[0-9A-Z]{5}-[0-9A-Z]{5}"

POINTS = ".js-plotly-plot .scatterlayer .trace:last-of-type .points path"


def test_hostile_names_are_text_on_the_chart_and_in_its_picture(watch: Open) -> None:
    found = watch("full")
    page = found.open(f"/chart?kpi=hostile&slice={quote(slice_address(HOSTILE_LINE))}")
    page.wait_for_selector(".js-plotly-plot")
    assert page.text_content(".om h1") == HOSTILE
    assert HOSTILE_LINE in str(page.text_content(".om-eyebrow"))
    page.locator(POINTS).nth(20).hover(force=True)
    page.wait_for_selector(".hoverlayer .hovertext")
    assert "<i>all</i>" in str(page.text_content(".hoverlayer .hovertext"))
    assert page.locator("img[src*='evil'], .js-plotly-plot a").count() == 0
    page.click(".st-key-open_download button")
    with page.expect_download() as waiting:
        page.click(".om-pictures button:text-is('SVG')")
    root = ElementTree.fromstring(Path(waiting.value.path()).read_bytes())
    assert [node.tag for node in root.iter() if node.tag.endswith(("script", "image", "foreignObject"))] == []
    assert "/" not in waiting.value.suggested_filename
    found.assert_clean()


def test_hover_and_text_alternative_speak_every_action_has_a_key_and_the_theme_is_followed(watch: Open) -> None:
    """Tokens: the concern hue is #B84A06 on light and #FA7A33 on dark."""
    found = watch("full")
    page = found.open("/chart?kpi=late&slice=line:Line%203")
    page.wait_for_selector(".js-plotly-plot")
    figure = page.get_by_role("figure").first
    assert "above the upper limit" in str(figure.get_attribute("aria-label"))
    reached = []
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("(document.activeElement.innerText || '').trim()"))
    wanted = ("Add a note", "Set phase", "Decide", "Rules", "Download", "Take back", "undo this file")
    assert [text for text in wanted if not any(text in one for one in reached)] == []
    page.locator(POINTS).last.hover(force=True)
    page.wait_for_selector(".hoverlayer .hovertext")
    words = str(page.text_content(".hoverlayer .hovertext"))
    assert "orders · limits" in words
    assert "◆ above the upper limit" in words
    assert page.locator(".js-plotly-plot path[style*='rgb(184, 74, 6)']").count() > 0
    page.emulate_media(color_scheme="dark")
    page.wait_for_selector(".js-plotly-plot path[style*='rgb(250, 122, 51)']", state="attached")
    found.assert_clean()


def test_another_kpi_is_in_the_address_and_back_returns_the_table_is_saved_the_trail_leads_to_today(
    watch: Open,
) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=late")
    page.locator(".st-key-choose_kpi input").click()
    page.get_by_role("option", name="Scrap rate").click()
    page.wait_for_function("document.querySelector('.om h1').textContent === 'Scrap rate'")
    assert "kpi=scrap" in page.url
    page.go_back()
    page.wait_for_function("document.querySelector('.om h1').textContent === 'Late deliveries'")
    found.ready()
    page.click("text=Show the table behind this chart")
    page.wait_for_selector(".st-key-chart_table [data-testid=stDataFrame]")
    found.ready()
    with page.expect_download() as waiting:
        page.click(".st-key-chart_table_csv button")
    content = Path(waiting.value.path()).read_bytes()
    assert re.fullmatch(f"late_day_{today()}_{ID}.csv", waiting.value.suggested_filename)
    assert content.startswith(b"\xef\xbb\xbfPeriod,Value,late orders,orders,")
    page.click(".om-eyebrow a")
    page.wait_for_selector(".om-row")
    assert len(found.documents) == 1
    found.assert_clean()


# What is chosen on the chart


def drag(page: Page, first: float, last: float) -> None:
    """Draw a frame across the chart, from one part of its width to another."""
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * first, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (first + last) / 2, middle + 12, steps=6)
    page.mouse.move(box["x"] + box["width"] * last, middle + 20, steps=6)
    page.mouse.up()


def test_a_clicked_point_shows_its_rows_is_in_the_address_and_a_link_rings_it_again(watch: Open) -> None:
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
    page.wait_for_selector(".om-barchosen")
    address, name = page.url, page.inner_text(".om-barname")
    assert re.search(r"point=\d{4}-\d{2}-\d{2}", address)
    again = watch("full").open(address.removeprefix(found.base))
    again.wait_for_selector(".om-barchosen")
    assert again.inner_text(".om-barname") == name
    page.click(".om-bar button:has-text('Clear')")
    page.wait_for_selector(".om-barchosen", state="detached")
    assert "point=" not in page.url
    found.assert_clean()


def test_a_drag_chooses_a_stretch_that_can_be_looked_at_closer(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=changeover")
    page.wait_for_selector(".js-plotly-plot")
    drag(page, 0.3, 0.6)
    page.wait_for_selector(".om-barchosen")
    count = int(re.match(r"(\d+) days selected, ", page.inner_text(".om-barname"))[1])  # type: ignore[index]
    assert 20 < count < 35
    found.ready()
    again = watch("full").open(page.url.removeprefix(found.base))
    again.wait_for_selector(".om-barchosen")
    assert again.inner_text(".om-barname") == page.inner_text(".om-barname"), "whoever opens the link sees it too"
    page.click(".om-bar button:has-text('Look closer')")
    page.wait_for_selector(".om-barchosen", state="detached")
    found.ready()
    assert page.locator(".js-plotly-plot").first.locator(POINTS.removeprefix(".js-plotly-plot ")).count() == count
    assert "from=" in page.url
    assert "until=" not in page.url
    found.assert_clean()


# Files


def test_the_chart_is_saved_as_picture_and_page_without_any_request_to_the_outside(watch: Open, tmp_path: Path) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=changeover")
    page.wait_for_selector(".js-plotly-plot")
    page.click(".st-key-open_download button")
    saved = {}
    for kind in ("PNG", "SVG", "HTML"):
        with page.expect_download() as waiting:
            page.click(f".om-pictures button:text-is('{kind}')" if kind != "HTML" else ".st-key-chart_html button")
        assert re.fullmatch(f"changeover_day_{today()}_{ID}.{kind.lower()}", waiting.value.suggested_filename)
        saved[kind] = Path(waiting.value.path()).read_bytes()
    assert saved["PNG"].startswith(b"\x89PNG\r\n")
    root = ElementTree.fromstring(saved["SVG"])
    words = " ".join(root.itertext())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Changeover time" in words
    assert "upper" in words, "the labels at the ends of the lines"
    assert b"Plotly.newPlot" in saved["HTML"]
    opened = tmp_path / "chart.html"
    opened.write_bytes(saved["HTML"])
    other = page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(opened.as_uri())
    other.wait_for_selector(".js-plotly-plot .scatterlayer")
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    found.assert_clean()


# Narrow, by keyboard


def test_a_phone_scrolls_over_the_chart_and_nothing_overflows(browser: Browser, server: Callable[[str], str]) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True, is_mobile=True
    )
    found = Watch(context.new_page(), server("full"))
    page = found.open("/chart?kpi=late&slice=line:Line%203&span=30")
    page.wait_for_selector(".js-plotly-plot")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 390
    assert page.evaluate("document.querySelector('.js-plotly-plot')._fullLayout.dragmode") in (False, "pan")
    page.locator(POINTS).nth(3).tap(force=True)
    page.wait_for_selector(".om-barchosen")
    context.close()
