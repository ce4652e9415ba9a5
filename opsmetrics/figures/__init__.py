"""Drawings of results: a figure reads a frozen result and only formats.

from opsmetrics.stats import xmr
from opsmetrics.figures import control_chart
control_chart(xmr(values)).show()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from opsmetrics.figures.budget import HEIGHT as BUDGET_HEIGHT
from opsmetrics.figures.budget import alarm_budget
from opsmetrics.figures.marks import STOPPED, Mark, assurance_mark, data_mark, variation_mark
from opsmetrics.figures.sparkline import sparkline, sparkline_svg
from opsmetrics.figures.tokens import Theme, css_variables, tokens

if TYPE_CHECKING:
    from opsmetrics.figures.charts import between_chart, control_chart, spread_chart
    from opsmetrics.figures.finished import Finished
    from opsmetrics.figures.layout import CONFIG
    from opsmetrics.figures.looking import look_chart
    from opsmetrics.figures.pareto import dumbbell, pareto_chart

__all__ = [
    "BUDGET_HEIGHT",
    "CONFIG",
    "STOPPED",
    "Finished",
    "Mark",
    "Theme",
    "alarm_budget",
    "assurance_mark",
    "between_chart",
    "control_chart",
    "css_variables",
    "data_mark",
    "dumbbell",
    "look_chart",
    "pareto_chart",
    "sparkline",
    "sparkline_svg",
    "spread_chart",
    "tokens",
    "variation_mark",
]

_PLOTTED = {
    "between_chart": "charts",
    "control_chart": "charts",
    "spread_chart": "charts",
    "look_chart": "looking",
    "CONFIG": "layout",
    "Finished": "finished",
    "pareto_chart": "pareto",
    "dumbbell": "pareto",
}


def __getattr__(name: str) -> Any:
    """Plotly is imported only where a Plotly figure is drawn: Today does without it."""
    if name not in _PLOTTED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"opsmetrics.figures.{_PLOTTED[name]}"), name)
