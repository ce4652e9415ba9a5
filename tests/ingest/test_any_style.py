"""From file to facts: whatever way instants and numbers are written in, they come back equal or are asked about.

Oracle: the table before it was written. A refusal is an answer too, where the way of writing allows of no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template, examine, read_file
from tests.cases import cases
from tests.ingest.builders import TODAY, catalog, readings, written

DEFINITIONS = catalog(Kpi("wait", "Wait", "measured", "lower", dimensions=("site",)))
_EPOCH = dt.datetime(1970, 1, 1)
_WORDS = {
    "de": ["Jan.", "Feb.", "März", "April", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.", "Dez."],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
}
_WEEKDAYS = ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"]

Written = Callable[[dt.datetime], str]


def _format(pattern: str) -> Written:
    return lambda at: at.strftime(pattern)


def _worded(language: str, pattern: str) -> Written:
    return lambda at: pattern.format(d=at.day, m=_WORDS[language][at.month - 1], y=at.year)


def _serial(at: dt.datetime) -> str:
    return str((at - dt.datetime(1899, 12, 30)).days)


#: Days: name → how they are written.
DAYS: dict[str, Written] = {
    **{p: _format(p) for p in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d.%m.%y", "%Y%m%d", "%Y-%j")},
    **{p: _format(p) for p in ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d/%m/%y", "%m/%d/%y", "%Y-%d-%m", "%m.%d.%Y")},
    **{
        p: _format(p) for p in ("%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%A, %B %d, %Y", "%d%b%Y", "%Y-%b-%d", "%G-W%V-%u")
    },
    "de words": _worded("de", "{d}. {m} {y}"),
    "fr words": _worded("fr", "{d} {m} {y}"),
    "es words": _worded("es", "{d} de {m} de {y}"),
    "weekday": lambda at: f"{_WEEKDAYS[at.weekday()]}, {at:%d.%m.%Y}",
    "serial": _serial,
}
#: Times behind a day, in the same cell.
TAILS: dict[str, Written] = {
    **{p: _format(p) for p in (" %H:%M", " %H:%M:%S", "T%H:%M", " %I:%M %p", " %Hh%M", " %H:%M Uhr", "T%H:%M:00Z")},
}
#: Times in a column of their own.
TIMES: dict[str, Written] = {
    **{p: _format(p) for p in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%H.%M Uhr", "%Hh%M", "%H%M", "%H%M%S")},
    "lost zeros": lambda at: str(100 * at.hour + at.minute),
    "part of a day": lambda at: f"{(60 * at.hour + at.minute) / 1440:.9f}",
}
#: Whole instants as figures.
STAMPS: dict[str, Written] = {
    "seconds": lambda at: str(round((at - _EPOCH).total_seconds())),
    "milliseconds": lambda at: str(round((at - _EPOCH).total_seconds() * 1000)),
    "serial": lambda at: f"{(at - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1):.9f}",
    "%Y%m%d%H%M": _format("%Y%m%d%H%M"),
}
#: Mark of decimals, mark between thousands.
NUMBERS = (".", ",", ".,", ",.", ", ", ",\u202f", ".'", ",'")


@dataclass(frozen=True)
class Style:
    """A way of writing a table."""

    day: str
    tail: str = ""
    time: str = ""
    stamp: str = ""
    number: str = "."
    delimiter: str = ","
    encoding: str = "utf-8"
    end: str = "\n"

    def cells(self, at: dt.datetime) -> tuple[str, ...]:
        """The cells that say when."""
        if self.stamp:
            return (STAMPS[self.stamp](at),)
        day = DAYS[self.day](at)
        if self.tail:
            return (day + TAILS[self.tail](at),)
        return (day, TIMES[self.time](at)) if self.time else (day,)

    @property
    def answers(self) -> dict[str, str]:
        """What the writer knows and a file may not tell."""
        order = "mdy" if self.day.startswith(("%m/", "%m.")) else "dmy"
        swapped = "swap" if self.day == "%Y-%d-%m" else "keep"
        return {"date_order": order, "point_order": order, "swapped_dates": swapped, "serial_base": "1900",
                "decimal": self.number[0], "hours": "clock"}  # fmt: skip


STYLES = (
    st.builds(
        Style,
        day=st.sampled_from(sorted(DAYS)),
        number=st.sampled_from(NUMBERS),
        delimiter=st.sampled_from(",;\t|"),
        encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        end=st.sampled_from(["\n", "\r\n"]),
    )
    | st.builds(
        Style,
        day=st.sampled_from(sorted(set(DAYS) - {"serial", "%Y-%j", "%G-W%V-%u"})),
        tail=st.sampled_from(sorted(TAILS)),
        number=st.sampled_from(NUMBERS),
        delimiter=st.sampled_from(",;\t|"),
    )
    | st.builds(
        Style,
        day=st.sampled_from(sorted(set(DAYS) - {"serial", "%Y-%j", "%G-W%V-%u"})),
        time=st.sampled_from(sorted(TIMES)),
        delimiter=st.sampled_from(",;\t|"),
    )
    | st.builds(Style, day=st.just(""), stamp=st.sampled_from(sorted(STAMPS)), delimiter=st.sampled_from(",;\t|"))
)

#: Seconds since 1970 have ten figures from then on.
FIRST = dt.datetime(2001, 9, 10)
ROWS = st.lists(
    st.tuples(
        st.datetimes(FIRST, dt.datetime(2026, 11, 1)).map(lambda at: at.replace(second=0, microsecond=0)),
        st.sampled_from(["Ulm", "Lyon", "Málaga"]),
        st.integers(-10_000_000, 10_000_000).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: (row[0].date(), row[1]),
)  # fmt: skip

Fact = tuple[dt.datetime, str, float]


def in_style(rows: list[Fact], style: Style) -> bytes:
    """The table as bytes."""
    lines = [["when", *(["at"] if style.time else []), "site", "wait"]]
    for at, site, value in rows:
        number = f"{value:,.2f}" if len(style.number) > 1 else f"{value:.2f}"
        number = number.translate({ord("."): style.number[0], ord(","): style.number[1:]})
        lines.append([*style.cells(at), site, number])
    quoted = [[f'"{cell}"' if style.delimiter in cell else cell for cell in line] for line in lines]
    return "".join(style.delimiter.join(line) + style.end for line in quoted).encode(style.encoding)


def loaded(folder: pytest.TempPathFactory, rows: list[Fact], style: Style) -> tuple[set[Fact], int]:
    """The facts that load, after the writer's answers, and how many questions there were."""
    columns = {"when": "date", "site": "site", **({"at": "time"} if style.time else {})}
    template = Template("any", columns, (Measured("wait", value="wait"),))
    path = written(folder.mktemp("any"), in_style(rows, style))
    answers: dict[str, str] = {}
    while True:
        try:
            sheet = read_file(path, template=template)
            batch = examine(sheet, template, DEFINITIONS, today=TODAY, answers=answers).batch
            break
        except NeedsAnswer as asked:
            new = {q.code: style.answers.get(q.code, "value") for q in asked.questions}
            assert not new.keys() & answers.keys(), f"asked twice: {asked}"
            answers |= new
    assert batch.tally.adds_up()
    assert not len(batch.rejects), batch.rejects[["code", "text"]].to_dict("records")
    found = readings(batch)
    facts = zip(found["observed_at"], found["site"], found["value"], strict=True)
    return {(at.to_pydatetime(), site, value) for at, site, value in facts}, len(answers)


def expected(rows: list[Fact], style: Style) -> set[Fact]:
    """The facts as the file states them: days, or minutes."""
    whole = style.tail or style.time or style.stamp
    return {(at if whole else dt.datetime.combine(at, dt.time()), site, value) for at, site, value in rows}


def _says_it(rows: list[Fact], style: Style) -> bool:
    """False where nothing in the cells hints at the way of writing: 2026-05-03 day before month, 7 for 00:07."""
    if style.day in ("%Y-%d-%m", "%m.%d.%Y"):
        return any(at.day > 12 for at, _, _ in rows)
    return style.time != "lost zeros" or any(at.hour for at, _, _ in rows)


@given(rows=ROWS, style=STYLES)
@settings(deadline=None, max_examples=cases(3, 1500), suppress_health_check=[HealthCheck.too_slow])
def test_whatever_the_style_it_comes_back_or_is_asked_about(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Fact], style: Style
) -> None:
    assume(_says_it(rows, style))
    try:
        found, _ = loaded(tmp_path_factory, rows, style)
    except IngestRefused as refused:
        assert refused.code in ("dates_not_understood", "times_not_understood"), refused
        assert style.day == "%Y-%d-%m" or style.time == "lost zeros", refused
        return
    assert found == expected(rows, style)
