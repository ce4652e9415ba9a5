"""Does a process fit its specification? Of single readings, and of what is counted.

from opsmetrics.stats.capability import capability
found = capability([74.030, 74.002, 74.019, 73.992, 74.008], lower=73.95, upper=74.05)
found["ppk"].value
"""

from opsmetrics.stats.capability.attribute import AttributeCapability, defectives, defects
from opsmetrics.stats.capability.build import METHODS, Method, capability
from opsmetrics.stats.capability.laws import FITTED, Law, fit
from opsmetrics.stats.capability.model import Capability, Estimate, Tails
from opsmetrics.stats.capability.normality import Fit, Normality, fits, normality
from opsmetrics.stats.capability.spread import WITHINS, Freedom, Within

__all__ = [
    "FITTED",
    "METHODS",
    "WITHINS",
    "AttributeCapability",
    "Capability",
    "Estimate",
    "Fit",
    "Freedom",
    "Law",
    "Method",
    "Normality",
    "Tails",
    "Within",
    "capability",
    "defectives",
    "defects",
    "fit",
    "fits",
    "normality",
]
