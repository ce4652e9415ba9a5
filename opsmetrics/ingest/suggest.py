"""A mapping proposed from the names of columns, with how sure it is: taken as it is only where nothing is open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import PurePath

from opsmetrics.catalog import Catalog, Dimension, Kpi, Stream
from opsmetrics.ingest.cells import fold, kind_of, tidy
from opsmetrics.ingest.date_forms import is_plain
from opsmetrics.ingest.guesses import CONTENT, EXACT, SIMILAR, SYNONYM, Guess
from opsmetrics.ingest.no_records import refuse_words
from opsmetrics.ingest.plain import read_together
from opsmetrics.ingest.plan import LONG, WITHOUT_DENOMINATOR, find_kpi, needed_parts
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.suggest_cells import pairs_in, rates_in, readings_in, shares_apart
from opsmetrics.ingest.suggest_events import event_roles, stream_for
from opsmetrics.ingest.suggest_time import time_roles
from opsmetrics.ingest.synonyms import DIMENSIONS, QUANTITIES, ROLES
from opsmetrics.ingest.template import Measured, Template
from opsmetrics.ingest.template_events import EventRows

#: Letters that two words must share to count as similar.
_ALIKE = 0.86
TIMES = ("date", "ts", "sample")
#: A unit at the end of a header: (min), [kg], %.
_UNIT = re.compile(r"\s*(?:[(\[][^()\[\]]{1,20}[)\]]|%)\s*$")


@dataclass(frozen=True)
class Suggestion:
    """A proposed mapping of a sheet. `missing` lists in words what no column gives."""

    name: str
    headers: tuple[str, ...]
    guesses: tuple[Guess, ...]
    kpis: tuple[Measured, ...]
    missing: tuple[str, ...]
    events: EventRows | None = None
    parts: tuple[str, ...] = ()  # headers that make one date, year first

    @property
    def unsure(self) -> tuple[Guess, ...]:
        """Guesses that a person should confirm."""
        return tuple(guess for guess in self.guesses if guess.role and guess.confidence < EXACT)

    @property
    def exact(self) -> bool:
        """True where every column needed was found by its own name."""
        return not self.missing and not self.unsure

    def draft(self) -> Template:
        """The proposal as a template, for a person to correct; it may be incomplete."""
        stated = {source for entry in self.kpis for source in entry.sources}
        kept = [g for g in self.guesses if g.role not in ("", "comment", "part") and g.header not in stated]
        long = any(guess.role == "metric" for guess in kept)
        columns = {g.header: g.role for g in kept if long or g.role not in LONG}
        told = Template(name=self.name, columns=columns, kpis=self.kpis, header=self.headers, events=self.events)
        return replace(told, date_parts=self.parts)

    def as_template(self) -> Template:
        """The template where the proposal is exact. Raises IngestRefused (`not_recognised`) with everything open."""
        if self.exact:
            return self.draft()
        open_points = [*self.missing, *(f"'{g.header}' looks like {g.role} ({g.why})" for g in self.unsure)]
        raise IngestRefused(
            "not_recognised",
            f"the columns {listed(self.headers)} do not say everything: {'; '.join(open_points)}",
            "columns named as the catalogue names them, or an import template",
            "confirm the mapping on the Upload page, or give a template",
        )


def suggest(sheet: Sheet, catalog: Catalog) -> Suggestion:
    """Propose what each column means from its name, and its cells where the name says nothing.

    Raises IngestRefused where no record says a number, a date, yes or no (`no_table`), or anything (`no_rows`).
    """
    refuse_words(sheet.head, sheet.rows)
    guesses = {header: _named(header, catalog) for header in sheet.headers}
    parts = _settle_time(sheet, guesses)
    long = _holds(guesses, "metric") and _holds(guesses, "value", "numerator")
    kpis = () if long else _stated(sheet.headers, catalog, guesses)
    if not long:
        kpis = shares_apart(sheet, catalog, guesses, kpis)
        kpis += pairs_in(sheet, catalog, guesses, kpis)
        kpis += readings_in(sheet, catalog, guesses, kpis)
        named = {**_other_words(sheet.headers, guesses), **{fold(header): header for header in sheet.headers}}
        kpis += rates_in(catalog, guesses, named, kpis)
    if not long and not kpis:
        kpis = _only_value(catalog, guesses)
    stream = None if long or kpis else _happened(sheet.headers, catalog, guesses)
    missing = _missing(sheet, catalog, guesses, kpis, stream if stream else long)
    stem, told = PurePath(sheet.name).stem or "file", tuple(guesses[header] for header in sheet.headers)
    events = EventRows(stream.key) if stream else None
    return Suggestion(stem, sheet.headers, told, kpis, tuple(missing), events, parts)


def _happened(headers: Sequence[str], catalog: Catalog, guesses: dict[str, Guess]) -> Stream | None:
    """The stream whose events the records are, where a column is called as its category; their roles are guessed."""
    by_word = {fold(header): header for header in headers}
    stream = stream_for(by_word, catalog)
    if stream is None:
        return None
    for header, (role, certain) in event_roles(by_word, stream).items():
        if guesses[header].confidence < EXACT or guesses[header].role in ("comment", *LONG):
            guesses[header] = Guess(header, role, EXACT if certain else SYNONYM, f"the events of {stream.name}")
    if not _holds(guesses, "category"):
        return None
    for header, guess in guesses.items():
        if guess.role in catalog.dimension_keys and guess.role not in stream.dimensions:
            guesses[header] = Guess(header, "", 0.0, "")
    return stream


def _holds(guesses: dict[str, Guess], *roles: str) -> bool:
    return any(guess.role in roles for guess in guesses.values())


def _named(header: str, catalog: Catalog) -> Guess:
    """The best reading of a header on its own."""
    word = fold(header)
    for dimension in catalog.dimensions:
        if word in (fold(dimension.key), fold(dimension.name)):
            return Guess(header, dimension.key, EXACT, "its name")
    for role, words in ROLES.items():
        if word in words:
            return Guess(header, role, EXACT, "its name")
    for dimension in catalog.dimensions:
        if any(word in words and _names(dimension) & set(words) for words in DIMENSIONS):
            return Guess(header, dimension.key, SYNONYM, "another word for it")
    for dimension in catalog.dimensions:
        if any(_similar(word, name) for name in _names(dimension)):
            return Guess(header, dimension.key, SIMILAR, "a similar name")
    return Guess(header, "", 0.0, "")


def _names(dimension: Dimension) -> set[str]:
    return {fold(dimension.key), fold(dimension.name)}


def _similar(a: str, b: str) -> bool:
    return SequenceMatcher(None, a, b).ratio() >= _ALIKE


def _settle_time(sheet: Sheet, guesses: dict[str, Guess]) -> tuple[str, ...]:
    """One column of time, by name if its cells agree, else the only column of dates, with what stands beside it; or the
    parts of a date, which are answered."""
    roles, parts = time_roles(sheet, {header: guess.role for header, guess in guesses.items()})
    for header, role in roles.items():
        guesses[header] = Guess(header, role, EXACT, "its name and its cells") if role else Guess(header, "", 0.0, "")
    kinds = {header: _kind(sheet, i) for i, header in enumerate(sheet.headers)}
    for header, guess in guesses.items():
        if guess.role in ("date", "ts") and kinds[header] == "text" and not _dates_together(sheet, header):
            guesses[header] = Guess(header, "", 0.0, "")
    if parts or any(guess.role in TIMES for guess in guesses.values()):
        return parts
    dated = [header for header, kind in kinds.items() if kind == "date" and not guesses[header].role]
    if len(dated) == 1:
        guesses[dated[0]] = Guess(dated[0], "date", CONTENT, "the only column of dates")
    return ()


def _dates_together(sheet: Sheet, header: str) -> bool:
    column = sheet.headers.index(header)
    cells = {tidy(row[column]) for row in sheet.rows if len(row) > column}
    return read_together([cell for cell in cells if kind_of(cell) != "empty"], is_plain)


def _kind(sheet: Sheet, column: int) -> str:
    found = Counter(kind_of(row[column]) for row in sheet.rows if len(row) > column)
    found.pop("empty", None)
    return found.most_common(1)[0][0] if found else "empty"


def _stated(headers: Sequence[str], catalog: Catalog, guesses: dict[str, Guess]) -> tuple[Measured, ...]:
    """KPIs whose counts or values have columns of their own."""
    by_word = {fold(header): header for header in headers}
    found = _entries(catalog, by_word)
    sure, why = EXACT, "its name"
    if not found:
        found = _entries(catalog, {**_other_words(headers, guesses), **by_word})
        sure, why = SYNONYM, "another word for it"
    for entry in found:
        for source in entry.sources:
            guesses[source] = Guess(source, entry.key, sure, why)
    return tuple(found)


def _entries(catalog: Catalog, by_word: dict[str, str]) -> list[Measured]:
    return [entry for kpi in catalog.kpis if (entry := _entry(kpi, by_word))]


def _other_words(headers: Sequence[str], guesses: dict[str, Guess]) -> dict[str, str]:
    """Other words for what a column counts → its header: without its unit, or in another language. A word that two
    columns mean stands for neither."""
    meant: dict[str, set[str]] = {}
    for header in headers:
        if guesses[header].role:
            continue
        bare = fold(_UNIT.sub("", header)) or fold(header)
        for words in ((bare,), *(group for group in QUANTITIES if bare in group)):
            for word in words:
                meant.setdefault(word, set()).add(header)
    return {word: next(iter(named)) for word, named in meant.items() if len(named) == 1}


def _entry(kpi: Kpi, by_word: dict[str, str]) -> Measured | None:
    if kpi.kind == "derived":
        return None
    if not kpi.counts:
        header = by_word.get(fold(kpi.key)) or by_word.get(fold(kpi.name))
        return Measured(kpi.key, value=header) if header else None
    part = _one(by_word, kpi.numerator, f"{kpi.key} numerator", f"{kpi.name} numerator")
    whole = _one(by_word, kpi.denominator, f"{kpi.key} denominator", f"{kpi.name} denominator")
    if kpi.kind in WITHOUT_DENOMINATOR and kpi.events is None:
        part = part or _one(by_word, kpi.key, kpi.name)
    needed = needed_parts(kpi)
    found = {"numerator": part if kpi.events is None else None, "denominator": whole}
    if not needed or not all(found[name] for name in needed):
        return None
    return Measured(kpi.key, numerator=found["numerator"], denominator=found["denominator"])


def _one(by_word: dict[str, str], *names: str | None) -> str | None:
    return next((by_word[fold(name)] for name in names if name and fold(name) in by_word), None)


def _only_value(catalog: Catalog, guesses: dict[str, Guess]) -> tuple[Measured, ...]:
    """A value or a pair of counts without a name is the catalogue's only KPI of that kind: to be confirmed."""
    at = {guess.role: header for header, guess in guesses.items() if guess.role in LONG}
    if "value" in at:
        fitting = [kpi for kpi in catalog.kpis if kpi.kind == "measured"]
        entry = Measured(fitting[0].key, value=at["value"]) if len(fitting) == 1 else None
    elif {"numerator", "denominator"} <= set(at):
        fitting = [kpi for kpi in catalog.kpis if kpi.counts and kpi.events is None]
        part, whole = at["numerator"], at["denominator"]
        entry = Measured(fitting[0].key, numerator=part, denominator=whole) if len(fitting) == 1 else None
    else:
        entry = None
    if entry is None:
        return ()
    for source in entry.sources:
        guesses[source] = Guess(source, entry.key, SIMILAR, "the only KPI of this kind")
    return (entry,)


def _missing(
    sheet: Sheet, catalog: Catalog, guesses: dict[str, Guess], kpis: Iterable[Measured], other: bool | Stream
) -> list[str]:
    """What no column gives. `other`: True for a long file, or the stream whose events the records are."""
    times = [header for header, guess in guesses.items() if guess.role in TIMES]
    missing = []
    parted = any(guess.role == "part" for guess in guesses.values())
    if not times and not parted:
        missing.append("no column of dates, stamps or sample numbers")
    elif len(times) > 1:
        missing.append(f"several columns of time ({listed(times)})")
    if sheet.head.line is None:
        missing.append("no header row")
    meant: list[Kpi | Stream] = [catalog[entry.key] for entry in kpis]
    if other:
        meant = [other] if isinstance(other, Stream) else [*_metrics(sheet, catalog, guesses)]
    if not meant:
        missing.append("no column named like a KPI, its counts, or a metric and its value")
    held = Counter(guess.role for guess in guesses.values() if guess.role)
    for dimension in catalog.dimensions:
        used = [kpi.name for kpi in meant if dimension.key in _needed(kpi)]
        if used and not held[dimension.key]:
            missing.append(f"no column for {dimension.name}, by which {listed(used)} is told apart")
        if used and held[dimension.key] > 1:
            missing.append(f"several columns for {dimension.name}")
    return missing


def _needed(kpi: Kpi | Stream) -> tuple[str, ...]:
    """The dimensions that a column must give: events may lack all but who reported them."""
    if isinstance(kpi, Stream):
        return (kpi.reported_by,) if kpi.reported_by else ()
    return kpi.dimensions


def _metrics(sheet: Sheet, catalog: Catalog, guesses: dict[str, Guess]) -> list[Kpi]:
    """The KPIs that the first records of a long file name."""
    column = next(i for i, header in enumerate(sheet.headers) if guesses[header].role == "metric")
    found = {fold(row[column]): find_kpi(catalog, row[column]) for row in sheet.rows if len(row) > column}
    return [kpi for kpi in found.values() if kpi is not None]
