"""What is ahead, on every page in the same words: where a month lands, what was expected, today's load."""

from __future__ import annotations

from pathlib import Path

from opsmetrics import store
from opsmetrics.desk import Desk, landing_ready
from opsmetrics.desk.landing import landings
from opsmetrics.desk.landing_sentences import outcome, sentence
from opsmetrics.settings import Settings
from opsmetrics.ui import rows as today_rows
from tests.pages.stores import block, blocks, page


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
    table = app.dataframe[-1].value.set_index(["KPI", "Slice"])
    assert table.loc[("Scrap rate", ""), "Ahead"] == rows[today_rows.row_key(scrap)]["ahead"]
    assert (table["As expected?"] != "").all()
    (orders,) = [item for item in lists(app)["Today's load"] if item["lead"].startswith("Orders")]
    assert orders["text"].startswith("today ")
    assert orders["note"].startswith("late orders today")


def test_the_page_of_a_kpi_says_the_same_at_every_grain(seen: Path) -> None:
    review = desk().review("scrap")
    wanted = [sentence(review.kpi, found) for found in landings(review).values()]
    for params in ({"kpi": "scrap"}, {"kpi": "scrap", "grain": "week"}):
        app = page("chart", **params)
        assert not app.exception
        shown = lists(app)
        assert [item["text"] for item in shown["Will we make it?"]] == wanted
        assert len(shown["As expected?"]) == 1


def test_the_forecast_page_and_the_summary_say_it_too(seen: Path) -> None:
    review = desk().review("late")
    wanted = sentence(review.kpi, landings(review)["year"])
    assert lists(page("forecast", kpi="late"))["Will we make it?"][-1]["text"] == wanted
    app = page("summary")
    table = app.dataframe[-1].value.set_index("KPI")
    assert table.loc["Late deliveries", "Will it make it?"] == wanted
    rows = [row for group in block(app, "summary")["groups"] for row in group["rows"]]
    assert all(row["chance"] is None or row["chance"]["title"] for row in rows)
