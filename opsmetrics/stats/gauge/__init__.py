"""How much of the variation does the measuring make? Gauge repeatability and reproducibility.

from opsmetrics.stats.gauge import gauge_study
found = gauge_study([0.29, 0.41, -0.56, -0.68], part=[1, 1, 2, 2])
found.components["grr"].study_share
"""

from opsmetrics.stats.gauge.anova import gauge_study
from opsmetrics.stats.gauge.model import COMPONENTS, Component, Design, GaugeStudy, RangeStudy, Source
from opsmetrics.stats.gauge.ranges import average_range, d2_star

__all__ = [
    "COMPONENTS",
    "Component",
    "Design",
    "GaugeStudy",
    "RangeStudy",
    "Source",
    "average_range",
    "d2_star",
    "gauge_study",
]
