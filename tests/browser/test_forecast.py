"""The Forecast page in a real Chromium: what only a browser shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Theme, Watch, _start
from tests.cases import in_soak
from tests.pages import forecast_stores

#: Each page is opened by test_every_page, and tests/pages/test_forecast looks at what stands on it.
pytestmark = in_soak

Open = Callable[..., Watch]


@pytest.fixture(scope="module")
def address(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over three years of figures."""
    path = tmp_path_factory.mktemp("years") / "years.duckdb"
    forecast_stores.years(path)
    child, base = _start(path)
    yield base
    child.terminate()
    child.wait(timeout=30)


#: A desk and a phone.
SCREENS: list[tuple[int, Theme]] = [(1440, "light"), (390, "dark")]


def test_the_page_is_clean(watch: Open, address: str) -> None:
    """Each is opened on one of the screens, the next on the other, and looked at on both."""
    found = watch("", base=address)
    queries = ("kpi=otif&grain=month", "kpi=steady", "kpi=bag", "kpi=young", "kpi=young&grain=quarter")
    for number, query in enumerate(queries):
        page = found.open(f"/forecast?{query}")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nothing to push sideways"
        found.turn(*SCREENS[(number + 1) % 2])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "nor on the other screen"
        found.assert_clean()


def test_the_hover_names_the_ranges(watch: Open, address: str) -> None:
    found = watch("", base=address)
    page = found.open("/forecast?kpi=otif&slice=line:A")
    page.wait_for_selector(".js-plotly-plot")
    page.locator(".js-plotly-plot .scatterlayer .trace:last-of-type .points path").nth(6).hover(force=True)
    page.wait_for_selector(".hoverlayer .hovertext")
    words = str(page.text_content(".hoverlayer .hovertext")).replace("\u00a0", " ")
    assert "most likely" in words
    assert "80 %: " in words
    found.assert_clean()


def test_panels_beneath_each_other_on_a_phone_the_figure_in_its_theme_and_the_grain_in_the_address(
    watch: Open, address: str
) -> None:
    found = watch("", base=address)
    page = found.open("/forecast?kpi=otif")
    page.wait_for_selector(".js-plotly-plot")
    tops = "nodes => new Set(nodes.map(n => n.getBoundingClientRect().top)).size"
    assert page.eval_on_selector_all(".om-panel", tops) == 1, "side by side"
    assert page.locator(".js-plotly-plot path[style*='rgb(126, 133, 143)']").count() > 0
    found.turn(390, "dark")
    assert page.eval_on_selector_all(".om-panel", tops) == page.locator(".om-panel").count() == 3
    page.wait_for_selector(".js-plotly-plot path[style*='rgb(118, 126, 136)']", state="attached")
    found.turn(1440, "dark")
    page.get_by_role("radio", name="Month").click()
    page.wait_for_function("document.querySelector('.om-eyebrow').textContent.includes('by month')")
    assert "grain=month" in page.url
    assert len(found.documents) == 1
    found.assert_clean()


def test_the_forecast_can_be_downloaded(watch: Open, address: str) -> None:
    found = watch("", base=address)
    page = found.open("/forecast?kpi=wait&horizon=7")
    page.click("text=Show the table behind this forecast")
    page.wait_for_selector(".st-key-forecast_table [data-testid=stDataFrame]")
    found.ready()
    with page.expect_download() as waiting:
        page.click(".st-key-forecast_table [data-testid=stDownloadButton] button")
    content = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    assert waiting.value.suggested_filename == "wait-forecast.csv"
    assert content.startswith("Period,Most likely,50 % from,50 % to,80 % from,80 % to,95 % from,95 % to,")
    assert len(content.splitlines()) == 8


def test_a_scenario_is_put_together_by_hand_and_taken_apart(watch: Open, address: str) -> None:
    found = watch("", base=address)
    page = found.open("/forecast?kpi=wait")
    page.get_by_role("button", name="What if").click()
    page.get_by_role("combobox", name="What", exact=True).click()
    page.get_by_role("option", name="A level shift").click()
    page.locator(".st-key-what_if_amount_0 input").fill("-5")
    page.locator(".st-key-what_if_amount_0 input").press("Enter")
    page.locator(".st-key-what_if_add_0 button").click()
    page.wait_for_function("location.search.includes('what_if=level')")
    page.wait_for_selector(".om-two .om-paneltable")
    assert "what if" in " ".join(page.locator(".js-plotly-plot .annotation-text").all_text_contents())
    found.turn(390, "dark")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave out level").click()
    page.wait_for_function("!location.search.includes('what_if')")
    found.assert_clean()
