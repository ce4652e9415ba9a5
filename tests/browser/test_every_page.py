"""Every page in Chromium, full, empty and with one point, on a screen and on a phone: nothing fails, nothing is fetched
from elsewhere, nothing is wider than the screen, and on full pages text is readable on its ground in both themes (WCAG
2.2, 1.4.3: at least 4.5 to 1, 3 to 1 where it is large)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from opsmetrics.ui.frame import PAGES, STUDY_PAGES
from tests.browser.conftest import Theme, Watch
from tests.browser.contrast import assert_readable
from tests.cases import cases

Open = Callable[..., Watch]
#: Pages that show one KPI are asked for one.
ADDRESSES = ["chart?kpi=scrap" if address == "chart" else address for _, _, address in PAGES]
STUDIES = [address for _, _, address in STUDY_PAGES]

#: What else there is to read where there is data: filters, a slice by other rules, a form.
MORE = [
    "?line=Line+3&line=Line+4",
    "chart?kpi=late&slice=line:Line%203&rules=nelson",
    "forecast?kpi=late&parts=line",
    "kpis?edit=late",
]

SCREENS: list[tuple[int, Theme]] = [(1440, "light"), (390, "dark")]
EVERY = [(store, *screen) for store in ("full", "defined", "empty", "one_point") for screen in SCREENS]

#: Pages with nothing on them have little to put side by side: each such store on one of the screens; what says the same
#: without data as without definitions is looked at in tests/pages.
FEW: list[tuple[str, int, Theme]] = [("empty", 1440, "light"), ("one_point", 390, "dark")]

#: How far the page, and the part of it that scrolls, is wider than the screen.
BEYOND = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return Math.max(document.documentElement.scrollWidth, main.scrollWidth) - window.innerWidth;
}"""


@pytest.mark.parametrize(("store", "width", "theme"), cases(FEW, EVERY))
def test_on_every_store(watch: Open, store: str, width: int, theme: Theme) -> None:
    found = watch(store, width=width, theme=theme)
    # Studies of next to nothing are looked at in tests/pages; in a browser only in a long run.
    with_data = [*STUDIES, *MORE] if store == "full" else cases([], STUDIES)
    for address in [*ADDRESSES, *with_data]:
        page = found.open(f"/{address}")
        if address.startswith("chart") and store != "empty":
            page.wait_for_selector(".js-plotly-plot")
        assert_fits(found, address, readable=store == "full")


def test_full_pages_turn_from_one_screen_to_the_other(watch: Open) -> None:
    """Each is opened on one of the screens, the next on the other, and looked at on both."""
    found = watch("full")
    for number, address in enumerate([*ADDRESSES, *STUDIES, *MORE]):
        page = found.open(f"/{address}")
        if address.startswith("chart"):
            page.wait_for_selector(".js-plotly-plot")
        assert_fits(found, address, readable=True)
        found.turn(*SCREENS[(number + 1) % 2])
        assert_fits(found, address, readable=True)


def assert_fits(found: Watch, address: str, *, readable: bool) -> None:
    """One headline, nothing wider than the screen, no error; and text that can be read, also where a filter is open."""
    page = found.page
    assert page.locator(".om h1").count() == 1, f"one headline on /{address}"
    assert page.evaluate(BEYOND) <= 0, f"/{address} sticks out sideways"
    if readable and address.startswith("?line=") and not page.locator("[data-tag]").first.is_visible():
        page.locator("[class*=st-key-open_line] button").click()
        page.wait_for_selector("[data-tag]")
    if readable:
        assert_readable(found, f"/{address}")
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
    # The studies are a menu: Enter opens it on the first, arrows go on.
    page.locator("[data-testid=stTopNavSection]").focus()
    page.keyboard.press("Enter")
    page.locator("a", has_text=STUDY_PAGES[0][1]).wait_for()
    for _ in STUDY_PAGES[1:]:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{STUDY_PAGES[-1][2]}*")
    found.ready()
    found.assert_clean()
