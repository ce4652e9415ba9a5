"""How soon a chart notices a shift, and how often it calls without one.

from opsmetrics.stats.run_length import cusum_arl, ewma_arl, shewhart_arl
shewhart_arl(1.0), ewma_arl(1.0, weight=0.1, width=2.7), cusum_arl(1.0, k=0.5, h=5.0)
"""

from opsmetrics.stats.run_length.cusum import cusum_arl, cusum_h, cusum_survival
from opsmetrics.stats.run_length.ewma import ewma_arl, ewma_survival, ewma_width
from opsmetrics.stats.run_length.radial import mcusum_arl, mcusum_limit, mcusum_simulated, mewma_arl, mewma_limit
from opsmetrics.stats.run_length.rules import rules_arl, rules_survival
from opsmetrics.stats.run_length.shewhart import (
    arl_of,
    count_beta,
    proportion_beta,
    r_beta,
    s_beta,
    shewhart_arl,
    shewhart_beta,
    shewhart_width,
)

__all__ = [
    "arl_of",
    "count_beta",
    "cusum_arl",
    "cusum_h",
    "cusum_survival",
    "ewma_arl",
    "ewma_survival",
    "ewma_width",
    "mcusum_arl",
    "mcusum_limit",
    "mcusum_simulated",
    "mewma_arl",
    "mewma_limit",
    "proportion_beta",
    "r_beta",
    "rules_arl",
    "rules_survival",
    "s_beta",
    "shewhart_arl",
    "shewhart_beta",
    "shewhart_width",
]
