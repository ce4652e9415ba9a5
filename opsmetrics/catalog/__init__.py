"""KPI definitions: their shape, reading them from TOML, writing them back, and what was decided about them."""

from opsmetrics.catalog.decided import decided_targets, effective, target_at
from opsmetrics.catalog.model import (
    GRAINS,
    Better,
    Calendar,
    Catalog,
    Decision,
    DecisionKind,
    Dimension,
    Grain,
    Kind,
    Kpi,
    Moment,
    Shift,
    Slice,
    Statistic,
    Target,
    slice_of,
    slice_text,
)
from opsmetrics.catalog.moments import parse_moment, parse_range, parse_slice, period_start
from opsmetrics.catalog.names import CHARTS, RESERVED, RULE_SETS, RULES
from opsmetrics.catalog.problems import CatalogError, NotUnderstood, Problem
from opsmetrics.catalog.reading import check, read_catalog
from opsmetrics.catalog.writing import write_catalog

__all__ = [
    "CHARTS",
    "GRAINS",
    "RESERVED",
    "RULES",
    "RULE_SETS",
    "Better",
    "Calendar",
    "Catalog",
    "CatalogError",
    "Decision",
    "DecisionKind",
    "Dimension",
    "Grain",
    "Kind",
    "Kpi",
    "Moment",
    "NotUnderstood",
    "Problem",
    "Shift",
    "Slice",
    "Statistic",
    "Target",
    "check",
    "decided_targets",
    "effective",
    "parse_moment",
    "parse_range",
    "parse_slice",
    "period_start",
    "read_catalog",
    "slice_of",
    "slice_text",
    "target_at",
    "write_catalog",
]
