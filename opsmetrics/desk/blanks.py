"""Empty files to fill, for a source that has a template and for a KPI that has none."""

from __future__ import annotations

from typing import Literal

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import NotHere
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.finding import nearest, values_of
from opsmetrics.ingest.blank import Blank, blank_for_kpi, blank_for_template


def blank_of(desk: Desk, name: str, viewer: Viewer = OPEN) -> Blank:
    """The empty file of the template, or else the KPI, of this name. Raises NotHere."""
    catalog, templates = desk.catalog, desk.templates()

    def known(dimension: str) -> list[str]:
        found = {value for kpi in catalog.kpis if dimension in kpi.dimensions and kpi.kind != "derived"
                 for value in values_of(desk, kpi, dimension, viewer)}  # fmt: skip
        return sorted(found)

    for template in templates:
        if template.name.casefold() == name.casefold():
            return blank_for_template(template, catalog, known)
    kpi = next((each for each in catalog.kpis if name.casefold() in (each.key, each.name.casefold())), None)
    if kpi is None:
        names = [*(t.name for t in templates), *(each.key for each in catalog.kpis)]
        hint = nearest(name, names, "templates and KPIs")
        raise NotHere("no_template", f"There is no import template and no KPI {name!r}. {hint}")
    found = blank_for_kpi(kpi, catalog, known)
    if found is None:
        text = f"Nothing of {kpi.name} is recorded: it follows from other KPIs or from events."
        raise NotHere("not_recorded", text)
    return found


def written(blank: Blank, form: Literal["csv", "xlsx"]) -> bytes:
    """The empty file as CSV or as a workbook."""
    return blank.csv() if form == "csv" else blank.excel()
