"""Today in a real Chromium: what only a browser shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.browser.conftest import Watch
from tests.pages.stores import HOSTILE, HOSTILE_LINE, start

Open = Callable[..., Watch]

#: How far the page is scrolled.
PLACE = "document.querySelector('[data-testid=stMain]').scrollTop"


def test_a_row_leads_to_its_chart_within_the_session_and_back(watch: Open) -> None:
    """By its link, by a click anywhere on it, and by the keyboard."""
    found = watch("full")
    page = found.open()
    page.click(".om-row:has-text('Line 3') .om-link")
    page.wait_for_selector(".om-strip")
    found.ready()
    assert page.inner_text(".om h1") == "Late deliveries"
    assert "kpi=late" in page.url
    assert "slice=line%3ALine" in page.url
    page.go_back()
    page.wait_for_selector(".om-row")
    assert "got worse" in page.inner_text(".om h1")
    found.ready()
    box = page.locator(".om-row:has-text('Scrap rate') .om-said").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    page.wait_for_selector(".om-strip")
    found.ready()
    assert page.inner_text(".om h1") == "Scrap rate"
    page.go_back()
    page.wait_for_selector(".om-row")
    found.ready()
    page.focus(".om-row:has-text('Changeover') .om-link")
    page.keyboard.press("Enter")
    page.wait_for_selector(".om-strip")
    assert page.inner_text(".om h1") == "Changeover time"
    assert len(found.documents) == 1, "one document load: neither the click nor Back started a new session"
    found.assert_clean()


def test_names_are_text_parts_have_their_roles_and_no_plotly_is_loaded(watch: Open) -> None:
    found = watch("full")
    loaded: list[str] = []
    found.page.on("request", lambda request: loaded.append(request.url))
    page = found.open()
    names = page.eval_on_selector_all(".om-tile .om-link", "nodes => nodes.map(node => node.textContent)")
    assert HOSTILE in names
    assert HOSTILE_LINE in page.eval_on_selector_all(".om-tilesub", "nodes => nodes.map(node => node.textContent)")
    assert page.locator("img[src*='evil']").count() == 0
    assert page.locator(".om b, .om script, .om img").count() == 0
    assert page.get_by_role("heading", level=1).count() == 1
    sections = page.get_by_role("heading", level=2).all_inner_texts()
    stances = [text.split()[0] for text in sections]
    assert stances[:4] == ["Find", "Change", "Learn", "Leave"]
    assert stances[4:] in ([], ["Today's"]), "the load stands below them once it was made ready in the background"
    assert page.get_by_role("link", name="Late deliveries", exact=True).count() == 2, "the whole shares Line 3's row"
    assert len(loaded) > 5
    assert [url for url in loaded if "plotly" in url.lower()] == []
    found.assert_clean()


def test_links_and_back_keep_the_day_the_filters_and_the_place(watch: Open) -> None:
    """As of a day, with two filters: the click works, and Back brings the address, the controls and the scroll back."""
    found = watch("full", height=420)
    address = f"?line=Line+3&line=Line+4&category=Dispatch&as_of={(start() + dt.timedelta(days=80)).date()}"
    page = found.open(f"/{address}")
    page.mouse.move(400, 300)
    page.mouse.wheel(0, 150)
    page.wait_for_function(f"{PLACE} === 150")
    page.click(".om-link >> nth=0")
    page.wait_for_selector(".om-strip")
    found.ready()
    assert f"&{address.rpartition('&')[2]}&verdict=" in page.url
    assert page.evaluate(PLACE) == 0
    page.go_back()
    page.wait_for_selector("[data-section]")
    found.ready()
    assert page.url.endswith(address)
    shown = page.locator(".st-key-controls [data-testid=stPopover] button").all_inner_texts()
    assert [text.split("\n")[0] for text in shown][:3] == ["Area: Dispatch", "Owner: all", "Line: 2"]
    page.wait_for_function(f"{PLACE} === 150")
    found.assert_clean()


def test_the_address_of_a_row_opens_in_a_window_of_its_own(watch: Open) -> None:
    """The link is real: its href, opened as a new document, is the same chart."""
    first = watch("full").open()
    href = first.get_attribute(".om-row:has-text('Line 3') .om-link", "href")
    found = watch("full")
    page = found.open(f"/{href}")
    assert page.inner_text(".om h1") == "Late deliveries"
    assert "Line 3" in page.inner_text(".om-eyebrow")
    found.assert_clean()


def test_filters_show_in_the_address_and_survive_a_reload(watch: Open) -> None:
    found = watch("full")
    page = found.open()
    page.fill("[data-testid=stTextInput] input", "changeover")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.om-row').length === 1")
    assert "q=changeover" in page.url
    page.reload()
    page.wait_for_function("document.querySelectorAll('.om-row').length === 1")
    found.assert_clean()


def test_a_fold_stays_as_a_person_left_it(watch: Open) -> None:
    page = watch("full").open()
    page.click("details[data-section=leave_alone] > summary")
    assert not page.is_visible(".om-tile")
    page.fill("[data-testid=stTextInput] input", "late")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.om-row').length === 1")
    assert not page.is_visible(".om-tile")


def test_sparklines_are_drawn_in_the_colours_of_the_theme(watch: Open) -> None:
    """Tokens of the light and the dark theme: concern is #B84A06 and #FA7A33."""
    fill = "node => getComputedStyle(node).fill"
    diamond = ".om-row .om-sparkline path[style*='om-concern']"
    light, dark = (watch("full", theme=theme).open() for theme in ("light", "dark"))
    assert light.eval_on_selector(diamond, fill) == "rgb(184, 74, 6)"
    assert dark.eval_on_selector(diamond, fill) == "rgb(250, 122, 51)"


def test_what_is_new_since_the_last_visit_is_said_and_a_signal_is_marked_as_seen(watch: Open) -> None:
    """A browser keeps its name; what is pressed on a row opens the drawer and not the chart, also by the keyboard."""
    found = watch("full@seen")
    page = found.open()
    name = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "opsmetrics_reader")
    found.open()
    assert name in [cookie["value"] for cookie in page.context.cookies()], "a reload keeps it"
    page.get_by_role("button", name="I have seen it: Late deliveries · Line 3").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog] textarea")
    page.fill("[role=dialog] textarea", "tool 7 <b>worn</b>")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.wait_for_selector(".om-noted")
    found.ready()
    assert page.inner_text(".om-noted").endswith(": tool 7 <b>worn</b>")
    found.assert_clean()
