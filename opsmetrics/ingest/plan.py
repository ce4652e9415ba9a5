"""From an import template and the catalogue to the layout of a file: where KPIs are looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest import faults
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.faults import Fault
from opsmetrics.ingest.layout import METRIC, Layout, Meaning, Measure
from opsmetrics.ingest.matching import locate
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.template import Measured, Template
from opsmetrics.measurements import Notice

#: Number roles of long files.
LONG = ("value", "numerator", "denominator")
#: Kinds whose counts need no denominator.
WITHOUT_DENOMINATOR = ("count", "rare")


def layout_of(
    sheet: Sheet, template: Template, catalog: Catalog, answers: Mapping[str, str]
) -> tuple[Layout, tuple[Notice, ...]]:
    """The roles of the sheet's columns, and what changed in them.

    Raises IngestRefused (`template_kpis`, `unknown_dimension`, `missing_dimension`, `missing_column`, `no_header`,
    `several_zones`), NeedsAnswer (as `locate`).
    """
    unknown = [key for key in template.dimensions if key not in catalog.dimension_keys]
    if unknown:
        raise IngestRefused(
            "unknown_dimension",
            f"the template '{template.name}' has columns for {listed(unknown)}",
            f"a role or a dimension of the catalogue ({listed(catalog.dimension_keys) or 'it has none'})",
            "set the column to ignore, or add the dimension to the catalogue",
        )
    kpis = _template_kpis(template, catalog)
    located = locate(sheet, template.sources, answers, template.header)
    at = located.positions
    texts = {key: at[header] for key, header in template.dimensions.items() if not kpis or _used(key, kpis)}
    numbers = {header: at[header] for entry in template.kpis for header in entry.sources}
    if metric := template.column("metric"):
        texts[METRIC] = at[metric]
        numbers = {role: at[header] for role in LONG if (header := template.column(role))}
    time = template.column("date") or template.column("ts")
    sample = template.column("sample")
    layout = Layout(
        meaning=_wide(template, kpis) if kpis else _Long(template, catalog),
        texts=texts,
        numbers=numbers,
        time=at[time] if time else None,
        point=at[sample] if sample and not time else None,
        reading=at[sample] if sample and time else None,
        decimal=template.decimal,
        thousands=template.thousands,
        date_order=template.date_order,
    )
    return layout, located.notices


def _used(key: str, kpis: Iterable[Kpi]) -> bool:
    return any(key in kpi.dimensions for kpi in kpis)


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
    problems = []
    if kpi.counts and not entry.numerator:
        problems.append("is counted and needs a numerator")
    elif kpi.counts and not entry.denominator and kpi.kind not in WITHOUT_DENOMINATOR:
        problems.append("needs a denominator")
    elif not kpi.counts and not entry.value:
        problems.append("is measured and needs a value")
    missing = [key for key in kpi.dimensions if key not in template.dimensions]
    if missing:
        problems.append(f"is told apart by {listed(missing)}, which no column gives")
    if (kpi.operate == "sample") != (template.column("date") is None and template.column("ts") is None):
        problems.append("is recorded by sample number" if kpi.operate == "sample" else "is recorded by date")
    return problems


def measure_of(kpi: Kpi, columns: tuple[str, ...], numbered: bool, metrics: tuple[str, ...] | None = None) -> Measure:
    """A KPI as the quantity that a record states."""
    low, high = (None, None) if kpi.counts else kpi.bounds
    return Measure(
        key=kpi.key,
        columns=columns,
        keyed_by=kpi.dimensions,
        metrics=metrics,
        counted=kpi.counts,
        share=kpi.kind == "proportion",
        low=low,
        high=high,
        numbered=numbered and not kpi.counts,
        percent=kpi.multiplier if "%" in kpi.unit else 100.0,
    )


class _Constant:
    """The meaning of a file whose columns state the same KPIs in every record."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def __call__(self, metrics: Sequence[str]) -> Meaning:
        return self._meaning


def _wide(template: Template, kpis: Sequence[Kpi]) -> _Constant:
    numbered = template.repeats == "samples"
    pairs = zip(template.kpis, kpis, strict=True)
    measures = tuple(measure_of(kpi, entry.sources, numbered) for entry, kpi in pairs)
    return _Constant(_meaning(template, measures, {}, kpis))


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
            fault = faults.UNKNOWN_METRIC if kpi is None else self._fault(kpi)
            if fault:
                refused[text] = fault
            elif kpi:
                meant.setdefault(kpi.key, []).append(text)
        kpis = [self._catalog[key] for key in meant]
        numbered = self._template.repeats == "samples"
        measures = tuple(measure_of(kpi, self._columns(kpi), numbered, tuple(meant[kpi.key])) for kpi in kpis)
        return _meaning(self._template, measures, refused, kpis)

    def _columns(self, kpi: Kpi) -> tuple[str, ...]:
        if not kpi.counts:
            return ("value",)
        return tuple(role for role in ("numerator", "denominator") if self._template.column(role))

    def _fault(self, kpi: Kpi) -> Fault | None:
        """Why this file cannot state this KPI."""
        template, given = self._template, {role for role in LONG if self._template.column(role)}
        needed = {"numerator"} if kpi.kind in WITHOUT_DENOMINATOR else {"numerator", "denominator"}
        if kpi.counts and not needed <= given:
            return faults.NEEDS_COUNTS
        if not kpi.counts and "value" not in given:
            return faults.NEEDS_VALUE
        if not set(kpi.dimensions) <= set(template.dimensions):
            return faults.NEEDS_DIMENSION
        timed = bool(template.column("date") or template.column("ts"))
        return faults.NEEDS_TIME if (kpi.operate == "sample") == timed else None


def find_kpi(catalog: Catalog, text: str) -> Kpi | None:
    """The one KPI with this key or name (any case and blanks), None where there is none or more than one."""
    wanted = fold(text)
    by_key = [kpi for kpi in catalog.kpis if fold(kpi.key) == wanted]
    found = by_key or [kpi for kpi in catalog.kpis if fold(kpi.name) == wanted]
    return found[0] if len(found) == 1 else None


def _meaning(
    template: Template, measures: tuple[Measure, ...], refused: Mapping[str, Fault], kpis: Sequence[Kpi]
) -> Meaning:
    zones = {kpi.calendar.time_zone for kpi in kpis if kpi.operate != "sample"}
    if len(zones) > 1:
        raise IngestRefused(
            "several_zones",
            f"KPIs of several time zones in one file ({listed(sorted(zones))})",
            "one time zone",
            "load the KPIs of each zone from a file of their own",
        )
    day_zone = next(iter(zones), None)
    return Meaning(measures, refused, template.time_zone or day_zone, day_zone)
