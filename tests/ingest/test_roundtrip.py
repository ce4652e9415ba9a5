"""Any table written in any supported way comes back equal, or is asked about; any text at all is answered.

Oracle: the table before it was written.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from opsmetrics import ingest
from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest import IngestRefused, NeedsAnswer
from opsmetrics.ingest.totals import ALONE
from opsmetrics.measurements import Batch
from tests.cases import cases
from tests.ingest.builders import CATALOG, LONG, TODAY, catalog, readings, written

DEFINITIONS: Catalog = catalog(Kpi("scrap", "Scrap", "measured", "lower", dimensions=("site", "line")))

DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d", "%B %d, %Y", "%Y-%m-%dT00:00:00")
NUMBERS = {".": "{:.2f}", ",": "{:.2f}", ".,": "{:,.2f}", ",.": "{:,.2f}"}
NAMES = st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).filter(
    lambda name: ingest.cells.tidy(name) and ingest.cells.tidy(name).lower() not in ALONE
)


@dataclass(frozen=True)
class Style:
    """A way of writing a table."""

    delimiter: str
    encoding: str
    end: str
    quoting: int
    date: str
    number: str


STYLES = st.builds(
    Style,
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    date=st.sampled_from(DATES),
    number=st.sampled_from(sorted(NUMBERS)),
)
ROWS = st.lists(
    st.tuples(
        st.dates(dt.date(1990, 1, 1), dt.date(2026, 11, 1)),
        NAMES,
        NAMES,
        st.integers(-10_000_000, 10_000_000).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row[0], ingest.cells.fold(row[1]), ingest.cells.fold(row[2])),
)


def in_style(rows: list[tuple[dt.date, str, str, float]], style: Style) -> bytes:
    """The table as bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=style.delimiter, lineterminator=style.end, quoting=style.quoting)
    writer.writerow(["date", "site", "line", "metric", "value"])
    for day, site, line, value in rows:
        text = NUMBERS[style.number].format(value)
        if style.number[0] == ",":
            text = text.translate({ord("."): ",", ord(","): "."})
        writer.writerow([day.strftime(style.date), site, line, "scrap", text])
    return out.getvalue().encode(style.encoding)


def _reads_as_other_text(content: bytes, encoding: str) -> bool:
    """True where the bytes are sound UTF-8 for another text, or hold a sign whose byte is a letter of another code page
    (¢A is óA in DOS 850): then no reader can tell."""
    meant = content.decode(encoding)
    try:
        return content.decode("utf-8") != meant
    except UnicodeDecodeError:
        return any(not sign.isascii() and not sign.isalpha() for sign in meant)


def by_key(batch: Batch) -> dict[tuple[dt.date, str, str], float]:
    """The readings of a batch by their key, names folded (rarer spellings of a name are replaced)."""
    found = readings(batch)
    return {
        (at.date(), ingest.cells.fold(site), ingest.cells.fold(line)): value
        for at, site, line, value in found[["observed_at", "site", "line", "value"]].itertuples(index=False)
    }


@given(rows=ROWS, style=STYLES, told=st.booleans())
@settings(deadline=None, max_examples=cases(12, 60), suppress_health_check=[HealthCheck.too_slow])
def test_a_table_comes_back_or_is_asked_about(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[dt.date, str, str, float]], style: Style, told: bool
) -> None:
    content = in_style(rows, style)
    assume(style.encoding.startswith("utf") or not _reads_as_other_text(content, style.encoding))
    path = written(tmp_path_factory.mktemp("table"), content)
    sheet = ingest.read_file(path, template=LONG if told else None)
    answers: dict[str, str] = {}
    order = {"%d/%m/%Y": "dmy", "%m/%d/%Y": "mdy"}
    try:
        batch = ingest.prepare(sheet, LONG, DEFINITIONS, today=TODAY)
    except NeedsAnswer as asked:
        for question in asked.questions:  # what the writer knows and the file cannot tell
            answers[question.code] = {"date_order": order.get(style.date, ""), "decimal": style.number[0]}[
                question.code
            ]
        batch = ingest.prepare(sheet, LONG, DEFINITIONS, answers=answers, today=TODAY)
    wanted = {(day, ingest.cells.fold(site), ingest.cells.fold(line)): value for day, site, line, value in rows}
    assert by_key(batch) == wanted
    assert batch.tally.adds_up()
    assert (batch.tally.rows, batch.tally.records) == (len(rows), len(rows))


LINE = st.lists(
    st.sampled_from(
        ["2025-01-27", "13/02/2025", "A", "", '"', '"x', "1", "1,5", "x;y", "Total", "scrap", "late", " ", "\0", "é"]
    ),
    max_size=7,
).map(",".join)


@given(lines=st.lists(LINE, max_size=15), end=st.sampled_from(["\n", "\r\n", "\r"]), raw=st.binary(max_size=30))
@settings(deadline=None, max_examples=cases(12, 80), suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_text_every_record_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, raw: bytes
) -> None:
    content = end.join(["date,site,line,metric,value", *lines]).encode() + raw
    path = written(tmp_path_factory.mktemp("text"), content)
    try:
        sheet = ingest.read_file(path, template=LONG)
        batch = ingest.prepare(sheet, LONG, CATALOG, today=TODAY, answers={"date_order": "dmy"})
    except (IngestRefused, NeedsAnswer) as answer:
        assert str(answer)
        return
    assert batch.tally.adds_up()
    assert batch.tally.rejected == len(batch.rejects)
    assert batch.readings.reader().read_all().num_rows == batch.readings.rows
    assert batch.counts.reader().read_all().num_rows == batch.counts.rows
    lines_of_file = content.decode(sheet.encoding).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert all(2 <= line <= len(lines_of_file) for line in batch.rejects["line"])
    keys = readings(batch)[["kpi", "observed_at", "site", "line", "sample"]]
    assert not keys.duplicated().any()
