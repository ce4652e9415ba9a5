"""Addresses of views: every view is a link, and reading a link never fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict
from urllib.parse import quote, unquote, urlencode

from opsmetrics.catalog import GRAINS, RULE_SETS, RULES, Catalog, Grain, Kpi, Slice, is_rule, slice_of
from opsmetrics.verdict import wording
from opsmetrics.verdict.identifying import read_identifier
from opsmetrics.verdict.second_look import LOOKS, Look

#: Pages by the name under which a link asks for them.
PAGES = {
    "today": "pages/today.py",
    "summary": "pages/summary.py",
    "chart": "pages/chart.py",
    "pareto": "pages/pareto.py",
    "forecast": "pages/forecast.py",
    "forecasts": "pages/forecasts.py",
    "enter": "pages/enter.py",
    "upload": "pages/upload.py",
    "data": "pages/data.py",
    "kpis": "pages/kpis.py",
    "capability": "pages/capability.py",
    "gauge": "pages/gauge.py",
    "detection": "pages/detection.py",
    "together": "pages/together.py",
    "trend": "pages/trend.py",
}

#: How many of the last periods a chart shows unless the link says otherwise.
SPANS: dict[Grain, int] = {"sample": 120, "shift": 90, "day": 91, "week": 52, "month": 36, "quarter": 24}


#: The parameters of a chart that name a period.
PERIODS = ("point", "until", "from", "to")


class Target(TypedDict):
    """A link as data: the page with its parameters for a plain click, the address for every other one."""

    page: str
    params: dict[str, str | list[str]]
    href: str


def target(page: str, **params: str | list[str]) -> Target:
    """A link to a page; parameters without a value are left out, a list stands for several values of one."""
    given = {name: value for name, value in params.items() if value}
    address = "" if page == "today" else page
    query = f"?{urlencode(given, doseq=True)}" if given else ""
    return {"page": page, "params": given, "href": f"{address}{query}" or "./"}


def slice_text(part: Slice) -> str:
    """A slice as one parameter: "site:North,line:3"; signs of its own in a value are quoted."""
    return ",".join(f"{name}:{quote(value, safe=' ')}" for name, value in part)


def read_slice(text: str) -> Slice:
    """The slice that `slice_text` wrote; parts that name no dimension are left out."""
    pairs = (item.partition(":") for item in text.split(",") if ":" in item)
    return slice_of({name.strip(): unquote(value) for name, _, value in pairs})


@dataclass(frozen=True)
class ChartView:
    """What the page of one KPI shows. `span` None: the grain's usual number of periods, 0: all of them.

    start, end: the first and last period drawn, in place of the span; point: the chosen period, the first one of a
    chosen stretch that ends with `until`; all four as `period_text` writes them. rules: the set, or the rules, that the
    chart is looked at with; () as the verdict is. look: the chart drawn beneath it for a second look. verdict: the id
    of the one that the link was made beside.
    """

    kpi: str
    slice: Slice = ()
    grain: Grain | None = None
    span: int | None = None
    as_of: dt.date | None = None
    point: str = ""
    until: str = ""
    start: str = ""
    end: str = ""
    rules: tuple[str, ...] = ()
    look: Look | None = None
    verdict: str = ""

    def link(self) -> Target:
        """The link to this view."""
        return target(
            "chart",
            kpi=self.kpi,
            slice=slice_text(self.slice),
            grain=self.grain or "",
            span="" if self.span is None else str(self.span),
            as_of=self.as_of.isoformat() if self.as_of else "",
            point=self.point,
            until=self.until,
            **{"from": self.start, "to": self.end},
            rules=",".join(self.rules),
            look=self.look or "",
            verdict=self.verdict,
        )

    @classmethod
    def read(cls, params: Mapping[str, Any], catalog: Catalog) -> ChartView | None:
        """The view of a link; what it does not understand falls back. None where there is no KPI at all."""
        if not catalog.kpis:
            return None
        asked = str(params.get("kpi", ""))
        kpi = catalog[asked] if asked in catalog else catalog.kpis[0]
        part = read_slice(str(params.get("slice", "")))
        known = tuple((name, value) for name, value in part if name in kpi.dimensions)
        grain = next((g for g in grains_of(kpi) if g == params.get("grain")), None)
        span = str(params.get("span", ""))
        if "slice" not in params and () not in kpi.watch and kpi.watch:
            known = kpi.watch[0]
        return cls(
            kpi=kpi.key,
            slice=known,
            grain=grain,
            span=int(span) if span.isdecimal() and len(span) < 7 else None,
            as_of=read_as_of(params.get("as_of")),
            point=read_period(params.get("point")),
            until=read_period(params.get("until")),
            start=read_period(params.get("from")),
            end=read_period(params.get("to")),
            rules=read_rules(params.get("rules")),
            look=next((look for look in LOOKS if look == params.get("look")), None),
            verdict=_verdict(params.get("verdict")),
        )


def misread(params: Mapping[str, Any], catalog: Catalog, more: Iterable[str] = ()) -> str:
    """What a link asks for and nobody knows, in one sentence, `more` of it last; "" where all of it is known."""
    asked, wrong = {name: str(value) for name, value in params.items() if value}, list[str]()
    if "kpi" in asked and asked["kpi"] not in catalog:
        wrong.append(f"no KPI “{asked['kpi']}”")
    kpi = catalog[asked["kpi"]] if asked.get("kpi") in catalog else None
    if "stream" in asked and asked["stream"] not in {stream.key for stream in catalog.streams}:
        wrong.append(f"no stream “{asked['stream']}”")
    if kpi is not None:
        unknown = [name for name, _ in read_slice(asked.get("slice", "")) if name not in kpi.dimensions]
        wrong += [f"no dimension “{name}” to slice {kpi.name} by" for name in unknown]
        if "grain" in asked and asked["grain"] not in grains_of(kpi):
            wrong.append(f"no grain “{asked['grain']}” for {kpi.name}")
    start, as_of = read_date(asked.get("start")), read_as_of(asked.get("as_of"))
    if start and as_of and start > as_of:
        wrong.append(f"days from {wording.date(start)} on, as of {wording.date(as_of)}")
    dates = {"as_of": read_as_of, "start": read_date, "end": read_date}
    wrong += [f"no date “{asked[name]}”" for name, read in dates.items() if name in asked and not read(asked[name])]
    wrong += more
    return (
        f"The address asks for what is not here: {', '.join(wrong)}. The usual view is shown instead." if wrong else ""
    )


def grains_of(kpi: Kpi) -> tuple[Grain, ...]:
    """The grain a KPI is operated at and every coarser one; samples have no calendar."""
    return ("sample",) if kpi.operate == "sample" else GRAINS[GRAINS.index(kpi.operate) :]


def period_text(period: object) -> str:
    """A period as a parameter: "2026-11-16", at shifts "2026-11-16T06:00", for samples its number."""
    if isinstance(period, dt.datetime):  # a pandas Timestamp is one too
        return period.isoformat(timespec="minutes").removesuffix("T00:00")
    return str(period)


def read_period(text: object) -> str:
    """The period of a link as `period_text` writes it, "" where it is none."""
    found = str(text or "")
    if found.isdecimal() and len(found) < 10:
        return str(int(found))
    try:
        return period_text(dt.datetime.fromisoformat(found).replace(tzinfo=None))
    except ValueError:
        return ""


def _verdict(text: object) -> str:
    """The id of a verdict of a link, "" where it is none."""
    try:
        return read_identifier(str(text or ""))
    except ValueError:
        return ""


def read_rules(text: object) -> tuple[str, ...]:
    """The rules of a link: one set, or rules by name; those that nobody knows are left out."""
    asked = tuple(dict.fromkeys(name.strip() for name in str(text or "").split(",")))
    if asked[0] in RULE_SETS:
        return asked[:1]
    known = [name for name in RULES if name in asked]
    return tuple(dict.fromkeys((*known, *(name for name in asked if is_rule(name)))))


def read_date(text: object) -> dt.date | None:
    """The date of a link, None where it is none."""
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None


def read_as_of(text: object) -> dt.date | None:
    """The date as of which a link shows its page; None where it is none, or where no clock on Earth has it yet."""
    found = read_date(text)
    furthest = dt.datetime.now(dt.timezone(dt.timedelta(hours=14))).date()
    return found if found is None or found <= furthest else None
