"""Event files: one row for each event, logs, logs of states, tables of causes; every record is accounted for.

Expected figures follow from the rows written out in each test; the outages of a log of states are compared with a
naive walk over its records.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.catalog import Catalog, Dimension, EventSource, Kpi, Stream, read_catalog, write_catalog
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template, TemplateError
from opsmetrics.ingest.template_events import EventRows
from opsmetrics.measurements import Batch, Span
from opsmetrics.store import Store
from tests.cases import cases
from tests.ingest.builders import BERLIN, codes, counts, prepared, warnings

STOPS = Stream("stops", "Stops", ("line",), calendar=BERLIN)
SHIFTS = Stream("shifts", "Stops by line", ("line",), reported_by="line", calendar=BERLIN)
OUTAGES = Stream("outages", "Outages", ("site", "line"), reported_by="site")
LATE = Kpi("late", "Late", "proportion", "lower", dimensions=("line",), calendar=BERLIN)
FED = Kpi(
    "fed", "Stops per hour run", "rate", "lower", dimensions=("line",), calendar=BERLIN, events=EventSource("stops")
)
UP = Kpi("up", "Uptime", "ratio", "higher", calendar=BERLIN, events=EventSource("stops", "minutes", role="downtime"))
DEFINITIONS = Catalog(
    kpis=(LATE, FED, UP),
    dimensions=(Dimension("site", "Site"), Dimension("line", "Line")),
    streams=(STOPS, SHIFTS, OUTAGES),
)


def template(text: str) -> Template:
    return Template.load(f'name = "t"\n{text}')


EACH = template("""
    [columns]
    when = "ts"
    line = "line"
    reason = "category"
    detail = "subcategory"
    min = "minutes"
    [events]
    stream = "stops"
""")
CLOSED = template("""
    [columns]
    when = "ts"
    until = "end"
    line = "line"
    no = "reference"
    reason = "category"
    [events]
    stream = "stops"
""")
STATES = template("""
    [columns]
    when = "ts"
    site = "site"
    code = "category"
    [events]
    stream = "outages"
    shape = "states"
    state = "state"
    down = ["down", "Off"]
""")


def read(
    folder: Path, content: str, told: Template = EACH, definitions: Catalog = DEFINITIONS, **options: Any
) -> Batch:
    batch = prepared(folder, content, told, definitions, **options)
    assert batch.tally.adds_up()
    return batch


def events(batch: Batch) -> pd.DataFrame:
    table = batch.events.reader().read_all()
    assert table.num_rows == batch.events.rows
    return table.to_pandas()


def outages(folder: Path, *batches: Batch) -> pd.DataFrame:
    """What the store makes of logs of states that are loaded one after the other."""
    with Store.open(folder / "outages.duckdb", role="test") as store:
        store.apply_catalog(read_catalog(write_catalog(replace(DEFINITIONS, kpis=(), streams=(OUTAGES,)))), by="Ada")
        for each in batches:
            store.commit(each, by="Ada")
        found = store.read("SELECT site, category, observed_at, minutes, reference FROM events ORDER BY reference")
    for name in ("outages.duckdb", "outages.duckdb.receipts"):
        (folder / name).unlink()
    return found


def test_one_row_for_each_event(tmp_path: Path) -> None:
    text = (
        "when,line,reason,detail,min\n"
        "2026-03-02 08:00,A,None,belt,12.5\n"
        "2026-03-02 09:00,A,n/a,,3\n"
        "2026-03-02 09:00,,,Total,\n"
        "2026-03-03 23:30,B,Total,x,-2\n"
        "2026-03-04 01:00,B,NULL,?,0\n"
        "Total,,,,15\n"
    )
    batch = read(tmp_path, text)
    found = events(batch)
    assert list(found["category"]) == ["None", "n/a", "", "NULL"], "words for nothing are categories; only '' is none"
    assert list(found["subcategory"]) == ["belt", "", "Total", "?"]
    assert found["line"].tolist()[:2] == ["A", "A"] and pd.isna(found["line"][2])
    assert found["minutes"].fillna(-1).tolist() == [12.5, 3, -1, 0]
    assert found["observed_at"][0] == pd.Timestamp("2026-03-02 07:00"), "the stream's own calendar"
    assert found["count"].isna().all() and found["reference"].isna().all() and set(found["stream"]) == {"stops"}
    assert codes(batch) == [(5, "negative_count")]
    assert (batch.tally.rows, batch.tally.skipped) == (4, 1)
    ends = dt.datetime(2026, 3, 2, 7), dt.datetime(2026, 3, 4, 0, 0, 0, 1)
    assert batch.spans == (Span("events:stops", *ends, (), replaces=True),)


def test_equal_rows_without_a_reference_are_events_of_their_own(tmp_path: Path) -> None:
    text = "when,line,reason,detail,min,by\n" + "2026-03-02 08:00,A,Jam,,1,Ada\n" * 3 + "2026-03-02 08:00,A,Jam,,1,Bo\n"
    batch = read(tmp_path, text)
    assert (batch.events.rows, batch.tally.rows, warnings(batch)) == (4, 4, {"possible_duplicates"})
    assert batch.warnings[0].text.startswith("2 records equal another one in every column")


def test_what_a_file_covers(tmp_path: Path) -> None:
    text = "when,line,reason,detail,min\n2026-03-02 08:00,A,x,,1\n2026-03-03 08:00,A,x,,1\n"
    days = replace(EACH, covers="day")
    (span,) = read(tmp_path, text, days).spans
    assert (span.starts_at, span.ends_at) == (dt.datetime(2026, 3, 1, 23), dt.datetime(2026, 3, 3, 23))
    (span,) = read(tmp_path, text, covers=(dt.date(2026, 3, 1), dt.date(2026, 3, 31))).spans
    assert (span.starts_at, span.ends_at) == (dt.datetime(2026, 2, 28, 23), dt.datetime(2026, 3, 31, 22))
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, text, covers=(dt.date(2026, 3, 1), dt.date(2026, 3, 2)))
    assert refused.value.code == "events_beyond_covered_days"


def test_reporters_of_a_stream_are_needed_and_listed(tmp_path: Path) -> None:
    told = template('[columns]\nwhen = "date"\nline = "line"\n[events]\nstream = "shifts"\n')
    batch = read(tmp_path, "when,line\n2026-03-02,B\n2026-03-03,\n2026-03-04,A\n", told)
    assert codes(batch) == [(3, "empty_key")]
    (span,) = batch.spans
    assert (span.reporters, span.starts_at, span.ends_at) == (
        ("A", "B"),
        dt.datetime(2026, 3, 1, 23),
        dt.datetime(2026, 3, 4, 23),
    )
    without = template('[columns]\nwhen = "date"\n[events]\nstream = "shifts"\n')
    with pytest.raises(IngestRefused, match="reported by 'line'"):
        read(tmp_path, "when,line\n2026-03-02,B\n", without)
    unknown = template('[columns]\nwhen = "date"\n[events]\nstream = "stop"\n')
    with pytest.raises(IngestRefused, match="'stops'") as refused:
        read(tmp_path, "when,line\n2026-03-02,B\n", unknown)
    assert refused.value.code == "unknown_stream"


def test_closing_stamps_and_references(tmp_path: Path) -> None:
    text = (
        "when,until,line,no,reason\n"
        "29-03-2026 01:30,29-03-2026 03:30,A,1,clock\n"  # one hour: the clocks went forward
        "30-03-2026 10:00,?,A,2,open\n"
        "30-03-2026 10:00,,A,3,open\n"
        "30-03-2026 10:00,30-03-2026 09:59,A,4,back\n"
        "30-03-2026 10:00,soon,A,5,odd\n"
        "30-03-2026 10:00,30-03-2026 10:45,A,6,twice\n"
        "30-03-2026 10:00,30-03-2026 10:45,A,6,twice\n"
        "30-03-2026 10:00,30-03-2026 10:45,A,7,differ\n"
        "30-03-2026 10:00,30-03-2026 10:50,A,7,differ\n"
        "30-03-2026 10:00,30-03-2026 10:50,A,,none\n"
        "31-03-2026 10:00,31-03-2026 10:00,A,8,none\n"
    )
    batch = read(tmp_path, text, CLOSED)
    found = events(batch).set_index("reference")
    assert found["minutes"].fillna(-1).to_dict() == {"1": 60, "2": -1, "3": -1, "6": 45, "8": 0}
    assert codes(batch) == [
        (5, "ends_before_start"),
        (6, "bad_date"),
        (9, "repeated_reference"),
        (10, "repeated_reference"),
        (11, "empty_key"),
    ]
    assert (batch.tally.duplicates, batch.tally.rows) == (1, 5)
    assert {"open_events", "repeated_references", "duplicates_in_file"} <= warnings(batch)
    (span,) = batch.spans
    assert not span.replaces


def test_the_order_of_day_and_month_of_closing_stamps_follows_the_others_or_is_asked(tmp_path: Path) -> None:
    head = "when,until,line,no,reason\n"
    batch = read(tmp_path, head + "27.03.2026 10:00,04/03/2026 11:00,A,1,x\n", CLOSED, answers={"date_order": "mdy"})
    assert events(batch)["minutes"].tolist() == [7 * 1440 + 60 - 60], "the clocks went forward in between"
    with pytest.raises(NeedsAnswer) as asked:
        read(tmp_path, head + "2026-03-01 10:00,04/03/2026 11:00,A,1,x\n", CLOSED)
    assert [question.code for question in asked.value.questions] == ["date_order"]


def test_the_last_record_of_a_reference_counts(tmp_path: Path) -> None:
    told = replace(CLOSED, events=EventRows("stops", rows="last"))
    text = (
        "when,until,line,no,reason\n"
        "2026-03-02 10:00,,A,1,new\n2026-03-02 11:00,,A,2,new\n2026-03-02 10:00,2026-03-02 12:00,A,1,closed\n"
        "2026-03-02 09:00,,A,2,older\n"
    )
    batch = read(tmp_path, text, told)
    assert events(batch).set_index("reference")["category"].to_dict() == {"1": "closed", "2": "new"}
    assert (batch.tally.rows, batch.tally.skipped) == (2, 2)
    assert "superseded_skipped" in warnings(batch)


def test_a_table_of_causes(tmp_path: Path) -> None:
    told = template("""
        covers = "month"
        date_parts = ["year", "month"]
        [columns]
        line = "line"
        [[kpis]]
        key = "late"
        numerator = "late"
        denominator = "all"
        [events]
        stream = "stops"
        [[events.categories]]
        name = "Jam"
        count = "jam"
        minutes = "jam min"
        [[events.categories]]
        name = "Power"
        minutes = "power min"
    """)
    text = (
        "year,month,line,late,all,jam,jam min,power min\n"
        "2026,1,A,1,10,2,30.5,5\n"
        "2026.0,02,A,2,10,0,1,0\n"
        "2026,3,A,3,10,0,0,0\n"
        "2026,4,A,,,,,\n"
        "2026,12,A,4,10,-1,0,0\n"
        "2026,,A,5,10,1,1,1\n"
    )
    batch = read(tmp_path, text, told, today=dt.date(2027, 1, 1))
    found = events(batch)[["category", "count", "minutes"]]
    assert found.fillna(-1).to_numpy().tolist() == [["Jam", 2, 30.5], ["Jam", 0, 1], ["Power", -1, 5]]
    assert counts(batch)["numerator"].tolist() == [1, 2, 3]
    assert [code for _, code in codes(batch)] == ["negative_count", "bad_date"]
    assert (batch.tally.rows, batch.tally.missing) == (3, 1)
    assert "no_event" in warnings(batch)
    span = batch.spans[-1]
    assert (span.starts_at, span.ends_at) == (dt.datetime(2025, 12, 31, 23), dt.datetime(2026, 3, 31, 22))


def test_a_column_of_counts(tmp_path: Path) -> None:
    told = template('[columns]\nwhen = "date"\nreason = "category"\nn = "count"\n[events]\nstream = "stops"\n')
    batch = read(tmp_path, "when,reason,n\n2026-03-02,a,2\n2026-03-02,b,0\n2026-03-02,c,\n2026-03-02,d,0.5\n", told)
    assert events(batch)[["category", "count"]].to_numpy().tolist() == [["a", 2], ["d", 0.5]]
    assert (batch.tally.rows, batch.tally.missing) == (3, 1)


def test_a_log_of_states(tmp_path: Path) -> None:
    text = (
        "when,site,state,code\n"
        "2026-03-02T10:00:00Z,A,up,200\n"
        "2026-03-02T10:05:00Z,A,down,503\n"
        "2026-03-02T10:05:00Z,B,DOWN,500\n"
        "2026-03-02T10:10:00Z,A,off,500\n"
        "2026-03-02T10:12:30Z,A,degraded,200\n"
        "2026-03-02T10:20:00Z,A,,\n"
        "2026-03-02T10:30:00Z,C,up,200\n"
        "2026-03-02T11:00:00Z,,down,200\n"
    )
    batch = read(tmp_path, text, STATES)
    found = outages(tmp_path, batch)
    assert found[["site", "category", "minutes", "reference"]].fillna(-1).to_numpy().tolist() == [
        ["A", "503", 7.5, "A 2026-03-02T10:05:00Z"],
        ["B", "500", -1, "B 2026-03-02T10:05:00Z"],
    ]
    (span,) = batch.spans
    assert (span.reporters, span.replaces, span.states) == (("A", "B", "C"), False, True)
    assert (span.starts_at, span.ends_at.microsecond) == (dt.datetime(2026, 3, 2, 10), 1)
    assert (batch.tally.records, batch.tally.rows, batch.tally.missing, batch.tally.rejected) == (8, 6, 1, 1)
    assert {"states", "open_events", "began_before"} <= warnings(batch)
    assert any("'B since 2026-03-02 10:05 UTC'" in notice.text for notice in batch.warnings)


def test_a_log_of_states_without_an_outage_still_covers_its_time(tmp_path: Path) -> None:
    batch = read(tmp_path, "when,site,state,code\n2026-03-02T10:00:00Z,A,up,200\n", STATES)
    assert (batch.events.rows, batch.states.rows, batch.tally.rows) == (0, 1, 1)
    assert batch.spans[0].reporters == ("A",) and outages(tmp_path, batch).empty
    (span,) = read(
        tmp_path, "when,site,state,code\n2026-03-02T10:00:00Z,A,up,200\n", replace(STATES, covers="day")
    ).spans
    assert (span.starts_at, span.ends_at, span.states) == (dt.datetime(2026, 3, 2), dt.datetime(2026, 3, 3), False)


def test_one_of_each_is_told_in_the_singular(tmp_path: Path) -> None:
    batch = read(tmp_path, "when,site,state,code\n2026-03-02T10:00:00Z,A,down,500\n", STATES)
    assert {notice.code: notice.text for notice in batch.warnings if notice.code != "schema_drift"} == {
        "states": "1 state makes 1 outage: an outage lasts until its unit's next state that is not down.",
        "open_events": "1 outage has no end in the file and stays open until another file says so: "
        "'A since 2026-03-02 10:00 UTC'.",
        "began_before": "1 unit is down in its first record: its outage goes on from an earlier file, or began at an "
        "unknown time before.",
    }


LOG = st.lists(st.tuples(st.integers(0, 8), st.sampled_from("AB"), st.sampled_from(["up", "down", "off"])), min_size=1)


@given(log=LOG)
@settings(max_examples=cases(8, 60), deadline=None)
def test_outages_agree_with_a_walk_over_the_records(tmp_path_factory: pytest.TempPathFactory, log: list) -> None:
    distinct = {(minute, site): state for minute, site, state in log}
    lines = [f"2026-03-02T10:0{minute}:00Z,{site},{state},1" for (minute, site), state in distinct.items()]
    folder = tmp_path_factory.mktemp("log")
    batch = read(folder, "when,site,state,code\n" + "\n".join(lines) + "\n", STATES)
    expected, since = [], {}
    for (minute, site), state in sorted(distinct.items()):
        if state != "up":
            since.setdefault(site, minute)
        elif site in since:
            expected.append((site, since.pop(site), minute))
    expected += [(site, minute, None) for site, minute in since.items()]
    found = [
        (row.site, row.observed_at.minute, None if pd.isna(row.minutes) else row.observed_at.minute + row.minutes)
        for row in outages(folder, batch).itertuples()
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_the_denominators_of_a_kpi_that_events_feed(tmp_path: Path) -> None:
    told = template('[columns]\nwhen = "date"\nline = "line"\n[[kpis]]\nkey = "fed"\ndenominator = "hours"\n')
    batch = read(tmp_path, "when,line,hours\n2026-03-02,A,7.5\n2026-03-03,A,-1\n2026-03-04,A,\n", told)
    assert counts(batch)[["numerator", "denominator"]].to_numpy().tolist() == [[0.0, 7.5]]
    assert codes(batch) == [(3, "negative_count")]
    both = Template("t", told.columns, (Measured("fed", numerator="line", denominator="hours"),))
    with pytest.raises(IngestRefused, match="takes its numerator from the events of 'stops'"):
        read(tmp_path, "when,line,hours\n2026-03-02,A,7.5\n", both)
    up = Template("t", told.columns, (Measured("up", denominator="hours"),))
    with pytest.raises(IngestRefused, match="'up' follows from the events of 'stops'"):
        read(tmp_path, "when,line,hours\n2026-03-02,A,7.5\n", up)
    long = template('[columns]\nwhen = "date"\nline = "line"\nkpi = "metric"\nof = "denominator"\nn = "numerator"\n')
    batch = read(tmp_path, "when,line,kpi,n,of\n2026-03-02,A,fed,,8\n2026-03-02,A,up,1,8\n", long)
    assert (counts(batch)["denominator"].tolist(), codes(batch)) == ([8.0], [(3, "not_recorded")])


def test_yes_and_no_are_counted_and_records_of_one_key_are_added_up(tmp_path: Path) -> None:
    told = template("""
        repeats = "add"
        [columns]
        when = "date"
        line = "line"
        [[kpis]]
        key = "late"
        numerator = "late"
        denominator = "rows"
    """)
    text = "when,line,late\n" + "".join(
        f"2026-03-02,A,{word}\n" for word in ("TRUE", "no", "Yes", "1", "0", "falsch", "?", "perhaps")
    )
    batch = read(tmp_path, text, told)
    assert counts(batch)[["numerator", "denominator"]].to_numpy().tolist() == [[3, 6]]
    assert (batch.tally.rows, batch.tally.missing, codes(batch)) == (6, 1, [(9, "not_a_number")])
    words = replace(told, kpis=(Measured("late", numerator="late", denominator="rows", true=("Perhaps",)),))
    batch = read(tmp_path, text, words)
    assert counts(batch)[["numerator", "denominator"]].to_numpy().tolist() == [[1, 7]]
    assert Template.load(words.dump()) == words


def test_the_words_that_count(tmp_path: Path) -> None:
    told = template("""
        repeats = "add"
        [columns]
        when = "date"
        line = "line"
        [[kpis]]
        key = "late"
        numerator = "kind"
        true = ["band", "-"]
        denominator = "rows"
    """)
    batch = read(
        tmp_path, "when,line,kind\n2026-03-02,A,Band\n2026-03-02,A,noband\n2026-03-02,A,-\n2026-03-02,A,\n", told
    )
    assert counts(batch)[["numerator", "denominator"]].to_numpy().tolist() == [[2, 3]]
    assert batch.tally.missing == 1


def test_a_column_called_rows_is_a_column(tmp_path: Path) -> None:
    told = template(
        '[columns]\nwhen = "date"\nline = "line"\n[[kpis]]\nkey = "late"\nnumerator = "n"\ndenominator = "rows"\n'
    )
    batch = read(tmp_path, "when,line,n,rows\n2026-03-02,A,2,40\n", told)
    assert counts(batch)["denominator"].tolist() == [40]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[columns]\nd = "date"\nr = "category"\n[[kpis]]\nkey = "a"\nvalue = "n"\n', "columns"),
        ('[columns]\nr = "category"\n[events]\nstream = "a"\n', "events"),
        ('events = 3\n[columns]\nd = "date"\n', "events"),
        ('[columns]\nd = "date"\n[events]\nshape = "circle"\n', "events.shape"),
        ('[columns]\nd = "date"\n[events]\n', "events.stream"),
        ('[columns]\nd = "date"\n[events]\nstream = "A b"\ncolour = "red"\n', "events.colour"),
        ('[columns]\nd = "date"\n[events]\nstream = "a"\nshape = "states"\n', "events.shape"),
        ('[columns]\nd = "date"\n[events]\nstream = "a"\nstate = "s"\ndown = []\n', "events.down"),
        ('[columns]\nd = "date"\n[events]\nstream = "a"\nrows = "last"\n', "events.rows"),
        ('[columns]\nd = "date"\nm = "minutes"\ne = "end"\n[events]\nstream = "a"\n', "columns"),
        ('[columns]\nd = "date"\nr = "category"\n[events]\nstream = "a"\n'
         '[[events.categories]]\nname = "x"\ncount = "n"\n', "events.categories"),
        ('[columns]\nd = "date"\n[events]\nstream = "a"\n[[events.categories]]\nname = "x"\n', "events.categories[1]"),
        ('[columns]\nd = "date"\nk = "metric"\nv = "value"\n[events]\nstream = "a"\n', "events"),
        ('date_parts = ["y"]\n[columns]\n[events]\nstream = "a"\n', "date_parts"),
        ('date_parts = ["y", "m"]\n[columns]\nd = "date"\n[events]\nstream = "a"\n', "columns"),
        ('[columns]\nd = "date"\n[[kpis]]\nkey = "a"\nvalue = "n"\ntrue = ["x"]\n', "kpis[1].true"),
    ],
)  # fmt: skip
def test_mistakes_of_templates(text: str, key: str) -> None:
    with pytest.raises(TemplateError) as error:
        template(text)
    assert key in {problem.key for problem in error.value.problems}


@pytest.mark.parametrize("told", [EACH, CLOSED, STATES])
def test_templates_are_read_back_as_they_were(told: Template) -> None:
    assert Template.load(told.dump()) == told


def test_words_of_the_file_are_never_sql(tmp_path: Path) -> None:
    nasty = "'); DROP TABLE stage; --"
    told = template(f'[columns]\nwhen = "ts"\n"{nasty}" = "category"\n[events]\nstream = "stops"\n')
    found = events(read(tmp_path, f'when,"{nasty}"\n2026-03-02 10:00,"{nasty}"\n', told))
    assert found["category"].tolist() == [nasty]
