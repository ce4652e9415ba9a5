"""The KPIs page under AppTest, on real stores: the list, the form with its preview, presets, files, many at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from opsmetrics import store
from opsmetrics.catalog import Decision, Kpi
from opsmetrics.desk import Desk
from opsmetrics.measurements import BIN, Span, sample_to_stamp
from tests.pages import stores
from tests.pages.stores import block, blocks, page
from tests.store.builders import batch, count


def field(name: str, key: str = "late") -> str:
    """The key of a widget of the form."""
    return f"definition_{key}_{name}"


def save(app: AppTest) -> AppTest:
    return app.button(key="definition_save").click().run()


def kpi(key: str = "late") -> Kpi:
    return store.current().catalog[key]


def problems(app: AppTest) -> list[str]:
    """The keys named under "Before it can be saved"."""
    found = [part for part in blocks(app) if part.get("title") == "Before it can be saved"]
    return [item["lead"] for part in found for item in part["items"]]


# The list


def test_the_list_names_every_definition(seen: Path) -> None:
    app = page("kpis")
    assert not app.exception
    assert block(app, "heading")["title"] == "4 KPIs are defined."
    table = app.dataframe[0].value
    assert table["Key"].tolist() == ["late", "changeover", "scrap", "hostile"]
    assert table["Rows"].tolist() == [180, 450, 90, 90]
    assert table["Target"].tolist() == ["16", "", "2", ""]


def test_an_empty_store_offers_presets(tmp_path: Path) -> None:
    with stores.owned(stores.empty, tmp_path):
        app = page("kpis")
        assert not app.exception
        assert block(app, "heading")["title"] == "No KPI is defined yet."
        assert {button.key for button in app.button} == {"do_preset", "do_new", "do_file"}


# The form


def test_the_form_shows_a_definition_and_its_chart(seen: Path) -> None:
    app = page("kpis", edit="late")
    assert not app.exception
    assert app.text_input(key=field("name")).value == "Late deliveries"
    assert app.selectbox(key=field("kind")).value == "proportion"
    (row,) = block(app, "section")["rows"]
    assert row["name"] == "Late deliveries"
    assert row["spark"]["shapes"]


def test_an_edit_is_previewed_before_it_is_saved(seen: Path) -> None:
    app = page("kpis", edit="scrap")
    app.selectbox(key=field("better", "scrap")).set_value("higher").run()
    sections = [part for part in blocks(app) if part["kind"] == "section"]
    assert [part["note"] for part in sections] == ["as it is", "as it would be"]
    before, after = (part["rows"][0]["counts"] for part in sections)
    assert any("≤" in text for text in before)
    assert any("≥" in text for text in after)
    assert kpi("scrap").better == "lower", "nothing is written before it is saved"


def test_saving_puts_the_definition_in_force(full: Path) -> None:
    app = page("kpis", edit="late")
    app.text_input(key=field("owner")).set_value("T. Lind").run()
    save(app)
    assert not app.exception
    assert kpi().owner == "T. Lind"
    assert block(app, "heading")["title"] == "4 KPIs are defined."
    assert [item["text"] for item in block(app, "lines")["items"]] == ["KPI Late deliveries changed."]


def test_mistakes_are_named_at_their_field_and_hold_saving_back(seen: Path) -> None:
    app = page("kpis", edit="late")
    app.text_input(key=field("name")).set_value("").run()
    assert problems(app) == ["Name"]
    assert app.button(key="definition_save").disabled
    app.text_input(key=field("name")).set_value("Late")
    app.text_input(key=field("expected_after")).set_value("soon").run()
    assert problems(app) == ["Data are late after"]
    wrong = block(app, "callout")
    assert wrong["text"] == "Found 'soon'; wanted a time such as 6h, 30min or 1d 6h. Use d, h and min, as in 1d 6h."
    assert app.button(key="definition_save").disabled


def test_another_kind_of_facts_is_refused_with_the_reason(seen: Path) -> None:
    """Late deliveries holds counts: as readings they would lie in another table."""
    app = page("kpis", edit="late")
    app.selectbox(key=field("kind")).set_value("measured").run()
    save(app)
    assert not app.exception
    assert "180 rows" in block(app, "callout")["text"]
    assert kpi().kind == "proportion"


def test_a_definition_leaves_and_its_rows_stay(full: Path) -> None:
    app = page("kpis", edit="scrap")
    app.button(key="definition_out_now").click().run()
    assert not app.exception
    assert "scrap" not in store.current().catalog
    assert "its 90 rows stay in the store" in block(app, "lines")["items"][0]["text"]


# Starting points


def test_a_preset_opens_in_the_form_and_is_saved_with_what_it_needs(full: Path) -> None:
    app = page("kpis", do="new", preset="oee")
    assert not app.exception
    assert app.text_input(key=field("formula", "oee")).value == "availability * performance * quality"
    assert problems(app) == []
    save(app)
    assert not app.exception
    assert {"availability", "performance", "quality", "oee"} <= {k.key for k in store.current().catalog.kpis}


def test_presets_are_listed_by_field_of_work(seen: Path) -> None:
    app = page("kpis", do="preset")
    assert not app.exception
    assert [expander.label.partition(" (")[0] for expander in app.expander][:3] == [
        "Manufacturing",
        "Health",
        "Service and IT",
    ]


def test_a_new_definition_gets_a_key_from_its_name(full: Path) -> None:
    app = page("kpis", do="new")
    app.text_input(key=field("name", "new")).set_value("Picking errors").run()
    assert "key picking_errors" in block(app, "heading")["eyebrow"]
    save(app)
    assert kpi("picking_errors").name == "Picking errors"


# Many at once


def test_many_definitions_change_in_a_grid(seen: Path) -> None:
    app = page("kpis", do="many")
    assert not app.exception
    assert "Nothing has been changed yet." in [text.value for text in app.text]


def test_the_definitions_can_be_exported_and_imported(full: Path) -> None:
    app = page("kpis", do="file")
    assert not app.exception
    text = store.current().catalog.text.replace("M. Okafor", "T. Lind")
    app.file_uploader(key="import_toml").upload("kpis.toml", text.encode(), "application/toml").run()
    changes, notes = (part["items"] for part in blocks(app) if part["kind"] == "lines")
    assert [(item["lead"], item["text"]) for item in changes] == [
        ("Changes", "Late deliveries: Owner M. Okafor → T. Lind")
    ]
    assert [item["lead"] for item in notes] == ["Note"], "no time zone is given"
    app.button(key="import_apply").click().run()
    assert not app.exception
    assert kpi().owner == "T. Lind"


def imported(text: str) -> list[tuple[str, str]]:
    """What the page says a file of definitions would change."""
    app = page("kpis", do="file")
    app.file_uploader(key="import_toml").upload("kpis.toml", text.encode(), "application/toml").run()
    assert not app.exception
    (changes, *_) = (part["items"] for part in blocks(app) if part["kind"] == "lines")
    assert any(item["lead"] for item in changes) == ("import_apply" in {button.key for button in app.button})
    return [(item["lead"], item["text"]) for item in changes]


def test_a_file_without_a_decided_target_says_that_it_takes_it_back(full: Path) -> None:
    held, plain = store.current(), store.current().catalog.text
    held.decide(Decision("scrap", "target", start=dt.datetime(2026, 7, 1), value={"value": 1.5}, by="A", why="w"))
    assert imported(Desk.of_process().export()) == [("", "The file says what is in force already.")]
    ((lead, text),) = imported(plain)
    assert (lead, text) == ("Changes", "Scrap rate: Target 2, 1.5 from 2026-07-01 → 2")


def test_as_it_is_follows_decided_targets(full: Path) -> None:
    store.current().decide(Decision("scrap", "target", value={"value": 9.0}, by="A", why="w"))
    app = page("kpis", edit="scrap")
    app.text_input(key=field("owner", "scrap")).set_value("T. Lind").run()
    sections = [part for part in blocks(app) if part["kind"] == "section"]
    assert [part["note"] for part in sections] == ["as it is", "as it would be"]
    shown = [part["rows"][0]["counts"] for part in sections]
    assert shown[0] == shown[1], "another owner changes no target"
    assert any("9.0" in text for text in shown[0])


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"[kpis.late]\nname = 1", "kind"), (b"\xff\xfe", "UTF-8"), (b"not toml", "valid TOML")],
)
def test_a_file_that_cannot_be_applied_says_why(seen: Path, content: bytes, says: str) -> None:
    app = page("kpis", do="file")
    app.file_uploader(key="import_toml").upload("kpis.toml", content, "application/toml").run()
    assert not app.exception
    told = " ".join(str(part) for part in blocks(app))
    assert says in told
    assert kpi().owner == "M. Okafor"


def test_many_definitions_change_by_a_spreadsheet(full: Path) -> None:
    """With the semicolons of a German spreadsheet, and without the columns that were not touched."""
    app = page("kpis", do="many")
    sheet = "key;owner\nlate;T. Lind\nscrap;S. Amari\n"
    app.file_uploader(key="many_file").upload("kpis.csv", sheet.encode(), "text/csv").run()
    assert not app.exception
    (changes,) = (part["items"] for part in blocks(app) if part["kind"] == "lines")
    assert [item["text"] for item in changes] == ["Late deliveries: Owner M. Okafor → T. Lind"], "S. Amari owns it"
    app.button(key="many_save").click().run()
    assert not app.exception
    assert (kpi().owner, kpi("scrap").owner) == ("T. Lind", "S. Amari")


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ("key;owner\nlat;T. Lind\n", "'late'"),
        ("name;owner\nLate;T. Lind\n", "wanted one named key"),
        ("key;target\nlate;sixteen\n", "sixteen"),
        ("key;better\nlate;upwards\n", "higher"),
    ],
)
def test_a_spreadsheet_that_cannot_be_read_says_why(seen: Path, sheet: str, says: str) -> None:
    app = page("kpis", do="many")
    app.file_uploader(key="many_file").upload("kpis.csv", sheet.encode(), "text/csv").run()
    assert not app.exception
    assert says in " ".join(str(part) for part in blocks(app))
    assert "many_save" not in [button.key for button in app.button]


BERLIN = """
[calendars.hull]
time_zone = "Europe/London"

[calendars.jena]
time_zone = "Europe/Berlin"

[kpis.scrap]
name = "Scrap"
kind = "proportion"
better = "lower"
calendar = "jena"

[kpis.trial]
name = "Trial"
kind = "proportion"
better = "lower"
operate = "sample"
"""


def test_the_last_day_is_the_site_s_own_and_samples_have_none(tmp_path: Path) -> None:
    def given(path: Path) -> None:
        midnight = dt.datetime(2026, 5, 4, 22)  # 5 May 2026, 00:00 in Berlin
        spans = (Span("scrap", midnight, midnight + dt.timedelta(days=1)),)
        with Desk.open(path) as desk:
            desk.apply(BERLIN, by="tester")
            desk.commit(
                batch(count(midnight, 3, 100, kpi="scrap"), dimensions=(), spans=spans), by="tester", publish=False
            )
            sampled = sample_to_stamp(7)
            spans = (Span("trial", sampled, sampled + BIN),)
            desk.commit(
                batch(count(sampled, 3, 100, kpi="trial"), dimensions=(), spans=spans), by="tester", publish=False
            )

    with stores.owned(given, tmp_path):
        table = page("kpis").dataframe[0].value
    assert dict(zip(table["Key"], table["Last data"], strict=True)) == {"scrap": "5 May 2026", "trial": ""}


def test_no_slice_but_one_for_each_line_stays_so(full: Path) -> None:
    app = page("kpis", edit="late")
    app.text_area(key=field("watch")).set_value("none").run()
    assert not problems(app)
    save(app)
    assert (kpi().watch, kpi().watch_by) == ((), ("line",))
    app = page("kpis", edit="late")
    assert app.text_area(key=field("watch")).value == "none"
    save(app)
    assert kpi().watch == ()
