"""Where a stretch of time will land: what is counted so far and joint paths of what is to come, added before dividing.

from opsmetrics.stats.landing import Stretch, forecasts, land
ahead = forecasts([0.09, 0.11, 0.10, 0.12, 0.08, 0.10, 0.11, 0.09, 0.10], [100] * 9, 5, lower=0.0, upper=1.0)
land(ahead, Stretch.of_whole(5, above=18.0, below=200.0)).ratio
"""

from opsmetrics.stats.landing.breach import Breach, breach
from opsmetrics.stats.landing.joint import PATHS, Joint, forecasts, paths
from opsmetrics.stats.landing.skill import Skill, skill
from opsmetrics.stats.landing.totals import Landings, Stretch, added, decided, land, met, of_sums

__all__ = [
    "PATHS",
    "Breach",
    "Joint",
    "Landings",
    "Skill",
    "Stretch",
    "added",
    "breach",
    "decided",
    "forecasts",
    "land",
    "met",
    "of_sums",
    "paths",
    "skill",
]
