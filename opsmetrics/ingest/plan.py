"""From an import template and the catalogue to the layout of a file: where KPIs are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest import aliases, faults
from opsmetrics.ingest.apart import telling_column
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.event_plan import EventPlan, event_plan, number_headers, text_headers
from opsmetrics.ingest.faults import Fault
from opsmetrics.ingest.layout import METRIC, Layout, Meaning, Measure
from opsmetrics.ingest.matching import locate
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.template import Measured, Template
from opsmetrics.ingest.template_check import ROWS
from opsmetrics.measurements import Notice

#: Number roles of long files.
LONG = ("value", "numerator", "denominator")
#: What the two counts of one cell are.
PARTS = ("numerator", "denominator")
#: Kinds whose counts need no denominator.
WITHOUT_DENOMINATOR = ("count", "rare")


def layout_of(
    sheet: Sheet, template: Template, catalog: Catalog, answers: Mapping[str, str], last: Sequence[str] = ()
) -> tuple[Layout, tuple[Notice, ...]]:
    """The roles of the sheet's columns, and what changed in them (since the `last` header of the source).

    Raises IngestRefused (`template_kpis`, `template_events`, `unknown_stream`, `unknown_dimension`,
    `missing_dimension`, `missing_column`, `no_header`, `several_zones`), NeedsAnswer (as `locate`).
    """
    _refuse_unknown_dimensions(template, catalog)
    kpis, events = _template_kpis(template, catalog), event_plan(template, catalog)
    template = _taking_columns(template, sheet)
    said = aliases.answered(answers)
    aliases.refuse_other_dimensions(said, template.dimensions)
    located = locate(sheet, template.sources, answers, template.header, last)
    at = located.positions
    wide = bool(kpis or events)
    texts = {key: at[header] for key, header in template.dimensions.items() if not wide or _used(key, kpis, events)}
    time = (*template.date_parts, template.column("date") or template.column("ts"))[0]
    sample, end = template.column("sample"), template.column("end")
    beside = at[time or sample or template.sources[0]]
    numbers, flags, records = _numbers(template, at, beside)
    if events:
        texts |= {role: at[header] for role, header in text_headers(events, template).items()}
        numbers |= {header: at[header] for header in number_headers(events)}
    if metric := template.column("metric"):
        texts[METRIC] = at[metric]
        numbers = {role: at[header] for role in LONG if (header := template.column(role))}
    layout = Layout(
        meaning=_wide(template, kpis, events) if wide else _Long(template, catalog),
        texts=texts,
        numbers=numbers,
        time=at[time] if time else None,
        point=beside if not time else None,
        in_order=template.sample == "rows",
        reading=at[sample] if sample and time else None,
        decimal=template.decimal,
        thousands=template.thousands,
        date_order=template.date_order,
        year_start=_year_start(kpis, events, catalog),
        end=at[end] if end and events else None,
        clock=at[clock] if (clock := template.column("time")) and time else None,
        offset=at[offset] if (offset := template.column("offset")) and time else None,
        parts=tuple(at[header] for header in template.date_parts),
        flags=flags,
        records=records,
        pairs={
            role: part
            for entry in template.kpis
            for part, role in enumerate(_roles(entry, template), start=1)
            if entry.paired and role not in records
        },
        adds=template.repeats == "add",
        lasting=frozenset(entry.value for entry in template.kpis if entry.value and template.lasts(entry)),
        events=events,
        aliases=aliases.together(template.aliases, said),
    )
    alone = events is None and template.repeats is None and layout.time is not None
    apart = telling_column(sheet.headers, layout.columns) if alone else None
    return replace(layout, apart=apart), located.notices


def _year_start(kpis: Sequence[Kpi], events: EventPlan | None, catalog: Catalog) -> tuple[int, int] | None:
    """The month and day on which years of business begin in the calendars of what the file states; None where they do
    not agree, or begin with the calendar year: then nobody has said it."""
    calendars = [kpi.calendar for kpi in kpis] + ([events.stream.calendar] if events else [])
    starts = {calendar.fiscal_year_start for calendar in calendars or [kpi.calendar for kpi in catalog.kpis]}
    return next(iter(starts)) if len(starts) == 1 and starts != {(1, 1)} else None


def _refuse_unknown_dimensions(template: Template, catalog: Catalog) -> None:
    unknown = [key for key in template.dimensions if key not in catalog.dimension_keys]
    if unknown:
        raise IngestRefused(
            "unknown_dimension",
            f"the template '{template.name}' has columns for {listed(unknown)}",
            f"a role or a dimension of the catalogue ({listed(catalog.dimension_keys) or 'it has none'})",
            "set the column to ignore, or add the dimension to the catalogue",
        )


def _used(key: str, kpis: Iterable[Kpi], events: EventPlan | None) -> bool:
    return any(key in kpi.dimensions for kpi in kpis) or (events is not None and key in events.dimensions)


def _taking_columns(template: Template, sheet: Sheet) -> Template:
    """A file that has a column called as the word for its records means that column."""
    named = ROWS in map(fold, sheet.headers) and any(ROWS in entry.sources for entry in template.kpis)
    return replace(template, header=sheet.headers) if named and not template.header else template


def _roles(entry: Measured, template: Template) -> dict[str, str]:
    """The number roles of a KPI → their headers: one column may be counted by several words, or hold both counts."""
    if entry.paired and not template.counts_records(entry.sources[0]):
        return {f"{source} ({part})": source for part, source in zip(PARTS, entry.sources, strict=True)}
    if entry.rate and entry.denominator:  # another KPI may read the share as a value
        return {f"{entry.rate} (numerator)": entry.rate, entry.denominator: entry.denominator}
    flagged = {entry.numerator: f"{entry.numerator} = {'|'.join(entry.true)}"} if entry.true else {}
    return {flagged.get(source, source): source for source in entry.sources}


def _numbers(
    template: Template, at: Mapping[str, int], beside: int
) -> tuple[dict[str, int], dict[str, tuple[str, ...]], frozenset[str]]:
    """Number role → column; the roles that may be yes or no, with their words; those that count the records."""
    numbers: dict[str, int] = {}
    flags: dict[str, tuple[str, ...]] = {}
    records: set[str] = set()
    for entry in template.kpis:
        for role, source in _roles(entry, template).items():
            if template.lasts(entry) or template.counts_records(source):
                records.add(role)
                numbers[role] = beside
            else:
                numbers[role] = at[source]
                if source == entry.numerator and not entry.paired:
                    flags[role] = entry.true
    return numbers, flags, frozenset(records)


def _template_kpis(template: Template, catalog: Catalog) -> list[Kpi]:
    """The KPIs that the template's columns state. Raises IngestRefused with everything that does not fit."""
    problems = []
    for entry in template.kpis:
        problems += [f"'{entry.key}' {problem}" for problem in _misfit(entry, template, catalog)]
    if problems:
        raise IngestRefused(
            "template_kpis",
            f"the template '{template.name}' does not fit the catalogue ({'; '.join(problems)})",
            "columns for what each KPI is made of",
            "correct the template or the catalogue",
        )
    return [catalog[entry.key] for entry in template.kpis]


def _misfit(entry: Measured, template: Template, catalog: Catalog) -> list[str]:
    if entry.key not in catalog:
        return ["is not in it"]
    kpi = catalog[entry.key]
    problems = list(_wrong_parts(entry, kpi, template))
    missing = [key for key in kpi.dimensions if key not in template.dimensions]
    if missing:
        problems.append(f"is told apart by {listed(missing)}, which no column gives")
    if (kpi.operate == "sample") == template.timed:
        problems.append("is recorded by sample number" if kpi.operate == "sample" else "is recorded by date")
    return problems


def _wrong_parts(entry: Measured, kpi: Kpi, template: Template) -> Iterator[str]:
    """What the entry names too much or too little."""
    needed = needed_parts(kpi)
    if not needed:
        yield "follows from other KPIs" if kpi.kind == "derived" else f"follows from the events of {_fed_by(kpi)}"
    elif needed == ("value",) and not (entry.value or entry.values):
        yield "is measured and needs a value"
    elif entry.rate and kpi.kind != "proportion":
        yield "is no proportion, and its numerator does not follow from a rate"
    elif "numerator" in needed and not (entry.numerator or entry.rate):
        yield "is counted and needs a numerator"
    elif "denominator" in needed and not entry.denominator:
        yield "needs a denominator"
    if kpi.events is not None and (entry.numerator or entry.rate):
        yield f"takes its numerator from the events of {_fed_by(kpi)}, not from a column"
    if template.lasts(entry) and (template.events is None or template.column("end") is None):
        yield "takes its value from the time to the end of events, and no column has the role end beside [events]"
    if template.repeats == "add" and not kpi.counts and not template.lasts(entry):
        yield 'has readings, which cannot be added up (repeats = "samples" keeps each of them)'


def _fed_by(kpi: Kpi) -> str:
    return f"'{kpi.events.stream}'" if kpi.events else ""


def needed_parts(kpi: Kpi) -> tuple[str, ...]:
    """What a record must state of a KPI: a value, or the counts that no event gives; () where it states nothing."""
    if kpi.kind == "derived":
        return ()
    if not kpi.counts:
        return ("value",)
    whole = () if kpi.kind in WITHOUT_DENOMINATOR else ("denominator",)
    if kpi.events is None:
        return ("numerator", *whole)
    return () if kpi.events.role == "downtime" else whole


def measure_of(
    kpi: Kpi, columns: tuple[str, ...], repeats: str | None, metrics: tuple[str, ...] | None = None
) -> Measure:
    """A KPI as the quantity that a record states; `repeats` as in the template."""
    # bounds and unit of a share within a limit are not its readings'
    low, high = (None, None) if kpi.counts or kpi.share else kpi.bounds
    return Measure(
        key=kpi.key,
        columns=columns,
        keyed_by=kpi.dimensions,
        metrics=metrics,
        counted=kpi.counts,
        share=kpi.kind == "proportion" and len(columns) == 2,
        low=low,
        high=high,
        numbered=repeats == "samples" and not kpi.counts,
        added=repeats == "add" and kpi.counts,
        fed=kpi.events is not None,
        signed=kpi.kind == "ratio" and kpi.lower_bound is not None and kpi.lower_bound < 0,
        unit=kpi.unit if len(columns) == 1 and (kpi.kind == "count" or not kpi.counts) and not kpi.share else "",
        multiplier=kpi.multiplier,
        percent=kpi.multiplier if "%" in kpi.unit else 100.0,
    )


class _Constant:
    """The meaning of a file whose columns state the same KPIs in every record."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def __call__(self, metrics: Sequence[str]) -> Meaning:
        return self._meaning


def _wide(template: Template, kpis: Sequence[Kpi], events: EventPlan | None) -> _Constant:
    pairs = zip(template.kpis, kpis, strict=True)
    measures = tuple(measure for entry, kpi in pairs for measure in _measures(entry, kpi, template))
    zones = {kpi.calendar.time_zone for kpi in kpis if kpi.operate != "sample"}
    zones |= {events.stream.calendar.time_zone} if events else set()
    return _Constant(_meaning(template, measures, {}, zones))


def _measures(entry: Measured, kpi: Kpi, template: Template) -> list[Measure]:
    """A KPI as stated by a record; readings in columns of their own are a quantity each, of one number."""
    repeats = "samples" if template.lasts(entry) else template.repeats
    if entry.values:
        return [replace(measure_of(kpi, (role,), None), reading=n) for n, role in enumerate(entry.values, start=1)]
    measure = measure_of(kpi, tuple(_roles(entry, template)), repeats)
    return [replace(measure, rate=True, percent=100.0) if entry.rate else measure]


class _Long:
    """The meaning of a file whose metric column names a KPI in every record."""

    def __init__(self, template: Template, catalog: Catalog) -> None:
        self._template = template
        self._catalog = catalog

    def __call__(self, metrics: Sequence[str]) -> Meaning:
        meant: dict[str, list[str]] = {}
        refused: dict[str, Fault] = {}
        for text in metrics:
            kpi = find_kpi(self._catalog, text)
            unnamed = faults.UNKNOWN_METRIC if text else faults.EMPTY_KEY
            fault = unnamed if kpi is None else self._fault(kpi)
            if fault:
                refused[text] = fault
            elif kpi:
                meant.setdefault(kpi.key, []).append(text)
        kpis = [self._catalog[key] for key in meant]
        repeats = self._template.repeats
        measures = tuple(measure_of(kpi, self._columns(kpi), repeats, tuple(meant[kpi.key])) for kpi in kpis)
        zones = {kpi.calendar.time_zone for kpi in kpis if kpi.operate != "sample"}
        return _meaning(self._template, measures, refused, zones)

    def _columns(self, kpi: Kpi) -> tuple[str, ...]:
        if kpi.kind == "rare" and kpi.events is None and self._template.column("denominator"):
            return ("numerator", "denominator")
        return needed_parts(kpi)

    def _fault(self, kpi: Kpi) -> Fault | None:
        """Why this file cannot state this KPI."""
        template, given = self._template, {role for role in LONG if self._template.column(role)}
        needed = needed_parts(kpi)
        if not needed:
            return faults.NOT_RECORDED
        if not set(needed) <= given:
            return faults.NEEDS_COUNTS if kpi.counts else faults.NEEDS_VALUE
        if not set(kpi.dimensions) <= set(template.dimensions):
            return faults.NEEDS_DIMENSION
        return faults.NEEDS_TIME if (kpi.operate == "sample") == template.timed else None


def find_kpi(catalog: Catalog, text: str) -> Kpi | None:
    """The one KPI with this key or name (any case and blanks), None where there is none or more than one."""
    wanted = fold(text)
    by_key = [kpi for kpi in catalog.kpis if fold(kpi.key) == wanted]
    found = by_key or [kpi for kpi in catalog.kpis if fold(kpi.name) == wanted]
    return found[0] if len(found) == 1 else None


def _meaning(
    template: Template, measures: tuple[Measure, ...], refused: Mapping[str, Fault], zones: set[str]
) -> Meaning:
    if len(zones) > 1:
        raise IngestRefused(
            "several_zones",
            f"KPIs (or events) of several time zones in one file ({listed(sorted(zones))})",
            "one time zone",
            "load what belongs to each zone from a file of its own",
        )
    day_zone = next(iter(zones), None)
    return Meaning(measures, refused, template.time_zone or day_zone, day_zone)
