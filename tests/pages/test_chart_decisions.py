"""Decisions made on the page of one KPI: from the form to the verdict that every view then shows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.catalog import Decision
from opsmetrics.verdict import sentences
from tests.pages import stores
from tests.pages.stores import HOSTILE, block, blocks, page
from tests.weekly_stores import KEYS, WEEKLY, weekly


def opened(kind: str, **view: str) -> AppTest:
    """The page with the form of a kind open."""
    return page("chart", **view).button(key=f"ask_{kind}").click().run()


def field(app: AppTest, label: str) -> Any:
    """The field with this label in the open form."""
    found = [*app.text_area, *app.text_input, *app.selectbox, *app.checkbox]
    return next(one for one in found if one.label == label and str(one.key).startswith(("decide_", "person")))


def signed(app: AppTest, why: str, by: str = "Ann") -> AppTest:
    field(app, "Note" if any(box.label == "Note" for box in app.text_area) else "Why").input(why)
    field(app, "Your name").input(by)
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    mine = [button for button in app.button if str(button.key).startswith("decide_")]
    return next(button for button in mine if button.label == label).click().run()


def preview(app: AppTest) -> dict[str, str]:
    """What would change, by its lead."""
    found = next(part for part in blocks(app) if part.get("title") == "What it would change")
    return {item["lead"]: item["text"] for item in found["items"]}


def decided(kpi: str) -> list[Decision]:
    """What was decided about a KPI beside its targets, oldest first."""
    return [d for d in store.current().decisions(kpi) if d.kind != "target"]


def sentence_on_today(name: str, sub: str = "") -> str:
    """What Today says of it now; what came and went since yesterday stands in a section of its own."""
    sections = [part for part in blocks(page("today")) if part["kind"] == "section" and part["id"] != "over"]
    rows = [row for part in sections for row in part["rows"]]
    row = next(row for row in rows if row["name"] == name and (not sub or row["sub"] == sub))
    return (
        str(row["sentence"]) if "sentence" in row else row["title"].split("\n")[1]
    )  # a tile's title: name, sentence, id


def position(number: int) -> int:
    """The position of the n-th day from the end: 1 is the last."""
    return stores.DAYS - number


# From the form to every view


def test_an_excluded_day_changes_the_verdict_everywhere(full: Path) -> None:
    """The last day of Line 3 is set to 26 % by the builder, beyond its limits; without it the chart is quiet."""
    view = {"kpi": "late", "slice": "line:Line 3"}
    before = block(page("chart", **view), "heading")["lead"]
    app = signed(opened("exclude", **view), "carrier strike")
    shown = preview(app)
    assert before in shown["As it is"]
    app = press(app, "Exclude")
    assert not app.exception
    after = block(app, "heading")["lead"]
    assert after != before
    assert after in shown["Then"], "the preview said what came"
    assert sentence_on_today("Late deliveries", "Line 3") == after
    desk = stores._desk(store.current())
    verdict = desk.review("late", (("line", "Line 3"),)).verdict
    assert verdict is not None
    assert sentences.render(verdict.sentence) == after, "the command line reads the same desk"
    made = decided("late")[-1]
    assert (made.kind, made.slice, made.grain, made.by, made.why) == (
        "exclude",
        (("line", "Line 3"),),
        "day",
        "Ann",
        "carrier strike",
    )


def test_taking_back_brings_the_verdict_back_and_keeps_both_on_record(full: Path) -> None:
    view = {"kpi": "late", "slice": "line:Line 3"}
    before = block(page("chart", **view), "heading")["lead"]
    number = press(signed(opened("exclude", **view), "strike"), "Exclude") and decided("late")[-1].id
    app = page("chart", **view)
    app.session_state["deciding"] = asked("exclude", "late|day|Line 3", back=number)
    app.run()
    assert before in preview(app)["Then"]
    app = press(signed(app, "it was no strike"), "Take it back")
    assert not app.exception
    assert block(app, "heading")["lead"] == before == sentence_on_today("Late deliveries", "Line 3")
    history = next(frame.value for frame in app.dataframe if "State" in frame.value and "No." in frame.value)
    assert history["State"].tolist()[:2] == [f"ends no. {number}", f"ended by no. {number + 1}"]


def asked(kind: str, about: str, back: int | None = None) -> Any:
    """What the button "Take back" puts into the session."""
    from opsmetrics.ui.decisions_form import Asked

    return Asked(kind, about, takes_back=back)  # type: ignore[arg-type]


def test_a_new_phase_restarts_the_limits_and_says_who_and_why(full: Path) -> None:
    app = opened("phase", kpi="changeover")
    field(app, "First period of the new phase").select(position(20)).run()
    app = press(signed(app, "new fixture"), "Start the phase")
    desk = stores._desk(store.current())
    points = desk.review("changeover").points
    assert points["phase"].tolist()[:90] == [0] * 70 + [1] * 20
    assert block(app, "heading")["lead"] == sentence_on_today("Changeover time")
    assert [part["count"] for part in blocks(app) if part.get("title") == "Phases"] == ["2"]


def test_a_phase_may_be_meant_for_every_grain(full: Path) -> None:
    app = opened("phase", kpi="changeover")
    field(app, "First period of the new phase").select(position(45))
    field(app, "On the charts of every other grain too").check()
    press(signed(app.run(), "new press"), "Start the phase")
    assert decided("changeover")[-1].grain is None


def test_locked_limits_come_from_their_periods_only(full: Path) -> None:
    app = opened("lock", kpi="scrap")
    field(app, "From").select(0)
    field(app, "To").select(29)
    app = signed(app.run(), "quiet weeks")
    assert [part["mark"]["word"] for part in blocks(app) if part["kind"] == "callout"] == ["Before you save"]
    press(app, "Lock the limits")
    points = stores._desk(store.current()).review("scrap").points
    baseline = points.index[points["baseline"]].tolist()
    assert baseline == list(range(30))


def test_a_note_is_kept_as_text_and_shown_at_its_period(full: Path) -> None:
    app = press(signed(opened("annotate", kpi="scrap"), HOSTILE, by="<b>Ann</b>"), "Save the note")
    assert not app.exception
    assert decided("scrap")[-1].value == HOSTILE
    assert HOSTILE in app.dataframe[0].value["Note"].tolist()
    grid = next(part for part in blocks(app) if part["kind"] == "grid")
    assert HOSTILE in [cell.get("text") for cell in grid["rows"][0]]


def test_a_target_holds_from_its_day_on(full: Path) -> None:
    app = opened("target", kpi="scrap")
    field(app, "Target (in the shown unit)").input("20")
    app = press(signed(app.run(), "agreed for the year"), "Set the target")
    assert block(app, "strip")["items"][1]["mark"]["word"] == "Meets"
    assert sentence_on_today("Scrap rate") == block(app, "heading")["lead"]


def test_weekday_limits_are_a_decision_of_this_chart(full: Path) -> None:
    press(signed(opened("weekday", kpi="scrap"), "Mondays start cold"), "Turn weekday limits on")
    made = decided("scrap")[-1]
    assert (made.kind, made.start, made.end, made.value, made.grain) == ("weekday", None, None, True, "day")
    app = opened("weekday", kpi="scrap")
    assert "on already" in block(app, "callout")["text"]


def test_weekday_limits_for_all_that_need_them(tmp_path: Path) -> None:
    with stores.owned(weekly, tmp_path):
        app = opened("weekday", kpi="late")
        field(app, "Also for the 1 others that it is proposed for").check()
        press(signed(app.run(), "Mondays hold two days"), "Turn weekday limits on")
        assert [[d.kind for d in decided(key)] for key in KEYS] == [["weekday"], ["weekday"], []]
        assert len({d.at for key in WEEKLY for d in decided(key)}) == 1


def test_a_partial_period_is_marked_complete(tmp_path: Path) -> None:
    """Two lines report every day and one of them not yesterday: the day is judged once a person says it is whole."""
    with stores.owned(_unreported, tmp_path):
        app = opened("complete", kpi="late")
        assert list(field(app, "Period").options) == [_label(1)]
        press(signed(app, "Line 4 stood still"), "Mark complete")
        points = stores._desk(store.current()).review("late").points
        assert points["state"].tolist()[stores.DAYS - 1] == "judged"


def _unreported(path: Path) -> None:
    from opsmetrics.measurements import Span
    from opsmetrics.store import Store
    from tests.store.builders import batch, count

    text = stores.KPIS.replace('watch_by = ["line"]\ntarget = 16', 'reported_by = "line"\ntarget = 16')
    with Store.open(path) as held:
        desk = stores._desk(held)
        desk.apply(text, by="tester")
        first = stores.start()
        days = [first + dt.timedelta(days=i) for i in range(stores.DAYS)]
        rows = [count(day, 100 + i % 7, 700, kpi="late", line="Line 3") for i, day in enumerate(days)]
        rows += [count(day, 100 + i % 5, 700, kpi="late", line="Line 4") for i, day in enumerate(days[:-1])]
        span = Span("late", first, first + dt.timedelta(days=stores.DAYS))
        desk.commit(batch(*rows, dimensions=("line",), spans=(span,)), by="tester")


def _label(number: int) -> str:
    day = stores.start() + dt.timedelta(days=stores.DAYS - number)
    return f"{day.day} {day:%b} {day.year}"


# Refusals, cancelling, proposals


def test_nothing_is_saved_without_a_reason_or_a_name(seen: Path) -> None:
    before = decided("scrap")
    app = press(opened("exclude", kpi="scrap"), "Exclude")
    assert "Type the reason" in block(app, "callout")["text"]
    app = press(signed(app, "flood", by=" "), "Exclude")
    assert "Type your name" in block(app, "callout")["text"]
    assert decided("scrap") == before


def test_what_cannot_be_is_said_at_once_and_cannot_be_saved(seen: Path) -> None:
    app = opened("phase", kpi="changeover")
    field(app, "First period of the new phase").select(0).run()
    assert "nothing before it" in block(app, "callout")["text"]
    assert next(button for button in app.button if button.label == "Start the phase").disabled
    app = press(app, "Cancel")
    assert not app.text_area
    assert decided("changeover") == []


def test_the_name_is_remembered_in_the_session(full: Path) -> None:
    app = press(signed(opened("annotate", kpi="scrap"), "first", by="M. Okafor"), "Save the note")
    app = app.button(key="ask_annotate").click().run()
    assert field(app, "Your name").value == "M. Okafor"


def test_a_decision_that_somebody_took_back_meanwhile_closes_the_form(full: Path) -> None:
    press(signed(opened("exclude", kpi="changeover"), "flood"), "Exclude")
    made = decided("changeover")[-1]
    app = page("chart", kpi="changeover")
    app.session_state["deciding"] = asked("exclude", "changeover|day|", back=made.id)
    app.run()
    back = Decision("changeover", "exclude", start=made.start, end=made.end, supersedes=made.id, by="Bo", why="no")
    stores._desk(store.current()).decide(back)
    app.run()
    assert not app.exception
    assert not app.text_area, "there is nothing left to take back"
    assert "not in force any more" in app.toast[0].value


def test_a_proposed_step_is_accepted_at_its_own_period(seen: Path) -> None:
    app = page("chart", kpi="changeover")
    offers = block(app, "offers")
    accept = offers["items"][0]["more"]
    assert accept["text"] == "Accept with a reason"
    assert accept["act"] == {"kind": "phase", "first": position(8)}
    assert "start a new phase there?" in offers["items"][0]["text"]
    form = opened("phase", kpi="changeover")
    field(form, "First period of the new phase").select(position(8)).run()
    said = [str(part.get("text")) for part in blocks(form)]
    assert any(text.startswith("The change is put at") and "95 % range" in text for text in said)


def test_the_form_says_what_it_is_about(seen: Path) -> None:
    app = opened("phase", kpi="late", slice="line:Line 3")
    assert "For Late deliveries · Line 3 · by day" in [part.get("text") for part in blocks(app)]
