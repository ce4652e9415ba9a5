"""What is ahead, on every page in the same words: where a month lands, what was expected, today's load."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from opsmetrics import store
from opsmetrics.desk import Desk, landing_ready
from opsmetrics.desk import forecast_tables as cells
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.desk.landing import landings
from opsmetrics.desk.landing_sentences import outcome, sentence
from opsmetrics.review import review
from opsmetrics.settings import Settings
from opsmetrics.ui import rows as today_rows
from tests.pages.stores import block, blocks, page
from tests.verdict.made import DEFECTS, totals, with_target


def lists(app: object) -> dict[str, list[dict[str, str]]]:
    """The ruled lists of a page by their titles."""
    return {part["title"]: part["items"] for part in blocks(app) if part["kind"] == "lines"}  # type: ignore[arg-type]


def desk() -> Desk:
    held = store.current()
    return Desk(held, Settings.from_environment().for_store(held.path))


def test_today_shows_what_is_known_and_never_waits(seen: Path) -> None:
    page("today")  # asks for it
    landing_ready.work()
    app = page("today")
    assert not app.exception
    rows = {row["key"]: row for part in blocks(app) if part["kind"] == "section" for row in part["rows"]}
    reviews = {today_rows.row_key(each): each for each in desk().watched()}
    scrap = next(each for each in reviews.values() if each.kpi.key == "scrap")
    assert rows[today_rows.row_key(scrap)]["ahead"] == outcome(scrap.kpi, landings(scrap)["month"])
    told = {key for key, row in rows.items() if "ahead" in row}
    assert told < set(rows), "only what is likely missed has a line"
    assert "still being made" not in str(blocks(app)), "all of it is known"
    table = app.dataframe[-1].value.set_index(["KPI", "Slice"])
    assert table.loc[("Scrap rate", ""), "Ahead"] == rows[today_rows.row_key(scrap)]["ahead"]
    assert (table["As expected?"] != "").all()
    (orders,) = [item for item in lists(app)["Today's load"] if item["lead"].startswith("Orders")]
    assert orders["text"].startswith("today ")
    assert orders["note"].startswith("late orders today")


def test_the_page_of_a_kpi_says_the_same_at_every_grain(seen: Path) -> None:
    found = desk().review("scrap")
    wanted = [sentence(found.kpi, each) for each in landings(found).values()]
    for params in ({"kpi": "scrap"}, {"kpi": "scrap", "grain": "week"}):
        app = page("chart", **params)
        assert not app.exception
        shown = lists(app)
        assert [item["text"] for item in shown["Will we make it?"]] == wanted
        assert len(shown["As expected?"]) == 1


def test_periods_ahead_are_held_against_their_own_target() -> None:
    """At most 50 a day is at most 365 · 50 in the year 2026: the table of days asks about 50."""
    kpi = with_target(DEFECTS, 50.0)
    found = review(totals([30.0 + x % 5 for x in range(200)], kpi=kpi, start="2026-01-01"), ())
    told = Told(forecast_review(found), landings(found))
    assert told.target() == "≤\u00a018,250.0"
    assert told.target_ahead() == "≤\u00a050.0"
    assert cells.likely_title(told) == "Chance to meet ≤\u00a050.0"


def test_a_day_under_way_is_told_without_what_it_shows_so_far() -> None:
    """Its landing counts that: two figures for one stretch must not look like a contradiction."""
    kpi = with_target(DEFECTS, 50.0)
    values = [30.0 + x % 5 for x in range(200)]
    over = review(totals(values, kpi=kpi), ())
    running = review(totals([*values, 3.0], kpi=kpi, running=True), ())
    told = Told(forecast_review(running), landings(running))
    day = running.points["label"].iloc[-1]
    assert cells.underway(told) == f"{day} is told without what it shows so far, which its landing counts"
    assert cells.underway(Told(forecast_review(over), landings(over))) == ""
    assert cells.underway(Told(forecast_review(running), {})) == "", "no landing beside it"


def test_a_year_of_which_all_is_known_has_no_range() -> None:
    kpi = with_target(DEFECTS, 50.0)
    found = review(totals([30.0 + x % 5 for x in range(200)], kpi=kpi), ())
    landed = landings(found)
    year = replace(landed["year"], likely=6_000.0, low=6_000.0, high=6_000.0, probability=0.95)
    told = Told(forecast_review(found), {**landed, "year": year})
    assert told.lead() == f"The year {year.label} lands at 6,000.0."


def test_the_forecast_page_and_the_summary_say_it_too(seen: Path) -> None:
    found = desk().review("late")
    wanted = sentence(found.kpi, landings(found)["year"])
    assert lists(page("forecast", kpi="late"))["Will we make it?"][-1]["text"] == wanted
    app = page("summary")
    table = app.dataframe[-1].value.set_index("KPI")
    assert table.loc["Late deliveries", "Will it make it?"] == wanted
    rows = [row for group in block(app, "summary")["groups"] for row in group["rows"]]
    assert all(row["chance"] is None or row["chance"]["title"] for row in rows)
