"""A mapping proposed from headers: taken only where nothing is open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Catalog, EventSource, Kpi, Stream
from opsmetrics.ingest import IngestRefused, Measured, read_file, suggest
from opsmetrics.ingest.template_events import EventRows
from tests.ingest.builders import CATALOG, LATE, SCRAP, TODAY, WAIT, catalog, prepared, readings, written


def proposed(folder: Path, text: str, definitions: Catalog = CATALOG) -> ingest.Suggestion:
    """What is proposed for a file."""
    return suggest(read_file(written(folder, text)), definitions)


@pytest.mark.parametrize(
    "header",
    [
        "date,site,line,metric,value",
        "Datum,Site,Production line,Kennzahl,Wert",
        "FECHA, Site,LINE,Indicador,Valor",
        "période,site,line,indicateur,valeur",
    ],
)
def test_long_files_in_four_languages_are_exact(tmp_path: Path, header: str) -> None:
    text = f"{header}\n2025-01-27,A,L1,scrap,1.5\n"
    found = proposed(tmp_path, text)
    assert found.exact, found
    template = found.as_template()
    batch = ingest.prepare(read_file(tmp_path / "file.csv", template=template), template, CATALOG, today=TODAY)
    assert list(readings(batch)["value"]) == [1.5]


def test_months_that_only_a_column_tells_are_dates(tmp_path: Path) -> None:
    """Jan-26 to Apr-26 are months of a year; Jan-20 to Jan-23 may be days, and are left to a person."""
    text = "date,site,line,metric,value\n" + "".join(f"{m}-26,A,L1,scrap,1.5\n" for m in ("Jan", "Feb", "Mär", "Apr"))
    assert proposed(tmp_path, text).exact
    days = "date,site,line,metric,value\n" + "".join(f"Jan-{day},A,L1,scrap,1.5\n" for day in range(20, 24))
    assert not proposed(tmp_path, days).exact


def test_a_ratio_by_the_names_of_its_counts(tmp_path: Path) -> None:
    late = replace(LATE, numerator="late orders", denominator="orders")
    found = proposed(tmp_path, "Day,SITE,Late_Orders,orders,comment\n2025-01-27,A,1,10,x\n", catalog(late))
    assert found.exact
    assert found.kpis == (Measured("late", numerator="Late_Orders", denominator="orders"),)
    assert found.as_template().columns == {"Day": "date", "SITE": "site"}


def test_a_wide_file_by_the_names_of_kpis(tmp_path: Path) -> None:
    text = "Timestamp,site,line,Scrap weight,late numerator,late denominator,other\n2025-01-27 05:00,A,L1,1,2,3,4\n"
    found = proposed(tmp_path, text)
    assert found.exact
    assert set(found.kpis) == {
        Measured("scrap", value="Scrap weight"),
        Measured("late", numerator="late numerator", denominator="late denominator"),
    }


def test_other_words_need_a_person(tmp_path: Path) -> None:
    found = proposed(tmp_path, "date,Werk,Linie,metric,value\n2025-01-27,A,L1,scrap,1\n")
    assert not found.exact
    assert [(guess.header, guess.role, guess.confidence) for guess in found.unsure] == [
        ("Werk", "site", 0.8),
        ("Linie", "line", 0.8),
    ]
    assert found.draft().columns == {
        "date": "date",
        "Werk": "site",
        "Linie": "line",
        "metric": "metric",
        "value": "value",
    }
    with pytest.raises(IngestRefused, match="'Werk' looks like site") as refused:
        found.as_template()
    assert refused.value.code == "not_recognised"


def test_similar_words_and_lone_columns_of_dates_need_a_person(tmp_path: Path) -> None:
    found = proposed(tmp_path, "posted,sites,line,metric,value\n2025-01-27,A,L1,scrap,1\n")
    assert {guess.header: guess.role for guess in found.unsure} == {"posted": "date", "sites": "site"}


def test_everything_missing_is_listed(tmp_path: Path) -> None:
    found = proposed(tmp_path, "site,note,quantity\nA,x,1\n")
    assert len(found.missing) == 2
    with pytest.raises(IngestRefused, match=r"no column of dates.*no column named like a KPI"):
        found.as_template()


def test_a_dimension_of_the_key_is_missing(tmp_path: Path) -> None:
    found = proposed(tmp_path, "date,line,metric,value\n2025-01-27,L1,scrap,1\n")
    assert found.missing == ("no column for Site, by which 'Scrap weight' is told apart",)


def test_two_columns_of_time_are_one_too_many(tmp_path: Path) -> None:
    found = proposed(tmp_path, "date,timestamp,site,line,scrap\n2025-01-27,2025-01-27 05:00,A,L1,1\n")
    assert found.missing == ("several columns of time ('date', 'timestamp')",)


def test_a_date_column_of_words_is_none(tmp_path: Path) -> None:
    found = proposed(tmp_path, "day,when,site,line,scrap\nMonday,2025-01-27,A,L1,1\n")
    assert {guess.header: guess.role for guess in found.guesses}["day"] == ""
    assert {guess.header: guess.role for guess in found.guesses}["when"] == "date"


def test_the_only_kpi_of_a_kind_is_proposed_never_taken(tmp_path: Path) -> None:
    found = proposed(tmp_path, "timestamp,value\n2025-01-27 05:00,1\n", catalog(WAIT))
    assert found.kpis == (Measured("wait", value="value"),)
    assert not found.exact
    assert found.draft().columns == {"timestamp": "ts"}
    assert not proposed(tmp_path, "timestamp,value\n2025-01-27 05:00,1\n", catalog(WAIT, SCRAP)).kpis


def test_a_file_without_header_is_never_exact(tmp_path: Path) -> None:
    assert "no header row" in proposed(tmp_path, "2025-01-27,A,1\n2025-01-28,A,2\n").missing


STOPS = Stream("stops", "Stops", ("site",), category="Reason", reported_by="site")


def test_an_event_file_is_recognised_by_what_the_stream_calls_its_category(tmp_path: Path) -> None:
    text = "When,Site,Line,Reason,Minutes\n2026-03-02 08:00,A,L1,Jam,5\n2026-03-02 09:00,A,L1,None,6\n"
    sheet = read_file(written(tmp_path, text))
    definitions = replace(catalog(), streams=(STOPS,))
    found = suggest(sheet, definitions)
    assert found.missing == () and [guess.role for guess in found.unsure] == ["date"]
    draft = replace(found.draft(), columns={**found.draft().columns, "When": "ts"})
    assert draft.events == EventRows("stops")
    assert dict(draft.columns) == {"When": "ts", "Site": "site", "Reason": "category", "Minutes": "minutes"}
    batch = prepared(tmp_path, text, draft, definitions)
    assert (batch.events.rows, batch.spans[0].reporters) == (2, ("A",))


def test_without_such_a_stream_or_with_two_of_them_a_file_of_texts_is_not_taken_for_events(tmp_path: Path) -> None:
    sheet = read_file(written(tmp_path, "Timestamp,Site,Reason\n2026-03-02 08:00,A,Jam\n"))
    twins = (STOPS, replace(STOPS, key="others", name="Others"))
    for definitions in (catalog(), replace(catalog(), streams=twins)):
        found = suggest(sheet, definitions)
        assert found.events is None and found.missing
    assert suggest(sheet, replace(catalog(), streams=(STOPS,))).exact
    without_site = read_file(written(tmp_path, "Timestamp,Reason\n2026-03-02 08:00,Jam\n"))
    assert "Site" in suggest(without_site, replace(catalog(), streams=(STOPS,))).missing[0]


def test_a_reference_is_confirmed_by_a_person(tmp_path: Path) -> None:
    sheet = read_file(written(tmp_path, "Timestamp,Site,Reason,Number\n2026-03-02 08:00,A,Jam,7\n"))
    found = suggest(sheet, replace(catalog(), streams=(STOPS,)))
    assert [(guess.header, guess.role) for guess in found.unsure] == [("Number", "reference")]


def test_counts_and_kpis_fed_by_events_are_recognised_by_the_parts_they_need(tmp_path: Path) -> None:
    definitions = replace(
        catalog(
            Kpi("falls", "Falls", "count", "lower"),
            Kpi("fed", "Stops per hour", "rate", "lower", denominator="hours", events=EventSource("stops")),
        ),
        streams=(STOPS,),
    )
    sheet = read_file(written(tmp_path, "Date,Falls,Hours\n2026-03-02,2,7.5\n"))
    found = suggest(sheet, definitions)
    assert found.exact
    assert found.kpis == (Measured("falls", numerator="Falls"), Measured("fed", denominator="Hours"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Dear all, the numbers follow.\nRegards, Anna\n", "no_table"),
        ("name;remark\nAnna;good\nBert;better\n", "no_table"),
        ("date;value\n\n\n", "no_rows"),
    ],
)
def test_a_text_without_a_number_or_a_date_is_no_table(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        proposed(tmp_path, text)
    assert refused.value.code == code


def test_records_of_yes_and_no_are_a_table(tmp_path: Path) -> None:
    assert proposed(tmp_path, "machine,ok\nA,yes\nB,no\n").missing


@pytest.mark.parametrize(
    ("header", "sources"),
    [
        ("Datum,Ausschuss,Gesamt", ("Ausschuss", "Gesamt")),
        ("Fecha,Chatarra,Producidos", ("Chatarra", "Producidos")),
        ("Date,Rebuts (pcs),Qty", ("Rebuts (pcs)", "Qty")),
        ("Date,Rebuts,Chatarra,Qty", None),  # two columns for one count
    ],
)
def test_counts_in_other_words_need_a_person(tmp_path: Path, header: str, sources: tuple[str, str] | None) -> None:
    """Never taken as they are; nothing is proposed where two columns may be meant."""
    scrap = Kpi("scrap", "Scrap share", "proportion", "lower", numerator="scrap", denominator="made")
    found = proposed(tmp_path, f"{header}\n" + "2025-01-27" + ",3" * header.count(",") + "\n", catalog(scrap))
    assert not found.exact
    assert tuple(entry.sources for entry in found.kpis) == ((sources,) if sources else ())
