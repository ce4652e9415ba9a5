"""Charts of several variables watched together: T², MEWMA, MCUSUM, and which variables made a point stand out.

from opsmetrics.stats.multivariate import contributions, hotelling_t2
chart = hotelling_t2([[7.1, 30], [6.9, 28], [7.0, 31], [7.3, 33], [6.8, 27], [9.5, 24]])
[contributions(chart, position) for position in chart.signals]
"""

from opsmetrics.stats.multivariate.memory import mcusum, mewma
from opsmetrics.stats.multivariate.parts import contributions, ordered_terms, subsets
from opsmetrics.stats.multivariate.results import MultivariateChart
from opsmetrics.stats.multivariate.t2 import hotelling_t2, t2_limit, usual_alpha

__all__ = [
    "MultivariateChart",
    "contributions",
    "hotelling_t2",
    "mcusum",
    "mewma",
    "ordered_terms",
    "subsets",
    "t2_limit",
    "usual_alpha",
]
