"""The KPIs page in Chromium: a definition is changed with its preview, and a preset becomes a KPI."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Watch

Open = Callable[..., Watch]


def test_a_definition_is_changed_and_saved(watch: Open, own_server: str) -> None:
    found = watch("fresh", base=own_server)
    page = found.open("/kpis?edit=scrap")
    owner = page.get_by_label("Owner", exact=True)
    owner.fill("T. Lind")
    owner.press("Tab")
    page.wait_for_selector("text=as it would be")
    found.ready()
    assert page.locator(".st-key-definition_side .om-row").count() == 2, "before and after, one below the other"
    page.get_by_role("button", name="Save this definition").click()
    page.wait_for_selector("text=KPI Scrap rate changed.")
    assert page.inner_text(".om h1") == "4 KPIs are defined."
    found.assert_clean()


def test_a_preset_becomes_a_kpi(watch: Open, own_server: str) -> None:
    found = watch("fresh", base=own_server)
    page = found.open("/kpis")
    page.get_by_role("button", name="From a preset").click()
    page.wait_for_selector("h1:has-text('Start from a preset')")
    found.ready()
    page.locator("summary", has_text="Safety").first.click()
    page.locator(".st-key-take_lost_time_injuries button").first.click()
    page.wait_for_selector("h1:has-text('A new KPI')")
    found.ready()
    page.get_by_role("button", name="Save this definition").click()
    page.wait_for_selector("text=KPI Lost-time injuries added.")
    assert page.inner_text(".om h1") == "5 KPIs are defined."
    found.assert_clean()
