"""Decisions made with mouse and keyboard, followed to Today."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.browser.conftest import Watch
from tests.browser.test_chart import drag
from tests.cases import in_soak

#: test_chart draws and drags on the same page, and tests/pages/test_chart_decisions takes each decision.
pytestmark = in_soak

Open = Callable[..., Watch]

LINE_3 = "/chart?kpi=late&slice=line:Line%203"


def sentence(page: Page) -> str:
    return page.inner_text(".om-head .om-lead")


def on_today(found: Watch) -> str:
    """What Today says now; what came and went since yesterday stands in a section of its own."""
    page = found.open("/")
    return (
        page.locator("[data-section]:not([data-section=over]) .om-row", has_text="Line 3")
        .locator(".om-said p")
        .first.inner_text()
    )


def in_form(page: Page, button: str) -> Locator:
    """A button of the open form."""
    return page.get_by_role("dialog").get_by_role("button", name=button, exact=True)


def saved(found: Watch, button: str, why: str) -> None:
    """Give the reason, save, and wait until the form is gone and the page stands."""
    page = found.page
    page.fill("[role=dialog] textarea", why)
    in_form(page, button).click()
    page.wait_for_selector("[role=dialog]", state="detached")
    found.ready()


def test_a_deep_link_is_framed_also_for_the_first_visitor_of_a_new_server(watch: Open, own_server: str) -> None:
    """The first test of this file is the first visitor. Streamlit would run a file of the folder pages alone until some
    session has called st.navigation."""
    found = watch("full", base=own_server)
    page = found.open("/chart?kpi=scrap")
    page.wait_for_selector("[data-testid=stTopNavLink]")
    found.ready()
    assert page.inner_text(".om h1") == "Scrap rate"
    assert page.eval_on_selector(".om h1", "node => getComputedStyle(node).fontSize") == "28px"
    assert page.locator("[data-testid=stSidebarNav]").count() == 0
    found.assert_clean()


def test_from_a_drag_to_a_changed_verdict_on_today_and_back(watch: Open, own_server: str) -> None:
    found = watch("full", base=own_server)
    page = found.open(LINE_3)
    page.wait_for_selector(".js-plotly-plot")
    found.ready()
    before = sentence(page)
    drag(page, 0.9, 0.998)
    page.click(".om-bar button:has-text('Exclude')")
    page.wait_for_selector("[role=dialog] .om-linelist")
    found.ready()
    then = page.locator("[role=dialog] .om-linelist li").nth(1).inner_text()
    saved(found, "Exclude", "carrier strike")
    after = sentence(page)
    assert after != before
    assert after in then, "the preview said what came"
    assert "is recorded" in page.inner_text(".om-noticeline")
    assert on_today(found) == after
    found.open(LINE_3)
    page.wait_for_selector(".st-key-in_force .om-act")
    page.locator(".st-key-in_force .om-act").first.click()
    page.wait_for_selector("[role=dialog] .om-linelist")
    found.ready()
    saved(found, "Take it back", "it was no strike")
    assert sentence(page) == before == on_today(found)
    found.assert_clean()


def test_a_proposal_is_accepted_with_a_reason(watch: Open, own_server: str) -> None:
    found = watch("full", base=own_server)
    page = found.open("/chart?kpi=changeover")
    page.wait_for_selector(".om-offers .om-act")
    page.click(".om-offers .om-act")
    page.wait_for_selector("[role=dialog] .om-linelist")
    found.ready()
    in_form(page, "Start the phase").click()
    page.wait_for_selector("[role=dialog] .om-callout")
    assert "Type the reason" in page.inner_text("[role=dialog] .om-callout")
    saved(found, "Start the phase", "new fixture")
    assert "Limits restarted" in sentence(page)
    assert "new fixture" in page.inner_text(".st-key-in_force")
    found.assert_clean()


def test_the_form_is_filled_and_saved_by_keyboard_in_the_dark(watch: Open, own_server: str) -> None:
    found = watch("full", base=own_server, theme="dark")
    page = found.open("/chart?kpi=scrap")
    page.wait_for_selector(".st-key-ask_annotate button")
    page.focus(".st-key-ask_annotate button")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog] textarea")
    found.ready()
    page.focus("[role=dialog] textarea")
    page.keyboard.type("new mould")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == "Save the note":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=dialog]", state="detached")
    found.ready()
    assert "new mould" in page.inner_text(".st-key-in_force")
    found.assert_clean()


def test_escape_closes_the_form_and_nothing_is_saved(watch: Open) -> None:
    found = watch("full")
    page = found.open("/chart?kpi=scrap")
    page.click(".st-key-ask_phase button")
    page.wait_for_selector("[role=dialog] textarea")
    found.ready()
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
    found.ready()
    assert "New phase" not in page.inner_text(".st-key-in_force")
    found.assert_clean()
