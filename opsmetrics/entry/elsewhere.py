"""What nobody types, and where it comes from instead: said beside the lines, so that no field seems to be missing."""

from __future__ import annotations

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest.plan import needed_parts


def half_typed(kpi: Kpi, catalog: Catalog) -> str:
    """Why only the denominator of a KPI is typed, in one sentence; "" where that is not so."""
    if kpi.events is None or not needed_parts(kpi):
        return ""
    name = catalog.stream(kpi.events.stream).name
    return (
        f"Type {kpi.denominator or 'the whole'} only; {kpi.numerator or 'events'} are counted from the events “{name}”."
    )


def never_typed(catalog: Catalog) -> str:
    """The KPIs that have no line, and why, in one sentence; "" where every KPI has one."""
    without = [kpi for kpi in catalog.kpis if not needed_parts(kpi)]
    counted = [kpi.name for kpi in without if kpi.kind != "derived"]
    derived = [kpi.name for kpi in without if kpi.kind == "derived"]
    parts = [f"from events loaded by file: {', '.join(counted)}"] if counted else []
    parts += [f"from other KPIs: {', '.join(derived)}"] if derived else []
    return f"Not typed, but computed {'; '.join(parts)}." if parts else ""
