"""Import templates: how the files of one source are read, kept as TOML beside the store."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opsmetrics.ingest import aliases
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.problems import LASTING, IngestRefused, column_of, listed, short_name
from opsmetrics.ingest.template_check import DURATION, IDENTIFIER, LISTS, ROWS, TemplateProblem, problems_of
from opsmetrics.ingest.template_events import EVENT_ROLES, EventRows, problems_of_events
from opsmetrics.measurements import counted

if TYPE_CHECKING:
    from opsmetrics.ingest.sheet import Sheet

#: What a column may hold besides a dimension: any other role is the key of one. Beside [events], EVENT_ROLES too.
ROLES = ("date", "ts", "time", "offset", "sample", "metric", "value", "numerator", "denominator", "comment", "ignore")


class TemplateError(ValueError):
    """A template that cannot be used: all its mistakes at once, each with key, found, wanted and mend."""

    def __init__(self, problems: Iterable[TemplateProblem], source: str = "template") -> None:
        self.problems = tuple(problems)
        lines = [f"{p.key}: {p.found}; wanted: {p.wanted}; {p.mend}." for p in self.problems]
        many = counted(len(lines), "{n} mistake", "{n} mistakes")
        super().__init__("\n".join([f"The import template ({source}) has {many}.", *lines]))


@dataclass(frozen=True)
class Measured:
    """Which columns of a record state one KPI: a value, or a numerator and (for proportions) a denominator.

    A numerator may be a column of yes and no, which counts the yes; `true` lists the words that count, where they are
    others. A column that is both numerator and denominator holds two counts in each cell. `ROWS` in place of a header
    counts the records, `DURATION` in place of a value's measures them in minutes. `values` are columns of readings of
    one record, numbered from 1; `rate` is a share of the denominator, in place of the numerator that follows.
    """

    key: str
    value: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    true: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    rate: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers of the columns used."""
        return tuple(s for s in (self.value, self.rate, self.numerator, self.denominator, *self.values) if s)

    @property
    def paired(self) -> bool:
        """True where one column holds both counts."""
        return self.numerator is not None and self.numerator == self.denominator


@dataclass(frozen=True)
class Template:
    """How the files of one source are read. Whatever is None is found out from the file, or asked."""

    name: str
    columns: Mapping[str, str]  # header → role
    kpis: tuple[Measured, ...] = ()
    header: tuple[str, ...] = ()  # all headers, by which a file is recognised
    time_zone: str | None = None  # of stamps without an offset; None: the KPI's calendar
    decimal: str | None = None
    thousands: str | None = None
    date_order: str | None = None  # dmy | mdy | ymd
    encoding: str | None = None
    delimiter: str | None = None
    covers: str | None = None  # day | week | month | quarter: a file covers whole ones
    # "samples": readings of one instant are numbered in file order; "add": counts of one key are added up
    repeats: str | None = None
    sample: str | None = None  # "rows": each record is a sample, numbered in the order of the file
    sheet: str | None = None  # of a workbook: the name of the sheet, or "all" for those of one header together
    date_parts: tuple[str, ...] = ()  # headers of year, month and perhaps day, in place of one column of dates
    events: EventRows | None = None
    answers: Mapping[str, str] = field(default_factory=dict)  # code of a question → choice that holds for every file
    aliases: aliases.Aliases = field(default_factory=dict)  # dimension → name as written → the known one that it means

    @classmethod
    def load(cls, source: str | Path) -> Template:
        """A template from TOML text, or from a file. Raises TemplateError with all mistakes at once."""
        text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
        where = source.name if isinstance(source, Path) else "text"
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            problem = TemplateProblem("TOML", str(error), "a valid TOML document", "mend the line named")
            raise TemplateError([problem], where) from None
        problems = problems_of(table, (*ROLES, *EVENT_ROLES) if "events" in table else ROLES)
        problems += problems_of_events(table)
        if problems:
            raise TemplateError(problems, where)
        return cls._from(table)

    @classmethod
    def _from(cls, table: Mapping[str, Any]) -> Template:
        apart = ("columns", "kpis", "header", "date_parts", "events")
        plain = {key: value for key, value in table.items() if key not in apart}
        return cls(
            columns=dict(table.get("columns", {})),
            kpis=tuple(
                Measured(**entry | {k: tuple(entry.get(k, ())) for k in LISTS}) for entry in table.get("kpis", [])
            ),
            header=tuple(table.get("header", ())),
            date_parts=tuple(table.get("date_parts", ())),
            events=EventRows.read(table["events"]) if "events" in table else None,
            **plain,
        )

    def dump(self) -> str:
        """The template as TOML; `Template.load` reads it back unchanged."""
        lines = [f"name = {_text(self.name)}"]
        if self.header:
            lines.append(f"header = [{', '.join(map(_text, self.header))}]")
        if self.date_parts:
            lines.append(f"date_parts = [{', '.join(map(_text, self.date_parts))}]")
        for key in OPTIONS:
            value = getattr(self, key)
            if value is not None:
                lines.append(f"{key} = {_text(value)}")
        lines += ["", "[columns]", *(f"{_text(header)} = {_text(role)}" for header, role in self.columns.items())]
        if self.answers:
            lines += ["", "[answers]", *(f"{_text(code)} = {_text(choice)}" for code, choice in self.answers.items())]
        for dimension, names in self.aliases.items():
            lines += ["", f"[aliases.{dimension if IDENTIFIER.fullmatch(dimension) else _text(dimension)}]"]
            lines += [f"{_text(written)} = {_text(known)}" for written, known in names.items()]
        for entry in self.kpis:
            lines += ["", "[[kpis]]"]
            fields = {"key": entry.key, "value": entry.value}
            fields |= {"numerator": entry.numerator, "denominator": entry.denominator, "rate": entry.rate}
            lines += [f"{key} = {_text(value)}" for key, value in fields.items() if value is not None]
            lines += [f"{key} = [{', '.join(map(_text, words))}]" for key in LISTS if (words := getattr(entry, key))]
        if self.events:
            lines += self.events.dump()
        return "\n".join(lines) + "\n"

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers that a file must have."""
        used = [header for header, role in self.columns.items() if role not in ("ignore", "comment")]
        used += self.date_parts
        for entry in self.kpis:
            used += [source for source in entry.sources if not self.counts_records(source) and not self.lasts(entry)]
        if self.events:
            used += self.events.sources
        return tuple(dict.fromkeys(used))

    def counts_records(self, source: str) -> bool:
        """True where a KPI's source is not a column but the records themselves (unless a column has that name)."""
        return source == ROWS and ROWS not in map(fold, (*self.header, *self.columns))

    def lasts(self, entry: Measured) -> bool:
        """True where a KPI's value is not a column but the minutes from a record's time to its end."""
        return entry.value == DURATION and DURATION not in map(fold, (*self.header, *self.columns))

    @property
    def timed(self) -> bool:
        """True where the records have a date or a stamp, False where they have a sample number only."""
        return bool(self.date_parts or self.column("date") or self.column("ts"))

    def column(self, role: str) -> str | None:
        """The header of the column with this role, or None."""
        return next((header for header, held in self.columns.items() if held == role), None)

    @property
    def dimensions(self) -> dict[str, str]:
        """Dimension key → header."""
        known = (*ROLES, *EVENT_ROLES) if self.events else ROLES
        return {role: header for header, role in self.columns.items() if role not in known}

    def remembering(self, answers: Mapping[str, str], header: Sequence[str] = ()) -> Template:
        """The same template with what a person answered about dates, numbers, names and the columns of a file with
        this header: it is not asked again."""
        order = answers.get("date_order", self.date_order or "").split(":", 1)[0]
        decimal = answers.get("decimal", self.decimal or "").split(":", 1)[0]
        sheet = answers.get("sheet", self.sheet or "")
        kept = {code: short_name(given) for code, given in answers.items() if code.partition(":")[0] in LASTING}
        told, named = {**self.answers, **kept}, aliases.together(self.aliases, aliases.answered(answers))
        moved = {
            name: header[place]
            for code, given in answers.items()
            if (name := _of_column(code)) and 0 <= (place := column_of(short_name(given))) < len(header)
        }
        plain = replace(self, answers=told, aliases=named)
        plain = plain.with_columns(moved, header) if moved else plain
        return replace(plain, date_order=order or None, decimal=decimal or None, sheet=sheet or None)

    def with_columns(self, moved: Mapping[str, str], header: Sequence[str]) -> Template:
        """The same template for files with this header, in which some columns have another name (old → new)."""
        called = {fold(old): new for old, new in moved.items()}

        def now(name: str) -> str:
            return called.get(fold(name), name)

        taken = {fold(new) for old, new in moved.items() if fold(old) != fold(new)}
        columns = {now(name): role for name, role in self.columns.items() if fold(name) not in taken - set(called)}
        kpis = [
            replace(
                entry,
                value=entry.value and now(entry.value),
                numerator=entry.numerator and now(entry.numerator),
                denominator=entry.denominator and now(entry.denominator),
            )
            for entry in self.kpis
        ]
        codes = {code: code.partition(":") for code in self.answers}
        return replace(
            self,
            columns=columns,
            kpis=tuple(kpis),
            header=tuple(header),
            date_parts=tuple(map(now, self.date_parts)),
            events=self.events and self.events.with_columns(now),
            answers={f"{kind}{colon}{now(name)}": self.answers[code] for code, (kind, colon, name) in codes.items()},
        )


OPTIONS = (
    *("time_zone", "decimal", "thousands", "date_order", "encoding", "delimiter"),
    *("covers", "repeats", "sample", "sheet"),
)


def fitting_templates(sheet: Sheet, templates: Iterable[Template]) -> list[Template]:
    """The templates whose header is the sheet's (any case and blanks); else those with the same set of headers."""
    found = [fold(name) for name in sheet.headers]
    named = [(t, [fold(name) for name in t.header or (*t.date_parts, *t.columns)]) for t in templates]
    return [t for t, header in named if header == found] or [t for t, header in named if set(header) == set(found)]


def choose_template(sheet: Sheet, templates: Iterable[Template]) -> Template | None:
    """The one of `fitting_templates`, None where there is none; mended rejects are read as their source was.

    Raises IngestRefused (`which_template`).
    """
    if sheet.mending is not None:
        return sheet.mending.template
    fitting = fitting_templates(sheet, templates)
    if len(fitting) > 1:
        names = listed(t.name for t in fitting)
        raise IngestRefused(
            "which_template", f"several templates fit this header ({names})", "one", "name the template"
        )
    return fitting[0] if fitting else None


def named_template(templates: Iterable[Template], name: str) -> Template | None:
    """The template of this name, in any case; None where there is none."""
    return next((kept for kept in templates if kept.name.casefold() == name.casefold()), None)


def _of_column(code: str) -> str:
    """The name in the code of an answer that says which column of a file is meant, "" of another answer."""
    kind, _, name = code.partition(":")
    return name if kind in ("renamed", "duplicate_header") else ""


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
