"""Forecasts of one series: values in, a frozen `Forecast` out. What is measured about it comes with it.

from opsmetrics.stats.forecast import forecast
forecast([12.1, 11.8, 12.6, 12.2, 11.9, 12.4, 12.0, 12.3], horizon=4).points
"""

from opsmetrics.stats.forecast.engine import forecast
from opsmetrics.stats.forecast.many import forecast_many
from opsmetrics.stats.forecast.model import (
    COVERAGES,
    MEMBERS,
    REAL_GAIN,
    Accuracy,
    Coverage,
    Forecast,
    Member,
    Method,
    Rival,
)

__all__ = [
    "COVERAGES",
    "MEMBERS",
    "REAL_GAIN",
    "Accuracy",
    "Coverage",
    "Forecast",
    "Member",
    "Method",
    "Rival",
    "forecast",
    "forecast_many",
]
