"""Readable regressions of one series: its trend, and what goes with it. Values in, a frozen `Fit` out; the estimates
are those of statsmodels, which is loaded with the first of them.

from opsmetrics.stats.regression import Term, regress
regress([2.1, 2.0, 2.4, 2.3, 2.6, 2.5, 2.9, 2.8, 3.1, 3.0, 3.2, 3.4], [Term.of("time", range(12))]).terms[0].change()
"""

from opsmetrics.stats.regression.fitting import FEWEST, PER_COLUMN, regress
from opsmetrics.stats.regression.model import Cannot, Fit, Kind, Refusal, Term, TermFit

__all__ = ["FEWEST", "PER_COLUMN", "Cannot", "Fit", "Kind", "Refusal", "Term", "TermFit", "regress"]
