"""The mistakes of an import template, all at once."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opsmetrics.ingest.aliases import unsound
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.problems import LASTING

CHOICES: dict[str, tuple[str, ...]] = {
    "decimal": (".", ","),
    "thousands": (",", ".", " ", "'", "_"),
    "date_order": ("dmy", "mdy", "ymd"),
    "covers": ("day", "week", "month", "quarter"),
    "repeats": ("samples", "add"),
    "sample": ("rows",),
}
TEXTS = ("name", "time_zone", "encoding", "delimiter", "sheet", *CHOICES)
KNOWN = (*TEXTS, "header", "date_parts", "columns", "kpis", "events", "answers", "aliases")
#: In place of a numerator's (or denominator's) header: each record counts one.
ROWS = "rows"
#: In place of a value's header: the minutes from the time of the record to its end.
DURATION = "duration"
#: What a KPI's entry states as a list of texts, with an example.
LISTS = {"true": '["yes"]', "values": '["x1", "x2"]'}
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class TemplateProblem:
    """One mistake: where, what was found, what was wanted, what to do."""

    key: str
    found: str
    wanted: str
    mend: str


def problems_of(table: Mapping[str, Any], roles: Sequence[str]) -> list[TemplateProblem]:
    """Every mistake of a parsed template."""
    found = [*_texts(table), *_choices(table), *_names(table)]
    header, columns, kpis = table.get("header", []), table.get("columns", {}), table.get("kpis", [])
    if not isinstance(header, list) or not all(isinstance(name, str) for name in header):
        found.append(TemplateProblem("header", repr(header)[:60], "a list of texts", "write the headers in brackets"))
        header = []
    if not isinstance(columns, dict) or not all(isinstance(role, str) for role in columns.values()):
        wanted = "a table of header = role, both texts"
        return [*found, TemplateProblem("columns", repr(columns)[:60], wanted, 'write for example "Datum" = "date"')]
    if not isinstance(kpis, list) or not all(isinstance(entry, dict) for entry in kpis):
        mend = "write one [[kpis]] table for each KPI"
        return [*found, TemplateProblem("kpis", repr(kpis)[:60], "a list of tables", mend)]
    found += _answers(table.get("answers", {}))
    found += [TemplateProblem(*mistake) for mistake in unsound(table.get("aliases", {}))]
    parts = table.get("date_parts", [])
    if not isinstance(parts, list) or len(parts) not in (0, 2, 3) or not all(isinstance(p, str) and p for p in parts):
        mend = 'write for example date_parts = ["year", "month"]'
        found.append(
            TemplateProblem("date_parts", repr(parts)[:60], "the headers of year, month and perhaps day", mend)
        )
        parts = []
    numbered = "sample" in table
    found += [
        *_columns(columns, roles),
        *_entries(kpis),
        *_shape(columns, kpis, parts, "events" in table, numbered, table.get("repeats")),
    ]
    return [*found, *_header(header, [*columns, *parts], kpis)]


def _texts(table: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    if not table.get("name"):
        yield TemplateProblem("name", "nothing", "a name", "add a line name = …")
    for key, value in table.items():
        if key not in KNOWN:
            yield TemplateProblem(key, "an unknown key", f"one of {', '.join(KNOWN)}", "correct or remove it")
        elif key in TEXTS and not isinstance(value, str):
            yield TemplateProblem(key, repr(value)[:60], "a text", "put it in quotation marks")


def _answers(answers: object) -> Iterator[TemplateProblem]:
    """What is wrong with the answers that hold for every file."""
    if not isinstance(answers, dict) or not all(isinstance(choice, str) for choice in answers.values()):
        wanted, mend = "a table of question = choice, both texts", 'write for example "unit:Downtime" = "min"'
        yield TemplateProblem("answers", repr(answers)[:60], wanted, mend)
        return
    for code in answers:
        if code.partition(":")[0] not in LASTING:
            mend = "correct or remove it"
            yield TemplateProblem(f"answers.{code}", "no question", f"one of {', '.join(LASTING)}", mend)


def _choices(table: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    for key, allowed in CHOICES.items():
        value = table.get(key)
        if isinstance(value, str) and value not in allowed:
            yield TemplateProblem(key, f"'{value}'", f"one of {allowed}", "choose one of these, or leave it out")
    mark = table.get("decimal")
    if mark and mark == table.get("thousands"):
        mend = "leave one of them out"
        yield TemplateProblem("thousands", f"'{mark}', which is the decimal mark too", "two different marks", mend)


def _names(table: Mapping[str, Any]) -> Iterator[TemplateProblem]:
    zone, encoding, delimiter = (table.get(key) for key in ("time_zone", "encoding", "delimiter"))
    if isinstance(zone, str) and not _is_zone(zone):
        yield TemplateProblem("time_zone", f"'{zone}'", "a zone such as Europe/Berlin", "correct its name")
    if isinstance(encoding, str) and not _is_encoding(encoding):
        yield TemplateProblem("encoding", f"'{encoding}'", "an encoding such as utf-8 or cp1252", "correct its name")
    if isinstance(delimiter, str) and (len(delimiter) != 1 or delimiter in "\"'\r\n" or ord(delimiter) in range(0, 9)):
        yield TemplateProblem("delimiter", repr(delimiter), "one character, no quotation mark", "write it alone")


def _columns(columns: Mapping[str, str], roles: Sequence[str]) -> Iterator[TemplateProblem]:
    for header, role in columns.items():
        if role not in roles and not IDENTIFIER.fullmatch(role):
            wanted = f"one of {', '.join(roles)}, or a dimension's key"
            yield TemplateProblem(f"columns.{header}", f"'{role}'", wanted, "correct the role")
    held = Counter(role for role in columns.values() if role not in ("ignore", "comment"))
    for role, count in held.items():
        if count > 1:
            yield TemplateProblem(
                "columns", f"{count} columns with the role '{role}'", "one", "set the others to ignore"
            )
    same = Counter(fold(header) for header in columns)
    for name in (name for name, count in same.items() if count > 1):
        mend = "name a second one '… (2)'"
        yield TemplateProblem("columns", f"'{name}' twice (case and blanks do not count)", "each header once", mend)


def _entries(kpis: Sequence[Mapping[str, Any]]) -> Iterator[TemplateProblem]:
    for number, entry in enumerate(kpis, start=1):
        where = f"kpis[{number}]"
        for key, value in entry.items():
            if key in LISTS:
                words = value if isinstance(value, list) else []
                if not words or not all(isinstance(word, str) and word for word in words):
                    mend = f"write for example {key} = {LISTS[key]}"
                    yield TemplateProblem(f"{where}.{key}", repr(value)[:60], "a list of texts", mend)
                elif key == "values" and (len(words) < 2 or len(set(map(fold, words))) < len(words)):
                    wanted = "at least two columns, each once"
                    yield TemplateProblem(f"{where}.values", repr(value)[:60], wanted, "name one column as value")
            elif key not in ("key", "value", "numerator", "denominator", "rate"):
                mend = "correct or remove it"
                wanted = "key, value, values, rate, numerator, denominator or true"
                yield TemplateProblem(f"{where}.{key}", "an unknown key", wanted, mend)
            elif not isinstance(value, str) or not value:
                yield TemplateProblem(
                    f"{where}.{key}", repr(value)[:60], "a text", "write the header in quotation marks"
                )
        if not entry.get("key"):
            yield TemplateProblem(where, "no key", "the key of a KPI", "add key = …")
        if ("value" in entry) + ("values" in entry) + bool({"numerator", "denominator", "rate"} & set(entry)) != 1:
            wanted = "either value, or values, or numerator (with denominator; alone only where events give it)"
            yield TemplateProblem(where, f"columns {sorted(set(entry) - {'key'})}", wanted, "name the columns it needs")
        if "rate" in entry and ("numerator" in entry or entry.get("denominator") in (None, ROWS, entry["rate"])):
            wanted = "a column of shares and one of their denominators, and no numerator"
            yield TemplateProblem(f"{where}.rate", "no share of a denominator", wanted, "name both columns")
        if "true" in entry and "numerator" not in entry:
            yield TemplateProblem(f"{where}.true", "no numerator", "true beside a numerator", "remove it")
        elif "true" in entry and entry["numerator"] == entry.get("denominator"):
            wanted = "a column of yes and no, which holds no denominator"
            yield TemplateProblem(f"{where}.true", "one column for both counts", wanted, "remove it")
    for key, count in Counter(str(entry.get("key")) for entry in kpis).items():
        if count > 1:
            yield TemplateProblem("kpis", f"'{key}' {count} times", "each KPI once", "remove the others")


def _shape(
    columns: Mapping[str, str],
    kpis: Sequence[Mapping[str, Any]],
    parts: Sequence[str],
    events: bool,
    numbered: bool,
    repeats: object,
) -> Iterator[TemplateProblem]:
    held = set(columns.values())
    times = held & {"date", "ts"} | ({"date_parts"} if parts else set())
    if held & {"time", "offset"} and not times:
        wanted = "a column of dates or stamps beside it"
        yield TemplateProblem(
            "columns", "a time of day or an offset alone", wanted, "give a column the role date or ts"
        )
    if len(times) > 1:
        yield TemplateProblem("columns", "a date and a ts column", "one column of time", "set the other to ignore")
    if numbered and (times or "sample" in held or not kpis):
        wanted = "records of [[kpis]] without a column of time or sample numbers"
        yield TemplateProblem("sample", "records to be numbered in their order", wanted, "leave sample = out")
    if any("values" in entry for entry in kpis) and (repeats == "samples" or (times and "sample" in held)):
        wanted = "readings numbered by their columns only"
        yield TemplateProblem("kpis", "readings in several columns, numbered otherwise too", wanted, "choose one")
    if not times and "sample" not in held and not numbered:
        yield TemplateProblem("columns", "no column of time", "a date, ts or sample column", "give one this role")
    numbers = held & {"value", "numerator", "denominator"}
    if "metric" in held:
        if kpis:
            yield TemplateProblem("kpis", "a metric column as well", "one of the two", "remove the one not meant")
        if not numbers & {"value", "numerator"}:
            yield TemplateProblem("columns", "a metric without number", "a value or numerator column", "name it")
    elif not kpis and not events:
        wanted = "a metric column, or [[kpis]] entries"
        yield TemplateProblem("kpis", "nothing that says which KPI is meant", wanted, "add one [[kpis]] table for each")
    elif numbers and kpis:
        wanted = "these roles only beside a metric column"
        yield TemplateProblem("columns", f"roles {sorted(numbers)}", wanted, "name these columns in [[kpis]] instead")


def _header(
    header: Sequence[str], columns: Sequence[str], kpis: Sequence[Mapping[str, Any]]
) -> Iterator[TemplateProblem]:
    if not header:
        return
    known = {fold(name) for name in header}
    named = [str(entry[k]) for entry in kpis for k in ("value", "numerator", "denominator", "rate") if k in entry]
    listed = [entry["values"] for entry in kpis if isinstance(entry.get("values"), list)]
    named += [name for names in listed for name in names if isinstance(name, str)]
    named = [*columns, *(name for name in named if name not in (ROWS, DURATION))]
    for name in dict.fromkeys(named):
        if fold(name) not in known:
            yield TemplateProblem(f"columns.{name}", "a column that header does not list", "a listed header", "add it")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return True
